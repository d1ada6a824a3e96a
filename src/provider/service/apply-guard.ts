import { restoreFunction } from "./apply-files.ts";
import { LIBRARY } from "./apply-library.ts";
import { rollbackUnit, workFolder, type ApplyNames } from "./apply-names.ts";
import { rollbackPart, type Manner } from "./apply-units.ts";
import { only, type Numbered, type Step } from "./steps.ts";
import { fn, quote } from "../remote/sh.ts";

/** Whether a plan has a change that can cut the line to the host. */
export const isGuarded = (steps: readonly Step[]): boolean => only(steps, "guard").length > 0;

/**
 * Starts the rollback of the guarded services in a unit of its own, which no broken connection ends. It waits for the
 * apply to end, however it ends, then for its confirmation, and then undoes.
 */
export function armPart(plans: Numbered[], names: ApplyNames, manner: Manner): string[] {
  const guarded = plans.filter(({ steps }) => isGuarded(steps));
  if (guarded.length === 0) return [];
  return [
    ...fn("disarm", [`rm -f "$work/armed"; systemctl stop ${rollbackUnit(names.token)}`]),
    `{ echo "started=$started"; printf '%s\\n' ${quote(rollbackScript(guarded, names, manner))}; } >"$work/rollback"`,
    `: >"$work/armed"`,
    `systemd-run --quiet --collect --unit=${rollbackUnit(names.token)} --setenv=PATH="$PATH" /bin/sh ` +
      `"$work/rollback" || {`,
    `rm -f "$work/armed"`,
    ...guarded.map(
      ({ n }) =>
        `fail ${n} 'this change can cut the line to the host, ` +
        "and the rollback that guards against it could not be armed'",
    ),
    "}",
  ];
}

/** What has failed was undone at once: nothing is left to guard. */
export function disarmFailedPart(plans: Numbered[]): string[] {
  const guarded = plans.filter(({ steps }) => isGuarded(steps));
  return guarded.length === 0 ? [] : [`${guarded.map(({ n }) => `ok ${n}`).join(" || ")} || disarm`];
}

function rollbackScript(guarded: Numbered[], { token, confirmSeconds }: ApplyNames, manner: Manner): string {
  return [
    `work=${workFolder(token)}`,
    LIBRARY,
    manner.library,
    "exec 9>/run/fleet.lock",
    `flock 9; flock -u 9; sleep ${confirmSeconds}; flock 9`,
    `[ -e "$work/armed" ] || exit 0`,
    `trap 'rm -f "$work/armed"' EXIT`,
    "{",
    ...guarded.flatMap(({ n, steps }) => [
      ...restoreFunction(n, steps),
      `ok ${n} && entered_${n}=yes && fail ${n} 'no new connection could be made within ${confirmSeconds} s after ` +
        "this change, so the host undid it by itself'",
    ]),
    ...rollbackPart(guarded, manner),
    `} >"$work/rollback.log" 2>&1`,
    `rm -rf "$work/old"`,
  ].join("\n");
}

/**
 * Goes over a new connection, which proves that the change did not cut the line: confirms it and prints what
 * applyScript() prints. When the host has undone it by then, it says so.
 */
export function confirmScript(count: number, { token }: ApplyNames, observe: string): string {
  return [
    `work=${workFolder(token)}`,
    LIBRARY,
    "exec 9>/run/fleet.lock; flock -w 900 9",
    `if [ -e "$work/ended" ]; then`,
    `if [ -e "$work/armed" ]; then rm -f "$work/armed"; systemctl stop ${rollbackUnit(token)}; fi >/dev/null 2>&1`,
    ...Array.from({ length: count }, (_, n) => `report ${n}`),
    `rm -rf "$work"`,
    "fi",
    "exec 9>&-",
    observe,
  ].join("\n");
}
