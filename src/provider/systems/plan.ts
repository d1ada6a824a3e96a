import type { Planning } from "../aspects/aspect.ts";
import { isHeld, recordsOf } from "../aspects/before.ts";
import type { KeptFile } from "../aspects/files/kept.ts";
import { isEmpty, type Shape } from "../aspects/shape.ts";
import { only, type Step } from "../aspects/steps.ts";
import { keyOf } from "../remote/journal.ts";
import type { Line } from "../remote/harmless.ts";
import { lineCutBy } from "./line.ts";
import type { System } from "./system.ts";

/** What is known of a service, besides what was found of it. */
export type Known = Pick<Planning, "service" | "os" | "lacks" | "before"> & {
  /** What it has had on the host so far; nothing for a service that was never there. */
  previous: Shape;
  line: Line;
};

/**
 * What leads from what was found to what is desired; empty when nothing is to be done. Things found beyond the desired
 * ones are let go.
 */
export function planService(system: System, desired: Shape, found: Shape, known: Known): Step[] {
  const planned: Step[] = [];
  const files = (shape: Shape) => system.files(shape, known);
  for (const aspect of system.aspects)
    planned.push(...(aspect.plan?.(desired, found, { ...known, planned, files }) ?? []));
  const refusals = only(planned, "refuse");
  if (refusals.length > 0) return refusals;

  const steps = system.planned(planned, desired, found, known);
  const notes = notesOf(steps, desired, found, known, files);
  if (notes.length === 0 && steps.every(({ do: kind }) => WAITING.has(kind))) return [];
  const guard = lineCutBy(steps, desired, found, known.line) === undefined ? [] : [{ do: "guard" as const }];
  return [...guard, ...notes, ...steps];
}

/** Steps that only look. */
const WAITING = new Set<Step["do"]>(["expect-active", "check", "validate", "need-packages"]);

/** What is written down on the host: what was there before all that changes for the first time, and what is finished. */
function notesOf(
  steps: readonly Step[],
  desired: Shape,
  found: Shape,
  { before, previous }: Known,
  files: (shape: Shape) => KeptFile[],
): Step[] {
  const was = found.unfinished ?? [];
  const finish: Step[] = was.length > 0 ? [{ do: "finish", was }] : [];
  if (isEmpty(desired)) return before === undefined && was.length === 0 ? finish : [...finish, { do: "forget" }];
  if (before === undefined && !isEmpty(previous)) return finish;
  const known = new Set((before ?? []).map(keyOf));
  const had = files(previous);
  const added = recordsOf(steps).filter(
    (record) => !isHeld(record, previous, had) && !known.has(keyOf(record)) && known.add(keyOf(record)),
  );
  return before === undefined || added.length > 0
    ? [...finish, { do: "remember", before: [...(before ?? []), ...added] }]
    : finish;
}
