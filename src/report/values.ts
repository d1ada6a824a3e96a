import { ABSENT } from "../engine/differences.ts";

/** A value in a few words, for one line; undefined for nothing there. Texts of several lines are counted, not shown. */
export function showValue(value: unknown): string | undefined {
  if (value === ABSENT || value === undefined || value === null) return undefined;
  if (typeof value === "string") return value.includes("\n") ? `${lines(value).toLocaleString("en")} lines` : value;
  if (isCronEntry(value)) return `${value.schedule} ${value.user} ${value.command}`;
  if (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === "string" && !item.includes("\n"))
  )
    return value.join(", ");
  if (isUnit(value)) return `${value.enabled ? "enabled" : "not enabled"}, ${value.active ? "active" : "not active"}`;
  const attributes = attributesOf(value);
  const { url, content } = value as { url?: unknown; content?: string };
  if (attributes !== "" && url === undefined)
    return [content, attributes].filter((part) => part !== undefined).join(", ");
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "string" && inner.includes("\n") ? `${lines(inner)} lines` : inner,
  );
}

const lines = (text: string): number => text.replace(/\n$/, "").split("\n").length;

const isCronEntry = (value: unknown): value is { schedule: string; user: string; command: string } =>
  typeof value === "object" && value !== null && "schedule" in value && "command" in value;

const isUnit = (value: unknown): value is { enabled: unknown; active: unknown } =>
  typeof value === "object" && value !== null && "enabled" in value && "active" in value && "dropIns" in value;

/** The texts behind a property: of a whole file or unit that is new or gone, what is in it. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === ABSENT ? undefined : value;
  if (typeof value !== "object" || value === null) return undefined;
  const { content, text } = value as { content?: unknown; text?: unknown };
  return typeof content === "string" ? content : typeof text === "string" ? text : undefined;
}

/** "0644 root:root": what else is to be said of a file whose text is shown. */
export function attributesOf(value: unknown): string {
  const { mode, owner, group } = (typeof value === "object" && value !== null ? value : {}) as Record<
    string,
    string | undefined
  >;
  const owned = owner === undefined ? "" : ` ${owner}:${group}`;
  return mode === undefined ? "" : `${mode}${owned}`;
}
