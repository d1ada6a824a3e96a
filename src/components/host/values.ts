import * as pulumi from "@pulumi/pulumi";
import { isSecret, type Ref, type Text } from "../../model/text.ts";

/** Where the values behind references come from: by kind of reference, the value for a name. */
export type ValueSources = Record<Ref["ref"], (name: string) => pulumi.Input<string>>;

/** Puts the values in place of a text's references. The result is secret when a secret went into it. */
export function resolveText(text: Text, sources: ValueSources): pulumi.Input<string> {
  if (typeof text === "string") return text;
  const pieces = text.parts.map((part) => (typeof part === "string" ? part : sources[part.ref](part.name)));
  const joined = pulumi.all(pieces).apply((values) => values.join(""));
  return isSecret(text) ? pulumi.secret(joined) : joined;
}

/** A copy of plain data in which every text has its values in place. */
export function resolveDeep(value: unknown, sources: ValueSources): pulumi.Input<unknown> {
  if (Array.isArray(value)) return value.map((item) => resolveDeep(item, sources));
  if (typeof value !== "object" || value === null) return value;
  if ("parts" in value) return resolveText(value as Text, sources);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveDeep(item, sources)]));
}
