import { checkBody, describeCheck } from "./check-script.ts";
import { touchedPaths } from "./apply-files.ts";
import { heldPart } from "./apply-packages.ts";
import { only, type Numbered, type Step } from "./steps.ts";
import { fn, quote, quoteAll } from "../remote/sh.ts";

/** How a system is changed, as far as the parts for all systems need to know. */
export interface Manner {
  /** Functions that its commands need, besides those of LIBRARY. */
  library: string;
  /** Commands that take units: start them anew, have them read their files. */
  restart: string;
  reload: string;
  /** Makes the system heed the old files, once those of the services that failed lie there again. */
  back: string[];
}

/** Systems whose files and units are changed where they are. */
export const inPlace: Manner = {
  library: "",
  restart: "systemctl restart --",
  reload: "systemctl reload-or-restart --",
  back: ["systemctl daemon-reload"],
};

/**
 * How long a unit must stay up before it counts as active, in seconds: time enough for a program to refuse its
 * configuration, and for one that reloads to stop answering with the old one.
 */
const SETTLE_SECONDS = 0.3;

/** Unit files that systemd does not understand are refused; one process for all when all are good. */
export function verifyPart(plans: Numbered[]): string[] {
  const wanted = plans
    .map(({ n, steps }) => ({ n, paths: only(steps, "verify").map(({ path }) => path) }))
    .filter(({ paths }) => paths.length > 0);
  if (wanted.length === 0) return [];
  return [
    "set --",
    ...wanted.map(({ n, paths }) => `ok ${n} && set -- "$@" ${quoteAll(paths)}`),
    `[ $# -eq 0 ] || verify "$@" || {`,
    ...wanted.flatMap(({ n, paths }) => [
      ...fn(`verify_${n}`, [`verify ${quoteAll(paths)}`]),
      `run ${n} 'refused by systemd-analyze verify' verify_${n}`,
      `ok ${n} || restore_${n}`,
    ]),
    "}",
  ];
}

/**
 * One systemctl per kind of change for all services: what failed shows in the units' states, which the gate looks at.
 */
export function unitsPart(plans: Numbered[], { restart, reload }: Manner): string[] {
  const units = (pick: (steps: readonly Step[]) => string[]) => collectArguments(plans, pick);
  const reread = plans.filter(({ steps }) =>
    steps.some(({ do: kind }) => ["reread-units", "unmask", "enable", "disable", "retire"].includes(kind)),
  );
  return [
    ...plans.map(({ n }) => `ok ${n} && entered_${n}=yes`),
    ...together(
      units((steps) =>
        only(steps, "retire")
          .filter((unit) => unit.wasActive)
          .map(({ unit }) => unit),
      ),
      'systemctl stop -- "$@"',
    ),
    ...together(
      units((steps) =>
        only(steps, "retire")
          .filter((unit) => unit.wasEnabled)
          .map(({ unit }) => unit),
      ),
      'systemctl --no-reload disable -- "$@"',
    ),
    ...together(
      units((steps) => only(steps, "retire").flatMap(({ paths }) => paths)),
      'rm -f -- "$@"',
    ),
    ...together(
      units((steps) => only(steps, "unmask").map(({ unit }) => unit)),
      'systemctl --no-reload unmask -- "$@"',
    ),
    ...together(
      units((steps) => only(steps, "disable").map(({ unit }) => unit)),
      'systemctl --no-reload disable -- "$@"',
    ),
    ...enablePart(plans),
    ...(reread.length > 0
      ? ["reread=no", ...reread.map(({ n }) => `ok ${n} && reread=yes`), "[ $reread = no ] || systemctl daemon-reload"]
      : []),
    ...heldPart(plans),
    ...together(
      units((steps) => only(steps, "stop").map(({ unit }) => unit)),
      'systemctl stop -- "$@"',
    ),
    ...together(
      units((steps) => only(steps, "reset-failed").map(({ unit }) => unit)),
      'systemctl reset-failed -- "$@"',
    ),
    ...together(
      units((steps) => only(steps, "restart").map(({ unit }) => unit)),
      `${restart} "$@"`,
    ),
    ...together(
      units((steps) => only(steps, "reload").map(({ unit }) => unit)),
      `${reload} "$@"`,
    ),
    ...together(
      units((steps) => [...emptiedFolders(steps), ...only(steps, "remove-directory").map(({ path }) => path)]),
      'remove_empty "$@"',
    ),
  ];
}

