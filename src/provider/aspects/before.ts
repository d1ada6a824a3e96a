import { keyOf, type Before, type WasBefore } from "../remote/journal.ts";
import { isOfUnit } from "./files/kept.ts";
import type { Step } from "./steps.ts";

/** A host has one time zone. */
export const LOCAL = "local";

/** What becomes of something that a service lets go of. */
export type LetGo<Was> = "leave" | "remove" | { restore: Was };

/**
 * What was there before the service comes back; what was not goes; what the service never changed is none of its
 * business. Where nothing is known of the time before it, all of it is taken to be its own.
 */
export function letGo<K extends keyof WasBefore>(
  before: readonly Before[] | undefined,
  kind: K,
  name: string,
): LetGo<Exclude<WasBefore[K], "absent">> {
  if (before === undefined) return "remove";
  const key = JSON.stringify({ [kind]: name });
  const was = before.find((one) => keyOf(one) === key)?.was as WasBefore[K] | undefined;
  if (was === undefined) return "leave";
  return was === "absent" ? "remove" : { restore: was as Exclude<WasBefore[K], "absent"> };
}

/** What was there before the steps are made, of all that they change. */
export const recordsOf = (steps: readonly Step[]): Before[] =>
  steps.flatMap((step): Before[] => {
    switch (step.do) {
      case "write":
      case "fetch":
      case "attributes":
        return [{ file: step.path, was: step.was }];
      case "remove":
        return isOfUnit(step) ? [{ file: step.path, was: "kept" }] : [];
      case "directory":
        return [{ directory: step.path, was: step.was }];
      case "unit":
        return [{ unit: step.unit, was: step.was }];
      case "set-kernel":
        return [{ kernel: step.key, was: step.was }];
      case "set-time-zone":
        return [{ timeZone: LOCAL, was: step.was }];
      default:
        return [];
    }
  });
