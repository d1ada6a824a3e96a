import { createHash } from "node:crypto";
import { typeOf } from "../engine/events.ts";
import type { DriftReport, ReportedRow } from "../report/drift.ts";
import { isNote } from "../report/drift-text.ts";
import { count } from "../markup/visible.ts";

/** One thing that somebody is to be told of. It holds no values: what a file should say stands in the report. */
export interface Finding {
  /**
   * drifted: one property · unreached: the last `up` did not bring it to what it declared · unknown: a host, or what
   * stands at providers, could not be looked at · failed: nothing could be looked at, or a failover could not be done ·
   * failed-over: a tunnel's standby has taken over
   */
  kind: "drifted" | "unreached" | "unknown" | "expired-rule" | "failed" | "failed-over";
  host: string | null;
  name: string;
  /** The property. */
  path?: string;
  /** Of something that drifted, or was not reached. */
  urn?: string;
  reason?: string;
}

/** What was told already, by what it was: with what makes it worth telling again when it changes. */
export type Told = Record<string, Finding & { mark: string }>;

/** What a look makes of that. */
export interface News {
  fresh: Finding[];
  resolved: (Finding & { because: string })[];
  /** What is told when both are. */
  told: Told;
}

/**
 * What is new in a report, and what of the earlier is over. What was not looked at this time, because its host is
 * unknown or --only left it out, is neither.
 * @param report undefined when nothing could be looked at
 */
export function newsOf(before: Told, report: DriftReport | undefined, only?: string): News {
  const found = report
    ? findingsOf(report)
    : {
        failed: {
          kind: "failed",
          host: null,
          name: "the fleet",
          reason: "the command says why",
          mark: "",
        } satisfies Told[string],
      };
  const gone = Object.entries(before)
    .filter(([key]) => !(key in found))
    .map(([key, finding]) => ({ key, finding, because: report && endOf(finding, report, only) }));
  return {
    fresh: Object.entries(found)
      .filter(([key, { mark }]) => before[key]?.mark !== mark)
      .map(([, finding]) => withoutMark(finding)),
    resolved: gone.flatMap(({ finding, because }) =>
      because === undefined ? [] : [{ ...withoutMark(finding), because }],
    ),
    told: {
      ...Object.fromEntries(
        gone.filter(({ because }) => because === undefined).map(({ key, finding }) => [key, finding]),
      ),
      ...found,
    },
  };
}

const withoutMark = ({ mark: _, ...finding }: Told[string]): Finding => finding;

function findingsOf({ resources, expired = [] }: DriftReport): Told {
  const rows = resources.filter(({ fix }) => fix?.result !== "healed");
  const drifted = rows.filter(({ status }) => status === "drifted").flatMap(driftedFindings);
  const unreached = rows.flatMap(unreachedFinding);
  const unknown = [...Map.groupBy(rows, ({ host }) => host)].flatMap(([host, ofHost]) => unknownFinding(host, ofHost));
  const rules = expired.map((rule): Told[string] => ({
    kind: "expired-rule",
    host: null,
    name: rule.resource,
    ...(rule.path && { path: rule.path }),
    reason: `ended on ${rule.until}`,
    mark: rule.until,
  }));
  return Object.fromEntries(
    [...drifted, ...unreached, ...unknown, ...rules].map((finding) => [keyOf(finding), finding]),
  );
}

const keyOf = ({ kind, host, name, path, urn }: Finding): string =>
  JSON.stringify(kind === "unknown" ? [kind, host] : [kind, urn ?? name, path ?? null]);

const driftedFindings = ({ urn, host, name, changes }: ReportedRow): Told[string][] =>
  changes
    .filter(({ path }) => !isNote(path))
    .map(({ path, found }) => ({
      kind: "drifted",
      host,
      name,
      path,
      urn,
      mark: markOf(JSON.stringify(found)),
    }));

const markOf = (text = ""): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

const unreachedFinding = ({ urn, host, name, unreached }: ReportedRow): Told[string][] =>
  unreached === undefined ? [] : [{ kind: "unreached", host, name, urn, reason: unreached, mark: markOf(unreached) }];

/**
 * A host that is down is one finding, however many services it has. That all of it is unknown is told also where a part
 * was before.
 */
function unknownFinding(host: string | null, rows: readonly ReportedRow[]): Told[string][] {
  const unknown = rows.filter(({ status }) => status === "unknown");
  if (unknown.length === 0) return [];
  const onMachine = rows.filter(({ urn }) => typeOf(urn).startsWith("fleet:host:"));
  const isAll = host !== null && onMachine.every(({ status }) => status === "unknown");
  const name = host ?? "what stands at providers";
  return [
    {
      kind: "unknown",
      host,
      name,
      reason: `${count(unknown.length, "thing")} of ${rows.length} cannot be looked at: ${unknown[0]!.reason ?? ""}`,
      mark: isAll ? "all" : "some",
    },
  ];
}

/** Why a finding is over; undefined when it may go on, unseen. */
function endOf(
  { kind, host, path, urn }: Finding,
  { resources }: DriftReport,
  only: string | undefined,
): string | undefined {
  if (kind === "failed") return "it can be looked at again";
  if (kind === "expired-rule") return "the rule is gone, or has another day";
  // What the last `up` did not reach may not be known.
  if (kind === "unreached" && resources.some((row) => typeOf(row.urn) === "pulumi:pulumi:Stack")) return undefined;
  const rows = resources.filter((row) => (kind === "unknown" ? row.host === host : row.urn === urn));
  if (rows.length === 0) return only === undefined ? "it is declared no more" : undefined;
  if (kind === "unknown") return "it can be looked at again";
  if (kind === "unreached") return "it was brought up";
  const [row] = rows;
  if (row!.status === "unknown" && row!.fix?.result !== "healed") return undefined;
  return row!.ignored?.some((difference) => difference.path === path)
    ? "a rule of the stack lets it pass"
    : "it is as declared again";
}
