import { keyOf, type Before, type WasBefore } from "../remote/journal.ts";
import { isOfUnit, type KeptFile } from "./files/kept.ts";
import type { Shape } from "./shape.ts";
import type { Step } from "./steps.ts";
import { dropInFolder, unitPath } from "./units/paths.ts";

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
        return step.was === "" ? [] : [{ kernel: step.key, was: step.was }];
      case "set-time-zone":
        return [{ timeZone: LOCAL, was: step.was }];
      default:
        return [];
    }
  });

/**
 * Whether a service has had something already: then what lies there is what became of it, and not what was there before
 * the service.
 */
export function isHeld(record: Before, previous: Shape, files: readonly KeptFile[]): boolean {
  if ("directory" in record) return record.directory in previous.directories;
  if ("unit" in record) return record.unit in previous.units;
  if ("kernel" in record) return record.kernel in previous.sysctl;
  if ("timeZone" in record) return previous.timeZone !== undefined;
  const path = record.file;
  return (
    path in previous.artifacts ||
    files.some((file) => file.path === path) ||
    Object.keys(previous.units).some((unit) => path === unitPath(unit) || path.startsWith(`${dropInFolder(unit)}/`))
  );
}