/** Folders of drop-ins that were removed. */
const emptiedFolders = (steps: readonly Step[]): string[] => {
  const removed = [
    ...only(steps, "remove").map(({ path }) => path),
    ...only(steps, "retire").flatMap(({ paths }) => paths),
  ];
  return [...new Set(removed.flatMap((path) => /^(\/etc\/systemd\/system\/[^/]+\.d)\//.exec(path)?.[1] ?? []))];
};

function enablePart(plans: Numbered[]): string[] {
  const wanted = plans
    .map(({ n, steps }) => ({ n, units: only(steps, "enable").map(({ unit }) => unit) }))
    .filter(({ units }) => units.length > 0);
  return together(
    collectArguments(plans, (steps) => only(steps, "enable").map(({ unit }) => unit)),
    `systemctl --no-reload enable -- "$@" || {`,
    ...wanted.flatMap(({ n, units }) => [
      ...fn(`enable_${n}`, [`systemctl --no-reload enable -- ${quoteAll(units)}`]),
      `run ${n} ${quote(`could not be enabled: ${units.join(", ")}`)} enable_${n}`,
    ]),
    "}",
  );
}

/** Every service's health checks side by side; then all units at once. */
export function gatePart(plans: Numbered[]): string[] {
  const gates = plans.flatMap(({ n, steps }) => gate(n, steps));
  const expected = plans.flatMap(({ n, steps }) => only(steps, "expect-active").map((step) => ({ n, ...step })));
  const started = expected.some(({ restarted }) => restarted);
  return [
    ...gates,
    ...(started ? [`sleep ${SETTLE_SECONDS} &`] : []),
    "wait",
    ...(expected.length === 0
      ? []
      : [
          `systemctl show -p ActiveState,NRestarts -- ${quoteAll(expected.map(({ unit }) => unit))} | expect_active ${expected
            .map(
              ({ n, unit, restarted }) =>
                `${n} ${quote(unit)} ${restarted && only(plans[n]!.steps, "check").length === 0 ? "yes" : "no"}`,
            )
            .join(" ")}`,
        ]),
  ];
}

function gate(n: number, steps: readonly Step[]): string[] {
  const checks = only(steps, "check");
  if (checks.length === 0) return [];
  return [
    `units_${n}=${quote(quoteAll(only(steps, "expect-active").map(({ unit }) => unit)))}`,
    ...checks.flatMap(({ check }, i) => fn(`check_${n}_${i}`, [checkBody(n, check)])),
    "{",
    ...(only(steps, "reload").length > 0 ? [`sleep ${SETTLE_SECONDS}`] : []),
    ...checks.map(
      ({ check }, i) => `await ${n} ${Math.ceil(check.within)} ${quote(describeCheck(check))} check_${n}_${i}`,
    ),
    "} &",
  ];
}

/**
 * Services that failed after their units were touched: their journal first, then their old files, enablement and
 * running state.
 */
export function rollbackPart(plans: Numbered[], { back }: Manner): string[] {
  return [
    "undone=no",
    ...plans.flatMap(({ n, steps }) => [
      ...fn(`undo_${n}`, undoLines(n, steps)),
      `if ! ok ${n} && [ "$entered_${n}" = yes ]; then undo_${n}; undone=yes; fi`,
    ]),
    "if [ $undone = yes ]; then",
    ...back,
    ...plans.flatMap(({ n, steps }) => [
      ...fn(`rerun_${n}`, rerunLines(steps)),
      `if ! ok ${n} && [ "$entered_${n}" = yes ]; then rerun_${n}; fi`,
    ]),
    "fi",
  ];
}

function undoLines(n: number, steps: readonly Step[]): string[] {
  const watched = only(steps, "expect-active", "reload", "restart").map(({ unit }) => unit);
  const disable = only(steps, "enable").map(({ unit }) => unit);
  const enable = [...only(steps, "disable"), ...only(steps, "retire").filter(({ wasEnabled }) => wasEnabled)].map(
    ({ unit }) => unit,
  );
  const mask = only(steps, "unmask").map(({ unit }) => unit);
  return [
    ...(watched.length === 0 ? [] : [`journal ${n} ${quoteAll([...new Set(watched)])}`]),
    ...(disable.length > 0 ? [`systemctl --no-reload disable -- ${quoteAll(disable)}`] : []),
    // A unit that was not there before must stop while systemd still knows it.
    ...stopLines(steps),
    ...(touchedPaths(steps).length > 0 || only(steps, "switch").length > 0 ? [`restore_${n}`] : []),
    ...(enable.length > 0 ? [`systemctl --no-reload enable -- ${quoteAll(enable)}`] : []),
    ...(mask.length > 0 ? [`systemctl --no-reload mask -- ${quoteAll(mask)}`] : []),
    ":",
  ];
}

function stopLines(steps: readonly Step[]): string[] {
  const started = only(steps, "restart")
    .filter(({ wasActive }) => !wasActive)
    .map(({ unit }) => unit);
  return started.length === 0
    ? []
    : [`systemctl stop -- ${quoteAll(started)}; systemctl reset-failed -- ${quoteAll(started)}`];
}

function rerunLines(steps: readonly Step[]): string[] {
  const stopped = [...only(steps, "stop"), ...only(steps, "retire").filter(({ wasActive }) => wasActive)];
  const restarted = only(steps, "restart").filter(({ wasActive }) => wasActive);
  const again = [...restarted, ...stopped].map(({ unit }) => unit);
  const reloaded = only(steps, "reload").map(({ unit }) => unit);
  return [
    ...(again.length > 0
      ? [`systemctl reset-failed -- ${quoteAll(again)}; systemctl restart -- ${quoteAll(again)}`]
      : []),
    ...(reloaded.length > 0 ? [`systemctl reload-or-restart -- ${quoteAll(reloaded)}`] : []),
    ":",
  ];
}

/** Gathers words of all services that have not failed as the shell's arguments. */
function collectArguments(plans: Numbered[], pick: (steps: readonly Step[]) => string[]): string[] {
  const lines = plans.flatMap(({ n, steps }) => {
    const words = pick(steps);
    return words.length === 0 ? [] : [`ok ${n} && set -- "$@" ${quoteAll(words)}`];
  });
  return lines.length === 0 ? [] : ["set --", ...lines];
}

/** Runs a command with the gathered arguments, if there are any. */
const together = (gathered: string[], ...command: string[]): string[] =>
  gathered.length === 0 ? [] : [...gathered, "if [ $# -gt 0 ]; then", ...command, "fi"];
