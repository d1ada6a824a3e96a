import * as pulumi from "@pulumi/pulumi";
import { isSecret, type Ref, type Text } from "../../model/text.ts";

/** Where the values behind references come from: by kind of reference, the value for a name. */
export type ValueSources = Record<Ref["ref"], (name: string) => pulumi.Input<string>>;

/**
 * Puts the values in place of a text's references. The result is secret when a secret went into it; it fails as
 * joinValues() does.
 */
export function resolveText(text: Text, sources: ValueSources): pulumi.Input<string> {
  if (typeof text === "string") return text;
  const { parts } = text;
  const pieces = parts.map((part) => (typeof part === "string" ? part : sources[part.ref](part.name)));
  const joined = pulumi.all(pieces).apply((values) => joinValues(parts, values));
  return isSecret(text) ? pulumi.secret(joined) : joined;
}

/**
 * A text from its parts and what they stand for.
 * @throws Error naming a reference whose value would break out of its place; the value itself is never shown.
 */
export function joinValues(parts: readonly (string | Ref)[], values: readonly string[]): string {
  // What stands for a neighbour must not show in an error.
  const plain = (i: number) => (typeof parts[i] === "object" ? "…" : (parts[i] ?? ""));
  parts.forEach((part, i) => typeof part === "string" || assertFits(part, values[i]!, plain(i - 1), plain(i + 1)));
  return values.join("");
}

/** A value between quotation marks must not end them, and one that shares its line must not begin another. */
function assertFits({ ref, name }: Ref, value: string, before: string, after: string): void {
  const line = before.split("\n").at(-1)!;
  const mark = /['"]$/.exec(line)?.[0];
  const isQuoted = mark !== undefined && after.startsWith(mark);
  const sharesLine = line !== "" || !/^(\n|$)/.test(after);
  const problem =
    sharesLine && /[\n\r]/.test(value)
      ? "a line break"
      : isQuoted && value.includes(mark)
        ? `a ${mark}, which ends its quotation marks`
        : mark === '"' && isQuoted && value.includes("\\")
          ? "a \\, which means something between quotation marks"
          : undefined;
  if (problem !== undefined)
    throw new Error(
      `the value of ${ref.replace("-", " ")} ${name} holds ${problem}: ` +
        `it would break the file that has it after ${JSON.stringify(line)}. Give it another value`,
    );
}

/** A copy of plain data in which every text has its values in place. */
export function resolveDeep(value: unknown, sources: ValueSources): pulumi.Input<unknown> {
  if (Array.isArray(value)) return value.map((item) => resolveDeep(item, sources));
  if (typeof value !== "object" || value === null) return value;
  if ("parts" in value) return resolveText(value as Text, sources);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveDeep(item, sources)]));
}
