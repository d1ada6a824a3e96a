import type { Ref, Text } from "../../src/model/text.ts";
import { Secret } from "../../src/plugin/types.ts";

/** A copy of a rendered bundle with values in place of its references, secret as the engine sends them. */
export function resolved(value: unknown, valueOf: (ref: Ref) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, valueOf));
  if (typeof value !== "object" || value === null) return value;
  if (!("parts" in value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, valueOf)]));
  const { parts } = value as Exclude<Text, string>;
  return new Secret(parts.map((part) => (typeof part === "string" ? part : valueOf(part))).join(""));
}
