import { Secret } from "../../plugin/types.ts";

export function mapValues<A, B>(record: Record<string, A>, to: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]));
}

/** A deep copy without any Secret around a value. */
export function reveal(value: unknown): unknown {
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value === "object" && value !== null) return mapValues(value as Record<string, unknown>, reveal);
  return value;
}

/** Whether what lies at a path, or a branch on the way to it, is secret. */
export function secretAt(value: unknown, path: readonly string[]): boolean {
  if (value instanceof Secret) return true;
  if (path.length === 0 || typeof value !== "object" || value === null) return false;
  return secretAt((value as Record<string, unknown>)[path[0]!], path.slice(1));
}

/**
 * Every secret text inside a value, and the parts of it that could be printed alone: of "TOKEN=abc…" also "abc…".
 */
export function secretsIn(value: unknown): string[] {
  if (value instanceof Secret)
    return texts(reveal(value)).flatMap((text) => [text, ...text.split("\n").flatMap(assignedValue)]);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}

const assignedValue = (line: string): string[] => {
  const value = /^[^=:\s]+\s*[=:]?\s*["']?(.+?)["']?;?\s*$/.exec(line.trim())?.[1];
  return value !== undefined && value.length >= 6 ? [value] : [];
};

const texts = (value: unknown): string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(texts)
      : [];
