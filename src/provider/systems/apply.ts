import { only, type Numbered, type Step } from "../aspects/steps.ts";
import { JOURNAL_LIBRARY } from "../remote/journal.ts";
import { changeLock, folderLine } from "../remote/lock.ts";
import { sectionsOf, decode } from "../remote/sh.ts";
import { FETCH_SECONDS } from "../remote/stage.ts";
import { WRITES } from "../remote/writes.ts";
import { isGuarded } from "./guard.ts";
import { LIBRARY } from "./library.ts";
import { workFolder, type ApplyNames } from "./names.ts";
import type { System } from "./system.ts";

/**
 * One POSIX sh script that carries out the plans of several services of a host: what they can share (packages,
 * daemon-reload, starting units) once for all, the rest service by service, so that one that fails does not touch the
 * others. Prints what parseOutcomes() reads, then what `observe` prints; when one of the plans is guarded,
 * confirmScript() has to ask for both.
 *
 * @param folder where the journal is, instead of its usual place
 */
export function applyScript(
  system: System,
  plans: readonly Numbered[],
  names: ApplyNames,
  observe: string,
  folder?: string,
): string {
  return [
    folderLine(folder),
    changeLock(names.token),
    LIBRARY,
    WRITES,
    FORGET_DEAD,
    `work=${workFolder(names.token)}`,
    `mkdir -m 0700 "$work" || exit 1`,
    JOURNAL_LIBRARY,
    `trap 'stop ${plans.map(({ n }) => n).join(" ")}' TERM`,
    "{",
    ...system.body(plans, names),
    `: >"$work/ended"`,
    `} >"$work/all.log" 2>&1`,
    "exec 9>&-",
    ...(plans.some(({ steps }) => isGuarded(steps))
      ? []
      : [...plans.map(({ n }) => `report ${n}`), `rm -rf "$work"`, observe]),
  ].join("\n");
}

/** What is left of changes that were killed, also beside the places of files; and of those that nobody came to confirm. */
const FORGET_DEAD = `for work in "$fleet"/apply.*; do
if [ -e "$work" ] && [ ! -e "$work/armed" ]; then
if [ ! -e "$work/ended" ] || [ -n "$(find "$work/ended" -mmin +60)" ]; then
for staged in "$work"/*.staged; do if [ -s "$staged" ]; then unstage; fi; done
rm -rf "$work"
fi
fi
done`;

/**
 * Longest time that a batch may take, in seconds: what it installs, fetches, starts and checks, with room to undo it.
 */
export function applySeconds(plans: readonly (readonly Step[])[]): number {
  const gates = plans.map((steps) => only(steps, "check").reduce((sum, { check }) => sum + check.within + 10, 0));
  const fetches = plans.flatMap((steps) => only(steps, "fetch")).length;
  return (
    900 +
    fetches * FETCH_SECONDS +
    (plans.some((steps) => only(steps, "install", "switch").length > 0) ? 1800 : 0) +
    Math.max(0, ...gates)
  );
}

/** Why a service's plan failed. It was undone then, except for packages and records. */
export interface Failure {
  reason: string;
  /** What the step that failed printed last. */
  log: string;
  /** The last journal lines of the service's units, from before it was undone. */
  journal: string;
  /** It was not undone. */
  stays?: true;
}

/** What became of each plan, in order; undefined for success. */
export function parseOutcomes(output: string, count: number): (Failure | undefined)[] {
  const sections = sectionsOf(output);
  const text = (name: string, n: number) => {
    const section = sections.find((s) => s.name === name && s.args[0] === String(n));
    return section && decode(section.lines).toString("utf8").trim();
  };
  return Array.from({ length: count }, (_, n) => {
    if (text("done", n) !== undefined && text("reason", n) === undefined) return undefined;
    const reason = text("reason", n) ?? "the host did not say what became of it";
    return { reason, log: text("log", n) ?? "", journal: text("journal", n) ?? "" };
  });
}
