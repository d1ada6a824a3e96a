import { unfinishedOf } from "../aspects/units/plan.ts";
import { UNFINISHED } from "../aspects/records/index.ts";
import { configurationChanges } from "../aspects/changes.ts";
import { only, type Numbered, type Step } from "../aspects/steps.ts";
import { noteLine } from "../remote/journal.ts";
import { fn, quote } from "../remote/sh.ts";

/**
 * Before anything of a service changes it is written down what was there, and what will have to be done when its files
 * lie in their places: whatever cuts the change off, a later one can finish it.
 */
export const noteBeforePart = (plans: readonly Numbered[]): string[] =>
  plans.flatMap(({ n, service, steps }) => {
    const lines = [
      ...only(steps, "remember").map(({ before }) =>
        noteLine(
          service,
          "before",
          before.map((record) => JSON.stringify(record)),
        ),
      ),
      ...(toDo(steps).length > 0 ? [noteLine(service, "unfinished", toDo(steps))] : []),
    ];
    if (lines.length === 0) return [];
    return [...fn(`note_${n}`, lines), `run ${n} 'nothing could be written down on the host' note_${n}`];
  });

/** What was done is off the list; what was undone leaves what was on it before. */
export const noteAfterPart = (plans: readonly Numbered[]): string[] =>
  plans.flatMap(({ n, service, steps }) => {
    const before = only(steps, "finish").flatMap(({ was }) => was);
    if (toDo(steps).length + before.length === 0 && only(steps, "forget").length === 0) return [];
    const undone = before.length > 0 ? noteLine(service, "unfinished", before) : `finished ${quote(service)}`;
    const done = only(steps, "forget").length > 0 ? `forget ${quote(service)}` : `finished ${quote(service)}`;
    return [`if ok ${n}; then ${done}; else ${undone}; fi`];
  });

/** What of a plan must be done once its files lie there, and nobody would see undone. */
const toDo = (steps: readonly Step[]): string[] => [
  ...unfinishedOf(steps),
  ...(configurationChanges(steps) && only(steps, "records").length > 0 ? [UNFINISHED] : []),
];
