import { accountsPart, filesPart } from "./apply-files.ts";
import { LIBRARY } from "./apply-library.ts";
import { gatePart, rollbackPart, unitsPart, verifyPart } from "./apply-units.ts";
import { only, type Numbered, type Step } from "./plan.ts";
import { decode, quote, quoteAll, sectionsOf } from "./sh.ts";

/**
 * One POSIX sh script that carries out the plans of several services of a host: what they can share (packages, daemon-reload, starting
 * units) once for all, the rest service by service, so that one that fails does not touch the others. Prints what parseOutcomes()
 * reads, then what `observe` prints.
 */
export function applyScript(plans: readonly Step[][], observe: string): string {
  const numbered = plans.map((steps, n) => ({ n, steps }));
  return [
    LIBRARY,
    "{",
    "exec 9>/run/fleet.lock; flock -w 900 9",
    ...installPart(numbered),
    ...numbered.flatMap(({ n, steps }) => [...accountsPart(n, steps), ...filesPart(n, steps)]),
    ...verifyPart(numbered),
    ...unitsPart(numbered),
    ...gatePart(numbered),
    ...rollbackPart(numbered),
    "exec 9>&-",
    `} >"$work/all.log" 2>&1`,
    ...numbered.map(({ n }) => `report ${n}`),
    `rm -rf "$work"`,
    observe,
  ].join("\n");
}

/** All packages in one run; when that fails, each service's own, to tell whose fault it is. */
function installPart(plans: Numbered[]): string[] {
  const wanted = plans.flatMap(({ n, steps }) => only(steps, "install").map(({ packages }) => ({ n, packages })));
  if (wanted.length === 0) return [];
  const all = quoteAll([...new Set(wanted.flatMap(({ packages }) => packages))]);
  return [
    `install_packages ${all} || { refresh_packages; install_packages ${all}; } || {`,
    ...wanted.flatMap(({ n, packages }) => [
      `install_${n}() { install_packages ${quoteAll(packages)}; }`,
      `run ${n} ${quote(`packages could not be installed: ${packages.join(", ")}`)} install_${n}`,
    ]),
    "}",
  ];
}

/** Longest time that a batch may take, in seconds: what it installs, starts and checks, with room to undo it. */
export function applySeconds(plans: readonly Step[][]): number {
  const gates = plans.map((steps) => only(steps, "check").reduce((sum, { check }) => sum + check.within + 10, 0));
  return 600 + (plans.some((steps) => only(steps, "install").length > 0) ? 1800 : 0) + Math.max(0, ...gates);
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
