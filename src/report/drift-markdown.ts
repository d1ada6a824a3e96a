import { typeOf } from "../engine/events.ts";
import { differencePieces, namePieces, written } from "./difference-words.ts";
import { newsOf, type DriftReport, type ReportedRow } from "./drift.ts";
import { expiredWords, failoversOf, isNote, isText, lastUpWords, reasonOf, summaryOf } from "./drift-text.ts";
import { fit, type Block } from "./fit.ts";
import { code, htmlCode } from "../markup/markdown.ts";
import { messageCode } from "./preview-head.ts";
import { COMMENT_LIMIT } from "./preview-markdown.ts";
import { count, withoutMiddle } from "../markup/visible.ts";

/** By its first line a comment or issue is found again. */
export const driftMarker = (stack: string): string =>
  `<!-- fleet drift ${stack.slice(0, 100).replace(/[^A-Za-z0-9_.-]/g, "_")} -->`;

/** What is not as declared, by host, as a comment or a job's summary: at most `limit` characters. */
export function driftMarkdown(report: DriftReport, limit = COMMENT_LIMIT): string {
  const rows = newsOf(report).toSorted((a, b) => (a.host === b.host ? 0 : compare(a.host, b.host)));
  return fit(headOf(report), rows.map(blockOf), "`fleet drift` shows all of it.", limit);
}

/** What belongs to no host comes last. */
const compare = (a: string | null, b: string | null): number => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1);

const SHOWN = 12;

function headOf(report: DriftReport): string {
  const ignored = report.resources.reduce((n, row) => n + (row.ignored?.length ?? 0), 0);
  const listed = (all: readonly string[]): string[] => {
    const { head, cut, tail } = withoutMiddle(all, SHOWN);
    const lines = [...head, ...tail].map((line) => `- ${line}`);
    return all.length > 0 ? [[...lines, ...(cut > 0 ? [`- … ${cut} more …`] : [])].join("\n")] : [];
  };
  const expired = (report.expired ?? []).map((rule) => `**expired** ${expiredWords(report.stack, rule, code)}`);
  return [
    driftMarker(report.stack),
    report.problems
      ? `## Drift of ${code(report.stack)}: nothing could be looked at`
      : `## Drift of ${summaryOf(report, code)}`,
    ...(report.problems ?? []).map((problem) => messageCode(problem)),
    ...lastUpWords(report, code, code),
    ...(ignored > 0 ? [`${count(ignored, "difference")} that a rule of the stack lets pass.`] : []),
    ...listed(failoversOf(report, code)),
    ...listed(expired),
  ].join("\n\n");
}

function blockOf(row: ReportedRow): Block {
  const changes = row.changes.filter(({ path }) => !isNote(path));
  const [reason, type] = [reasonOf(row), typeOf(row.urn)];
  return {
    group: row.host === null ? "### At providers" : `### Host ${code(row.host)}`,
    line: `- **${row.status}** ${code(row.name)}${reason === undefined ? "" : `: ${messageCode(reason)}`}`,
    properties: changes
      .filter(({ declared, found }) => !isText(declared, found))
      .map((change) => `  - ${written(differencePieces(type, change), code)}`),
    texts: changes
      .filter(({ declared, found }) => isText(declared, found))
      .map(({ path, declared, found }) => ({
        summary: written(namePieces(type, path), htmlCode),
        before: declared as string,
        after: found as string,
      })),
  };
}
