import { driftExitCode, type Drift, type DriftRow } from "../engine/drift.ts";
import type { Difference } from "../engine/differences.ts";
import type { IgnoreRule } from "../model/ignore.ts";

/** A difference that a rule of the stack lets pass. */
export interface IgnoredDifference extends Difference {
  reason: string;
  /** The last day of the rule. */
  until: string;
}

export interface ReportedRow extends DriftRow {
  /** `known`: the report of --since had it already. */
  changes: (Difference & { known?: true })[];
  /** Everything that is wrong with it was in the report of --since. */
  known?: true;
  /** Differences that count as declared. */
  ignored?: IgnoredDifference[];
  /** What --fix made of it. */
  fix?: Fix;
}

/** `left`: it was not touched. */
export interface Fix {
  result: "healed" | "left" | "failed";
  /** Why it was not healed. */
  reason?: string;
}

/**
 * What `fleet drift --format json` prints, and what the other formats are made of. Its schema: docs/drift.schema.json.
 */
export interface DriftReport extends Drift {
  version: 1;
  resources: ReportedRow[];
  /** Rules whose last day is over. They let nothing pass any more. */
  expired?: IgnoreRule[];
  /** Why nothing could be looked at. */
  problems?: string[];
}

/** The report of a look that failed as a whole. */
export const failedReport = (stack: string, problem: string): DriftReport => ({
  version: 1,
  stack,
  summary: { same: 0, drifted: 0, unknown: 0 },
  resources: [],
  problems: [problem],
});

export interface DriftOptions {
  /** Only what belongs to this host. */
  only?: string;
  rules?: readonly IgnoreRule[];
  /** The day that decides whether a rule has expired: "2026-11-21". */
  today: string;
  /** An earlier report: what it has is known. */
  since?: DriftReport;
}

export function driftReport(drift: Drift, { only, rules = [], today, since }: DriftOptions): DriftReport {
  const [valid, expired] = [rules.filter((rule) => rule.until >= today), rules.filter((rule) => rule.until < today)];
  const known = since && keysOf(since);
  const rows = drift.resources
    .filter((row) => only === undefined || row.host === only)
    .map((row) => marked(ignoring(row, valid), known));
  const summary = { same: 0, drifted: 0, unknown: 0 };
  for (const row of rows) summary[row.status] += 1;
  return {
    version: 1,
    stack: drift.stack,
    summary,
    resources: rows,
    ...(drift.lastUp && rows.some(({ unreached }) => unreached !== undefined) && { lastUp: drift.lastUp }),
    ...(expired.length > 0 && { expired }),
  };
}

/**
 * Takes out what the rules let pass. A resource with nothing else counts as declared; what the last `up` did not reach
 * never does.
 */
function ignoring(row: DriftRow, rules: readonly IgnoreRule[]): ReportedRow {
  const ruleFor = (change: Difference) =>
    rules.find((rule) => matches(rule.resource, row.name) && isWithin(change.path, rule.path));
  const ignored = row.changes.flatMap((change): IgnoredDifference[] => {
    const rule = ruleFor(change);
    return rule ? [{ ...change, reason: rule.reason, until: rule.until }] : [];
  });
  if (ignored.length === 0) return row;
  const changes = row.changes.filter((change) => !ruleFor(change));
  return { ...row, status: changes.length > 0 || row.unreached !== undefined ? row.status : "same", changes, ignored };
}

function matches(pattern: string, name: string): boolean {
  if (!pattern.includes("*")) return pattern === name;
  return new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&"))
      .join("[^/]*")}$`,
  ).test(name);
}
const isWithin = (path: string, outer: string | undefined): boolean =>
  outer === undefined || path === outer || (path.startsWith(outer) && /^[.[]/.test(path.slice(outer.length)));

const keyOf = ({ urn }: DriftRow, change?: Difference): string =>
  JSON.stringify(change ? [urn, change.path, change.found] : [urn]);
const keyOfUnreached = ({ urn, unreached }: DriftRow): string => JSON.stringify({ urn, unreached });
const keysOf = ({ resources }: DriftReport): Set<string> =>
  new Set(
    resources.flatMap((row) => [
      ...(row.status === "unknown" ? [keyOf(row)] : row.changes.map((change) => keyOf(row, change))),
      ...(row.unreached === undefined ? [] : [keyOfUnreached(row)]),
    ]),
  );

function marked(row: ReportedRow, known: ReadonlySet<string> | undefined): ReportedRow {
  if (!known || row.status === "same") return row;
  if (row.status === "unknown") return known.has(keyOf(row)) ? { ...row, known: true } : row;
  const changes = row.changes.map((change) =>
    known.has(keyOf(row, change)) ? { ...change, known: true as const } : change,
  );
  const isKnown =
    changes.every((change) => change.known) && (row.unreached === undefined || known.has(keyOfUnreached(row)));
  return { ...row, changes, ...(isKnown && { known: true as const }) };
}

/** What is to be told: drifted or unknown, and not told before. */
export const newsOf = ({ resources }: DriftReport): ReportedRow[] =>
  resources
    .filter((row) => row.status !== "same" && !row.known)
    .map((row) => ({ ...row, changes: row.changes.filter((change) => !change.known) }));

/**
 * 0: nothing new · 2: drift · 3: something could not be observed · 1: nothing of that, but an ignore rule has expired,
 * or nothing could be observed at all.
 */
export function reportExitCode(report: DriftReport): 0 | 1 | 2 | 3 {
  if (report.problems) return 1;
  const summary = { same: 0, drifted: 0, unknown: 0 };
  for (const row of newsOf(report)) summary[row.status] += 1;
  const code = driftExitCode({ ...report, summary });
  return code === 0 && report.expired ? 1 : code;
}
