import { ABSENT, type Difference } from "../engine/differences.ts";
import { typeOf } from "../engine/events.ts";
import { differencePieces, namePieces, written } from "./difference-words.ts";
import { newsOf, type DriftReport, type ReportedRow } from "./drift.ts";
import { paintLine, plain, type Paint } from "./paint.ts";
import { textLines } from "./text-lines.ts";
import { failoverWords } from "../model/failover.ts";
import { fileLine, oneLine } from "../markup/visible.ts";

/** What is not as declared, each with its lines, for a terminal. */
export function driftText(report: DriftReport, paint: Paint = plain): string {
  return [
    ...newsOf(report).flatMap((row) => [
      headOf(row, paint),
      ...row.changes.flatMap((change) => differenceLines(row, change, paint)),
    ]),
    ...report.resources.flatMap((row) => ignoredLines(row, paint)),
    ...failoversOf(report).map((text) => `${paint("cyan", "moved   ")} ${text}`),
    ...(report.expired ?? []).map((rule) => `${paint("red", "expired ")} ${expiredWords(report.stack, rule)}`),
    ...lastUpWords(report),
    paint("bold", summaryOf(report)),
  ].join("\n");
}

const headOf = (row: ReportedRow, paint: Paint): string => {
  const reason = reasonOf(row);
  return (
    `${paint(row.status === "drifted" ? "yellow" : "magenta", row.status.padEnd(8))} ` +
    paint("bold", oneLine(row.name)) +
    (reason ? `: ${oneLine(reason, 1000)}` : "")
  );
};

/** What is told of a resource besides its properties: why it is unknown, was not brought up, or leads elsewhere. */
export const reasonOf = ({ reason, unreached, failedOver }: ReportedRow): string | undefined =>
  reason ??
  (unreached === undefined ? undefined : `not brought up: ${unreached}`) ??
  (failedOver && failoverWords(failedOver));

/**
 * "the last `up`, begun on 2026-11-21 at 10:28:00 UTC, did not reach all that it declared; `fleet up s` goes on with
 * it"; nothing where it did. @param quote writes a command
 */
export function lastUpWords(
  { stack, lastUp }: DriftReport,
  write: (text: string) => string = oneLine,
  quote = (command: string): string => `\`${write(command)}\``,
): string[] {
  if (!lastUp) return [];
  const what = lastUp.ended
    ? "did not reach all that it declared"
    : "has not ended: it was killed, or is still at work";
  return [
    `the last \`up\`, begun on ${write(lastUp.begun.slice(0, 10))} at ${write(lastUp.begun.slice(11, 19))} UTC, ` +
      `${what}${lastUp.edited ? ". The files are others now: what they declare is told" : ""}; ` +
      `${quote(`fleet up ${stack}`)} goes on with it`,
  ];
}

const ignoredLines = ({ name, ignored = [] }: ReportedRow, paint: Paint): string[] =>
  ignored.map(
    ({ path, reason, until }) =>
      `${paint("dim", "ignored ")} ${oneLine(name)} ${oneLine(path)}: ${oneLine(reason)} (until ${until})`,
  );

/** "www.example.com CNAME: failed over since …", for each name that is. */
export const failoversOf = ({ resources }: DriftReport, write: (text: string) => string = oneLine): string[] =>
  resources.flatMap(({ name, failedOver }) =>
    failedOver ? [`${write(name)}: ${write(failoverWords(failedOver))}`] : [],
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
export function differenceLines({ urn }: { urn: string }, change: Difference, paint: Paint = plain): string[] {
  const { path, declared, found } = change;
  if (isNote(path)) return [];
  if (isText(declared, found))
    return [
      `  ${written(namePieces(typeOf(urn), path), oneLine)}`,
      ...textLines(declared as string, found as string).map((line) => `    ${paintLine(fileLine(line), paint)}`),
    ];
  return [`  ${written(differencePieces(typeOf(urn), change), oneLine)}`];
}

/** How a host is reached is no drift. */
export const isNote = (path: string): boolean => path.startsWith("connection");

/** Whether both sides are texts of which one has several lines. */
export const isText = (declared: unknown, found: unknown): boolean =>
  typeof declared === "string" &&
  typeof found === "string" &&
  (declared.includes("\n") || found.includes("\n")) &&
  declared !== ABSENT &&
  found !== ABSENT;
