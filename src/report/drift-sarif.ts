import { createHash } from "node:crypto";
import type { Log, LogicalLocation, Notification, Result, Run, ToolComponent } from "sarif";
import { newsOf, type DriftReport, type ReportedRow } from "./drift.ts";
import { differenceLines, expiredWords, isNote, reasonOf } from "./drift-text.ts";
import { failoverWords } from "../model/failover.ts";
import { oneLine } from "../markup/visible.ts";

const RULES = [
  {
    id: "drifted",
    text: "Something on a machine or at a provider is not as declared",
    help: "`fleet up` puts it back; to keep it, write it into the files of the fleet",
  },
  {
    id: "unknown",
    text: "Something could not be observed",
    help: "Make sure that the machine runs and can be reached, then observe again",
  },
  {
    id: "expired-rule",
    text: "A rule that lets drift pass has expired",
    help: "Remove the rule, or give it another day",
  },
  {
    id: "unreached",
    text: "The last `up` did not bring something to what it declared",
    help: "Put right what it names, then run `fleet up` again",
  },
  {
    id: "failed-over",
    text: "A host name leads to its tunnel's standby",
    help: "`fleet failback` leads it back when its tunnel is well again",
  },
] as const;
type RuleId = (typeof RULES)[number]["id"];

/** What somebody did on purpose is told, and is nothing to put right. */
const levelOf = (id: RuleId): "error" | "note" => (id === "failed-over" ? "note" : "error");

/**
 * Drift in the format of code scanning, SARIF 2.1.0: a result for each difference, at the file that declares its host.
 */
export function driftSarif(report: DriftReport): string {
  const expired = (report.expired ?? []).map((rule) =>
    result(report, "expired-rule", `stacks/${report.stack}/ignore.ts`, expiredWords(report.stack, rule), [
      rule.resource,
      rule.path ?? "",
    ]),
  );
  const driver: ToolComponent = {
    name: "fleet",
    rules: RULES.map(({ id, text, help }) => ({
      id,
      shortDescription: { text },
      fullDescription: { text },
      help: { text: help },
      defaultConfiguration: { level: levelOf(id) },
    })),
  };
  const problems = report.problems?.map((problem): Notification => ({
    level: "error",
    message: { text: escapeMessage(oneLine(problem, 1000)) },
  }));
  const run: Run = {
    tool: { driver },
    invocations: [
      { executionSuccessful: problems === undefined, ...(problems && { toolExecutionNotifications: problems }) },
    ],
    columnKind: "utf16CodeUnits",
    results: [
      ...newsOf(report).flatMap((row) => resultsOf(report, row)),
      ...report.resources.flatMap((row) => failedOverResult(report, row)),
      ...expired,
    ],
  };
  const log: Log = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultsOf(report: DriftReport, row: ReportedRow): Result[] {
  const file = row.host === null ? `stacks/${report.stack}/fleet.ts` : `hosts/${report.stack}/${row.host}.ts`;
  const name = oneLine(row.name);
  const resource = locationOf(row);
  if (row.status === "unknown") {
    const text = `${name}: ${oneLine(row.reason ?? "", 1000)}`;
    return [result(report, "unknown", file, text, [row.urn], resource)];
  }
  const unreached =
    row.unreached === undefined
      ? []
      : [result(report, "unreached", file, `${name}: ${oneLine(reasonOf(row)!, 1000)}`, [row.urn], resource)];
  const drifted = row.changes
    .filter(({ path }) => !isNote(path))
    .map((change) => {
      const text = [name, ...differenceLines(row, change).slice(0, LINES)].join("\n");
      return result(report, "drifted", file, text, [row.urn, change.path], resource);
    });
  return [...unreached, ...drifted];
}

const locationOf = ({ name, urn }: ReportedRow): LogicalLocation => ({
  name: oneLine(name),
  fullyQualifiedName: oneLine(urn, 1000),
  kind: "resource",
});

function failedOverResult(report: DriftReport, row: ReportedRow): Result[] {
  if (!row.failedOver) return [];
  const text = `${oneLine(row.name)}: ${oneLine(failoverWords(row.failedOver))}`;
  const identity = [row.urn, row.failedOver.since];
  return [result(report, "failed-over", `stacks/${report.stack}/fleet.ts`, text, identity, locationOf(row))];
}

/** Of a text, no more than a reader of a list wants to see. */
const LINES = 40;

function result(
  report: DriftReport,
  ruleId: RuleId,
  file: string,
  text: string,
  identity: readonly string[],
  resource?: LogicalLocation,
): Result {
  return {
    ruleId,
    ruleIndex: RULES.findIndex(({ id }) => id === ruleId),
    level: levelOf(ruleId),
    message: { text: escapeMessage(text) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: {
            uri: file
              .split("/")
              .map((part) => encodeURIComponent(part.toWellFormed()))
              .join("/"),
          },
          region: { startLine: 1 },
        },
        ...(resource && { logicalLocations: [resource] }),
      },
    ],
    partialFingerprints: {
      "fleet/v1": createHash("sha256")
        .update(JSON.stringify([report.stack, ruleId, ...identity]))
        .digest("hex"),
    },
  };
}

/** In a message brackets are links and braces are placeholders, unless they are escaped (§3.11.5 and §3.11.6). */
const escapeMessage = (text: string): string => text.replace(/[\\[\]]/g, "\\$&").replace(/[{}]/g, "$&$&");
