import { UNKNOWN, type CheckFailure, type DiffResult, type Properties } from "../../plugin/types.ts";
import type { Connection } from "../../transport/types.ts";

/** What is wrong with a property that must name something. */
export function nameFailures(inputs: Properties, property: string): CheckFailure[] {
  const value = inputs[property];
  if (value === UNKNOWN || (typeof value === "string" && value !== "")) return [];
  return [{ property, reason: `must be a name, but is ${value === undefined ? "missing" : JSON.stringify(value)}` }];
}

/** In a preview that does not know it yet, words for that. */
// oxlint-disable-next-line typescript/no-base-to-string -- nameFailures() lets no object through
export const nameOf = (inputs: Properties, property: string): string => String(inputs[property]);

/** The connection, or undefined while a preview does not know all of it. */
export function connectionOf(inputs: Properties): Connection | undefined {
  const connection = inputs["connection"] ?? {};
  if (connection === UNKNOWN || Object.values(connection).includes(UNKNOWN)) return undefined;
  return connection as Connection;
}

/** A diff in which any change of the named properties asks for a replacement, and nothing else counts. */
export function replacedBy(names: readonly string[], oldInputs: Properties, news: Properties): DiffResult {
  const changed = names.filter((name) => oldInputs[name] !== news[name]);
  return { detailed: Object.fromEntries(changed.map((name) => [name, { kind: "update-replace" }])) };
}
