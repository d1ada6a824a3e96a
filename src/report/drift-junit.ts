import { typeOf } from "../engine/events.ts";
import { namePieces, written } from "./difference-words.ts";
import { newsOf, type DriftReport, type ReportedRow } from "./drift.ts";
import { differenceLines, expiredWords, failoversOf, reasonOf } from "./drift-text.ts";
import { count } from "../markup/visible.ts";
import { element, textElement } from "./xml.ts";

interface Case {
  name: string;
  result: "passed" | "skipped" | "failure" | "error";
  message?: string;
  lines: readonly string[];
}

/**
 * Drift as test results, for what shows such: a suite for each host, a case for each resource. Drift is a failure, what
 * could not be observed is an error, what a rule lets pass
 * or a failover has moved is skipped. Fits the schemas of Ant and of Jenkins.
 *
 * @param at when it was observed
 */
export function driftJunit(report: DriftReport, at: Date): string {
  const news = new Map(newsOf(report).map((row) => [row.urn, row]));
  const hosts = [...Map.groupBy(report.resources, ({ host }) => host)].map(([host, rows]): Suite => ({
    name: host ?? "providers",
    host: host ?? "localhost",
    // What is skipped has no room for a reason.
    said: failoversOf({ ...report, resources: rows }),
    cases: rows.map((row) => caseOf(row, news.get(row.urn))),
  }));
  const rules: Case[] = (report.expired ?? []).map((rule) => ({
    name: rule.resource,
    result: "failure",
    message: `the rule ended on ${rule.until}`,
    lines: [expiredWords(report.stack, rule)],
  }));
  const problems = (report.problems ?? []).map((problem): Case => ({
    name: report.stack,
    result: "error",
    message: problem,
    lines: [],
  }));
  const suites = [
    ...hosts,
    ...(problems.length > 0 ? [{ name: "the look", host: "localhost", cases: problems }] : []),
    ...(rules.length > 0 ? [{ name: "ignore rules", host: "localhost", cases: rules }] : []),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    "testsuites",
    {},
    suites.map((suite, id) => suiteElement(report.stack, suite, id, at)),
  )}\n`;
}

interface Suite {
  name: string;
  host: string;
  said?: readonly string[];
  cases: Case[];
}

function caseOf({ name, host, ignored = [], failedOver }: ReportedRow, news: ReportedRow | undefined): Case {
  const own = host !== null && name.startsWith(`${host}/`) ? name.slice(host.length + 1) : name;
  if (news?.status === "unknown") return { name: own, result: "error", message: news.reason ?? "", lines: [] };
  if (news)
    return {
      name: own,
      result: "failure",
      message: [reasonOf(news), changesWords(news)].filter(Boolean).join("; "),
      lines: news.changes.flatMap((change) => differenceLines(news, change)),
    };
  return { name: own, result: ignored.length > 0 || failedOver ? "skipped" : "passed", lines: [] };
}

const changesWords = ({ urn, changes }: ReportedRow): string =>
  changes.length === 0
    ? ""
    : `${count(changes.length, "difference")}: ` +
      changes
        .map(({ path }) => (path === "" ? "all of it" : written(namePieces(typeOf(urn), path), String)))
        .join(", ");

function suiteElement(stack: string, { name, host, cases, said = [] }: Suite, id: number, at: Date): string {
  const number = (result: Case["result"]) => cases.filter((one) => one.result === result).length;
  const values = {
    id,
    package: stack,
    name,
    timestamp: at.toISOString().slice(0, 19),
    hostname: host,
    tests: cases.length,
    failures: number("failure"),
    errors: number("error"),
    skipped: number("skipped"),
    time: 0,
  };
  return element("testsuite", values, [
    element("properties", {}, [element("property", { name: "stack", value: stack })]),
    ...cases.map((one) => caseElement(`${stack}.${name}`, one)),
    textElement("system-out", {}, said),
    textElement("system-err", {}, []),
  ]);
}

const TYPES = { failure: "drifted", error: "unknown" } as const;

function caseElement(classname: string, { name, result, message = "", lines }: Case): string {
  const values = { name, classname, time: 0 };
  if (result === "passed") return element("testcase", values);
  return element("testcase", values, [
    result === "skipped"
      ? textElement("skipped", {}, [])
      : textElement(result, { message, type: TYPES[result] }, lines),
  ]);
}
