import { rerunLines, undoEnabling, undoUnits } from "../aspects/units/apply.ts";
import type { Numbered } from "../aspects/steps.ts";
import { fn } from "../remote/sh.ts";
import type { Undoing } from "./system.ts";

/** undo_N: what a service's plan has changed, but for its units, is again as it was, the last first. */
export const undoFunctions = (plans: readonly Numbered[], { aspects }: Undoing): string[] =>
  plans.flatMap((plan) =>
    fn(`undo_${plan.n}`, [
      `if [ "$undone_${plan.n}" = yes ]; then return; fi; undone_${plan.n}=yes`,
      `staged=$work/${plan.n}.staged old=$work/old`,
      ...aspects.toReversed().flatMap((aspect) => aspect.undo?.(plan, plans) ?? []),
      ":",
    ]),
  );

/**
 * Services that failed: their journal first, then their units, files and the rest as they were, and what ran before
 * runs again.
 */
export function rollbackPart(plans: readonly Numbered[], undoing: Undoing): string[] {
  return [
    "undone=no",
    ...plans.flatMap(({ n, steps }) => [
      ...fn(`undo_units_${n}`, [...undoUnits(n, steps), ":"]),
      `if ! ok ${n}; then`,
      `if [ "$entered_${n}" = yes ]; then undo_units_${n}; undone=yes; fi`,
      `undo_${n}`,
      `if [ "$entered_${n}" = yes ]; then :; ${undoEnabling(steps).join("; ") || ":"}; fi`,
      "fi",
    ]),
    "if [ $undone = yes ]; then",
    ...undoing.back(plans),
    ...plans.flatMap(({ n, steps }) => [
      ...fn(`rerun_${n}`, rerunLines(steps)),
      `if ! ok ${n} && [ "$entered_${n}" = yes ]; then rerun_${n}; fi`,
    ]),
    "fi",
  ];
}
