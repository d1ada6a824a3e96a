import { fn, quote, quoteAll } from "../../remote/sh.ts";
import { only, type Numbered, type Step } from "../steps.ts";
import type { UnitsStep, Verb } from "./steps.ts";

/** How a system is changed, as far as its units need to know. */
export interface Manner {
  /** Commands that take units: start them anew, have them read their files. */
  restart: string;
  reload: string;
}

type UnitStep = Extract<UnitsStep, { do: "unit" | "retire" }>;

/** Unit files that systemd does not understand are refused; one process for all when all are good. */
export function verifyPart(plans: readonly Numbered[]): string[] {
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
      `ok ${n} || undo_${n}`,
    ]),
    "}",
  ];
}

/** @param verb all steps have it done; @param kind leaving units come first */
const having = (steps: readonly Step[], verb: Verb, ...kinds: UnitStep["do"][]): string[] =>
  only(steps, ...(kinds.length > 0 ? kinds : (["unit", "retire"] as const)))
    .filter(({ verbs }) => verbs.includes(verb))
    .map(({ unit }) => unit);

/**
 * One systemctl per kind of change for all services: what failed shows in the units' states, which the gate looks at.
 */
export function unitsPart(plans: readonly Numbered[], { restart, reload }: Manner, held: readonly string[]): string[] {
  const all = (verb: Verb, command: string, ...kinds: UnitStep["do"][]) =>
    together(
      collectArguments(plans, (steps) => having(steps, verb, ...kinds)),
      command,
    );
  const reread = plans.filter(({ steps }) => only(steps, "reread-units", "unit", "retire").length > 0);
  return [
    ...plans.map(({ n }) => `ok ${n} && entered_${n}=yes`),
    ...all("stop", 'systemctl stop -- "$@"', "retire"),
    ...all("disable", 'systemctl --no-reload disable -- "$@"', "retire"),
    ...plans.flatMap(({ n, service, steps }) => retiredFilesPart(n, service, steps)),
    ...all("mask", 'systemctl --no-reload mask -- "$@"'),
    ...all("unmask", 'systemctl --no-reload unmask -- "$@"'),
    ...all("unmask-runtime", 'systemctl --no-reload --runtime unmask -- "$@"'),
    ...all("disable-runtime", 'systemctl --no-reload --runtime disable -- "$@"'),
    ...all("disable", 'systemctl --no-reload disable -- "$@"', "unit"),
    ...enablePart(plans),
    ...(reread.length > 0
      ? ["reread=no", ...reread.map(({ n }) => `ok ${n} && reread=yes`), "[ $reread = no ] || systemctl daemon-reload"]
      : []),
    ...held,
    ...all("stop", 'systemctl stop -- "$@"', "unit"),
    ...all("reset-failed", 'systemctl reset-failed -- "$@"'),
    ...all("restart", `${restart} "$@"`),
    ...all("reload", `${reload} "$@"`),
  ];
}

function retiredFilesPart(n: number, service: string, steps: readonly Step[]): string[] {
  const retired = only(steps, "retire");
  const lines = [
    ...retired.flatMap(({ remove }) => (remove.length > 0 ? [`drop ${quoteAll(remove)}`] : [])),
    ...retired.flatMap(({ bringBack }) => bringBack.map((path) => `bring_back ${quote(service)} ${quote(path)}`)),
  ];
  if (lines.length === 0) return [];
  return [...fn(`retire_${n}`, lines), `run ${n} 'files of units could not be removed' retire_${n}`];
}

