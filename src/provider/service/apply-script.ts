import { nixosBody } from "../nixos/apply.ts";
import { accountsPart, filesPart, validationsPart } from "./apply-files.ts";
import { armPart, disarmFailedPart, isGuarded } from "./apply-guard.ts";
import { FETCH_SECONDS, LIBRARY } from "./apply-library.ts";
import { installPart, INSTALL_LIBRARY, PACKAGES_LIBRARY } from "./apply-packages.ts";
import { workFolder, type ApplyNames } from "./apply-names.ts";
import { gatePart, inPlace, rollbackPart, unitsPart, verifyPart } from "./apply-units.ts";
import { only, type Numbered, type Step } from "./steps.ts";
import { writeRecordsPart } from "./records.ts";
import { decode, sectionsOf } from "../remote/sh.ts";
import type { Os } from "./types.ts";

/**
 * One POSIX sh script that carries out the plans of several services of a host: what they can share (packages,
 * daemon-reload, starting units) once for all, the rest service by service, so that one that fails does not touch the
 * others. Prints what parseOutcomes() reads, then what `observe` prints; when one of the plans is guarded,
 * confirmScript() has to ask for both.
 */
export function applyScript(plans: readonly Step[][], names: ApplyNames, observe: string, os?: Os): string {
  const numbered = plans.map((steps, n) => ({ n, steps }));
  return [
    `work=${workFolder(names.token)} started=$(date +%s)`,
    `mkdir -m 0700 "$work" || exit 1`,
    LIBRARY,
    "trap 'exit 143' TERM",
    "{",
    "exec 9>/run/fleet.lock; flock -w 900 9",
    ...(os === "nixos" ? nixosBody(numbered, names) : inPlaceBody(numbered, names)),
    `: >"$work/ended"`,
    "exec 9>&-",
    `} >"$work/all.log" 2>&1`,
    ...(plans.some(isGuarded) ? [] : [...numbered.map(({ n }) => `report ${n}`), `rm -rf "$work"`, observe]),
  ].join("\n");
}

const inPlaceBody = (plans: Numbered[], names: ApplyNames): string[] => [
  PACKAGES_LIBRARY,
  INSTALL_LIBRARY,
  "trap release_units EXIT",
  "release_units",
  ...installPart(plans),
  ...armPart(plans, names, inPlace),
  ...plans.flatMap(({ n, steps }) => [...accountsPart(n, steps), ...filesPart(n, steps), ...refusedPart(n, steps)]),
  ...verifyPart(plans),
  ...unitsPart(plans, inPlace),
  ...gatePart(plans),
  ...writeRecordsPart(plans),
  ...rollbackPart(plans, inPlace),
  ...disarmFailedPart(plans),
];

/** Files that a validation refuses go before any unit has noticed them. */
function refusedPart(n: number, steps: readonly Step[]): string[] {
  const validations = validationsPart(n, steps);
  return validations.length === 0 ? [] : [...validations, `ok ${n} || restore_${n}`];
}

/**
 * Longest time that a batch may take, in seconds: what it installs, fetches, starts and checks, with room to undo it.
 */
export function applySeconds(plans: readonly Step[][]): number {
  const gates = plans.map((steps) => only(steps, "check").reduce((sum, { check }) => sum + check.within + 10, 0));
  const fetches = plans.flatMap((steps) => only(steps, "fetch")).length;
  return (
    600 +
    fetches * FETCH_SECONDS +
    (plans.some((steps) => only(steps, "install", "switch").length > 0) ? 1800 : 0) +
    Math.max(0, ...gates)
  );
}

/** Why a service's plan failed. It was undone then, except for packages, users and directories. */
export interface Failure {
  reason: string;
  /** What the step that failed printed last. */
  log: string;
  /** The last journal lines of the service's units, from before it was undone. */
  journal: string;
}

/** What became of each plan, in order; undefined for success. */
export function parseOutcomes(output: string, count: number): (Failure | undefined)[] {
  const sections = sectionsOf(output);
  const text = (name: string, n: number) => {
    const section = sections.find((s) => s.name === name && s.args[0] === String(n));
    return section && decode(section.lines).toString("utf8").trim();
  };
  return Array.from({ length: count }, (_, n) => {
    if (text("done", n) !== undefined) return undefined;
    const reason = text("reason", n) ?? "the host did not say what became of it";
    return { reason, log: text("log", n) ?? "", journal: text("journal", n) ?? "" };
  });
}
