import { ABSENT, type Difference } from "../engine/differences.ts";
import { newsOf, type DriftReport, type ReportedRow } from "./drift.ts";
import { paintLine, plain, type Paint } from "./paint.ts";
import { textLines } from "./text-lines.ts";
import { fileLine, oneLine } from "../markup/visible.ts";

/** What is not as declared, each with its lines, for a terminal. */
export function driftText(report: DriftReport, paint: Paint = plain): string {
  return [
    ...newsOf(report).flatMap((row) => [
      headOf(row, paint),
      ...row.changes.flatMap((change) => differenceLines(change, paint)),
    ]),
    ...report.resources.flatMap((row) => ignoredLines(row, paint)),
    ...(report.expired ?? []).map((rule) => `${paint("red", "expired ")} ${expiredWords(report.stack, rule)}`),
    paint("bold", summaryOf(report)),
  ].join("\n");
}

const headOf = ({ status, name, reason }: ReportedRow, paint: Paint): string =>
  `${paint(status === "drifted" ? "yellow" : "magenta", status.padEnd(8))} ${paint("bold", oneLine(name))}` +
  (reason ? `: ${oneLine(reason, 1000)}` : "");

const ignoredLines = ({ name, ignored = [] }: ReportedRow, paint: Paint): string[] =>
  ignored.map(
    ({ path, reason, until }) =>
      `${paint("dim", "ignored ")} ${oneLine(name)} ${oneLine(path)}: ${oneLine(reason)} (until ${until})`,
  );

/** "the rule for ghost-01/nginx ended on 2026-11-21 (reason): …". */
export const expiredWords = (
  stack: string,
  { resource, path, reason, until }: NonNullable<DriftReport["expired"]>[number],
  write: (text: string) => string = oneLine,
): string =>
  `the rule for ${write(path ? `${resource} ${path}` : resource)} ended on ${until} (${write(reason)}): ` +
  `remove it from ${write(`stacks/${stack}/ignore.ts`)}, or give it another day`;

/** "alaivos: 47 as declared, 5 drifted, 0 unknown". */
export function summaryOf(report: DriftReport, write: (text: string) => string = oneLine): string {
  const { same, drifted, unknown } = report.summary;
  const known = drifted + unknown - newsOf(report).length;
  return (
    `${write(report.stack)}: ${same} as declared, ${drifted} drifted, ` +
    `${unknown} unknown${known > 0 ? `; ${known} of them known before` : ""}`
  );
}

/** One property: two values on a line, or the changed lines of a text. */
export function differenceLines({ path, declared, found }: Difference, paint: Paint = plain): string[] {
  if (isNote(path)) return [];
  if (isText(declared, found))
    return [
      `  ${oneLine(path)}`,
      ...textLines(declared as string, found as string).map((line) => `    ${paintLine(fileLine(line), paint)}`),
    ];
  return [`  ${oneLine(path)}: declared ${showDrifted(declared)}, found ${showDrifted(found)}`];
}

/** The engine's own notes, and how a host is reached, are no drift. */
export const isNote = (path: string): boolean => /(^|\.)__/.test(path) || path.startsWith("connection");

/** Whether both sides are texts of which one has several lines. */
export const isText = (declared: unknown, found: unknown): boolean =>
  typeof declared === "string" &&
  typeof found === "string" &&
  (declared.includes("\n") || found.includes("\n")) &&
  declared !== ABSENT &&
  found !== ABSENT;

/** Long values are named rather than shown: what matters of them is that they are there. */
export function showDrifted(value: unknown): string {
  if (isCronEntry(value)) return oneLine(`${value.schedule} ${value.user} ${value.command}`, 400);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 || text.includes("\n") ? "present" : oneLine(text);
}

const isCronEntry = (value: unknown): value is { schedule: string; user: string; command: string } =>
  typeof value === "object" && value !== null && "schedule" in value && "command" in value;