/** Folders of drop-ins that were removed. */
export const emptiedFolders = (steps: readonly Step[]): string[] => {
  const removed = [
    ...only(steps, "remove").map(({ path }) => path),
    ...only(steps, "retire").flatMap(({ paths }) => paths),
  ];
  return [...new Set(removed.flatMap((path) => /^(\/etc\/systemd\/system\/[^/]+\.d)\//.exec(path)?.[1] ?? []))];
};

function enablePart(plans: readonly Numbered[]): string[] {
  const wanted = plans
    .map(({ n, steps }) => ({ n, units: having(steps, "enable") }))
    .filter(({ units }) => units.length > 0);
  return together(
    collectArguments(plans, (steps) => having(steps, "enable")),
    `systemctl --no-reload enable -- "$@" || {`,
    ...wanted.flatMap(({ n, units }) => [
      ...fn(`enable_${n}`, [`systemctl --no-reload enable -- ${quoteAll(units)}`]),
      `run ${n} ${quote(`could not be enabled: ${units.join(", ")}`)} enable_${n}`,
    ]),
    "}",
  );
}

/**
 * Before a service's files are put back: its journal is saved, and what did not run before stops while systemd still
 * knows it; and so with what was not enabled.
 */
export function undoUnits(n: number, steps: readonly Step[]): string[] {
  const touched = only(steps, "unit", "retire");
  const watched = [...new Set([...only(steps, "expect-active"), ...touched].map(({ unit }) => unit))];
  const idle = touched
    .filter(({ was, verbs }) => was === "absent" || (!was.active && isRun(verbs)))
    .map(({ unit }) => unit);
  const disabled = touched.filter(({ was, verbs }) => !wasEnabled(was) && isEnabled(verbs)).map(({ unit }) => unit);
  const masked = touched.filter(({ verbs }) => verbs.includes("mask")).map(({ unit }) => unit);
  return [
    ...(watched.length === 0 ? [] : [`journal ${n} ${quoteAll(watched)}`]),
    ...(idle.length > 0
      ? [`systemctl stop $later -- ${quoteAll(idle)}; systemctl reset-failed -- ${quoteAll(idle)}`]
      : []),
    ...(disabled.length > 0 ? [`systemctl --no-reload disable -- ${quoteAll(disabled)}`] : []),
    ...(masked.length > 0 ? [`systemctl --no-reload unmask -- ${quoteAll(masked)}`] : []),
  ];
}

/** When the files lie there again: what was enabled is so again. */
export const undoEnabling = (steps: readonly Step[]): string[] => [
  ...enabledAgain(steps, true, "systemctl --no-reload enable"),
  ...enabledAgain(steps, "enabled-runtime", "systemctl --no-reload --runtime enable"),
];

function enabledAgain(steps: readonly Step[], state: boolean | string, command: string): string[] {
  const units = only(steps, "unit", "retire")
    .filter(({ was, verbs }) => isEnabled(verbs) && was !== "absent" && was.enabled === state)
    .map(({ unit }) => unit);
  return units.length === 0 ? [] : [`${command} -- ${quoteAll(units)}`];
}

/** Once systemd has read the old files: what ran before runs again, with them. */
export function rerunLines(steps: readonly Step[]): string[] {
  const touched = only(steps, "unit", "retire").filter(({ was }) => wasActive(was));
  const again = touched.filter(({ verbs }) => isRun(verbs)).map(({ unit }) => unit);
  const reloaded = touched.filter(({ verbs }) => verbs.includes("reload")).map(({ unit }) => unit);
  return [
    ...(again.length > 0
      ? [`systemctl reset-failed -- ${quoteAll(again)}; systemctl restart $later -- ${quoteAll(again)}`]
      : []),
    ...(reloaded.length > 0 ? [`systemctl reload-or-restart $later -- ${quoteAll(reloaded)}`] : []),
    // One may run and be forbidden to start, so it is forbidden when it runs.
    ...enabledAgain(steps, "masked", "systemctl mask"),
    ...enabledAgain(steps, "masked-runtime", "systemctl --runtime mask"),
    ":",
  ];
}

const wasActive = (was: UnitStep["was"]): boolean => was !== "absent" && was.active;
const wasEnabled = (was: UnitStep["was"]): boolean => was !== "absent" && was.enabled === true;
const isRun = (verbs: readonly Verb[]): boolean => verbs.includes("restart") || verbs.includes("stop");
const isEnabled = (verbs: readonly Verb[]): boolean => verbs.some((verb) => /mask|able/.test(verb));

/** Gathers words of all services that have not failed as the shell's arguments. */
function collectArguments(plans: readonly Numbered[], pick: (steps: readonly Step[]) => string[]): string[] {
  const lines = plans.flatMap(({ n, steps }) => {
    const words = pick(steps);
    return words.length === 0 ? [] : [`ok ${n} && set -- "$@" ${quoteAll(words)}`];
  });
  return lines.length === 0 ? [] : ["set --", ...lines];
}

/** Runs a command with the gathered arguments, if there are any. */
const together = (gathered: string[], ...command: string[]): string[] =>
  gathered.length === 0 ? [] : [...gathered, "if [ $# -gt 0 ]; then", ...command, "fi"];
