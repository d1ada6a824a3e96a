import { nameOf } from "../engine/events.ts";
import { dependentsOf, type StateResource } from "../engine/state.ts";
import { reportExitCode, type DriftReport, type Fix, type ReportedRow } from "./drift.ts";
import { plain, type Paint } from "./paint.ts";
import { oneLine } from "../markup/visible.ts";

/** What of a drift can be put back without touching anything else. */
export interface FixPlan {
  /** URNs of what drifted, and of what depends on something that is gone. */
  target: string[];
  /** What drifted and is left as it is: URN → why. */
  left: Map<string, string>;
}

const EDITED =
  "the files declare something else for it than the last `up`: `fleet preview` shows both, `fleet up` does both";
const UNREACHED = "the last `up` did not come to it: `fleet up` goes on with it";
const IGNORED =
  "a rule lets pass another difference of it, which would be put back too: `fleet up` puts back all of it";

/**
 * Who drifted is put back. What else the files would change by now is not, nor what a rule of the stack lets pass:
 * where that is a part of the same resource, all of it is left. What depends on something that is gone is made to fit
 * what is made in its place.
 * @param edited URNs of what the files would change although nobody touched it
 */
export function planFix(
  { resources }: DriftReport,
  edited: ReadonlySet<string>,
  state: readonly StateResource[],
): FixPlan {
  const drifted = resources.filter((row) => row.status === "drifted");
  const known = new Set(state.map(({ urn }) => urn));
  const why = (row: ReportedRow) => {
    if (row.unreached !== undefined && (edited.has(row.urn) || !known.has(row.urn))) return UNREACHED;
    return edited.has(row.urn) ? EDITED : row.ignored ? IGNORED : undefined;
  };
  const left = new Map(
    drifted.flatMap((row) => {
      const reason = why(row);
      return reason ? [[row.urn, reason] as const] : [];
    }),
  );
  const healed = drifted.filter((row) => !left.has(row.urn));
  const dependents = dependentsOf(new Set(healed.filter(isGone).map((row) => row.urn)), state);
  for (const { urn, status } of resources)
    if (status !== "drifted" && dependents.has(urn) && edited.has(urn)) left.set(urn, EDITED);
  return {
    target: [...new Set([...healed.map((row) => row.urn), ...dependents])].filter((urn) => !left.has(urn)),
    left,
  };
}

const isGone = ({ changes }: ReportedRow): boolean =>
  changes.some(({ path, found }) => path === "" && found === "absent");

/**
 * The report with what became of each resource. What only had to follow something that is gone is told where it could
 * not be looked at or failed.
 * @param failed URN → why
 */
export function withFixes(
  report: DriftReport,
  { target, left }: FixPlan,
  failed: ReadonlyMap<string, string>,
): DriftReport {
  const tried = new Set(target);
  const fixOf = ({ urn, status }: ReportedRow): Fix | undefined => {
    if (left.has(urn)) return { result: "left", reason: left.get(urn)! };
    if (!tried.has(urn)) return undefined;
    if (failed.has(urn)) return { result: "failed", reason: failed.get(urn)! };
    return status === "same" ? undefined : { result: "healed" };
  };
  return {
    ...report,
    resources: report.resources.map((row) => {
      const fix = fixOf(row);
      return fix ? { ...row, fix } : row;
    }),
  };
}

/** What is going to be done, for a person to agree to. */
export function planText(report: DriftReport, { target, left }: FixPlan): string {
  const wrong = new Set(report.resources.filter(({ status }) => status !== "same").map(({ urn }) => urn));
  const names = target.filter((urn) => wrong.has(urn)).map((urn) => oneLine(nameOf(urn)));
  const followers = target.length - names.length;
  return [
    ...(target.length > 0
      ? [
          "to be put back: " +
            names.join(", ") +
            (followers > 0 ? `, and what depends on it as far as it has to change (${followers} looked at)` : ""),
        ]
      : ["nothing can be put back by itself"]),
    ...[...left].map(([urn, why]) => `left as it is: ${oneLine(nameOf(urn))}: ${why}`),
  ].join("\n");
}

const COLOURS = { healed: "green", left: "yellow", failed: "red" } as const;

/** What became of each, and the totals, for a terminal. */
export function fixText(report: DriftReport, paint: Paint = plain): string {
  const count = (result: Fix["result"]) => report.resources.filter((row) => row.fix?.result === result).length;
  return [
    ...report.resources.flatMap(({ name, fix }) =>
      fix
        ? [
            `${paint(COLOURS[fix.result], fix.result.padEnd(8))} ${paint("bold", oneLine(name))}` +
              (fix.reason ? `: ${oneLine(fix.reason.split("\n")[0]!, 1000)}` : ""),
          ]
        : [],
    ),
    paint(
      "bold",
      `${oneLine(report.stack)}: ${count("healed")} healed, ${count("left")} left, ${count("failed")} failed, ` +
        `${report.resources.filter(isUnknown).length} unknown`,
    ),
  ].join("\n");
}

const isUnknown = ({ status, fix }: ReportedRow): boolean => status === "unknown" && fix === undefined;

/**
 * 1: something could not be healed · 3: something is unknown, and was not touched · 2: something was left · 0: all is
 * as declared, or 1 when an ignore rule has expired.
 */
export function fixExitCode(report: DriftReport): 0 | 1 | 2 | 3 {
  if (report.resources.some(({ fix }) => fix?.result === "failed")) return 1;
  const rest = report.resources
    .filter(({ fix }) => fix?.result !== "healed")
    .map((row): ReportedRow => (row.fix ? { ...row, status: "drifted" } : row));
  return reportExitCode({ ...report, resources: rest });
}
