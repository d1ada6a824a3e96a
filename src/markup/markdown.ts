import { escapeHtml } from "./html.ts";
import { fileLine, oneLine } from "./visible.ts";

/**
 * Writers of Markdown, as GitHub and Forgejo read it, for text that nobody has looked at: it always ends up inside of
 * code, where no markup, HTML, link or mention is read.
 */

/** Inline code that holds any text, on one line. */
export function code(text: string, limit?: number): string {
  const line = oneLine(text, limit);
  if (line === "") return "(empty)";
  const fence = "`".repeat(freeLength(line));
  const pad = /^[` ]|[` ]$/.test(line) ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** The same for places that are read as HTML, such as a summary. */
export const htmlCode = (text: string, limit?: number): string => `<code>${escapeHtml(oneLine(text, limit))}</code>`;

/** A block of code. No line of it can end it. */
export function fenced(lines: readonly string[], language: string): string {
  const shown = lines.map((line) => fileLine(line));
  const fence = "`".repeat(Math.max(3, longestRun(shown.join("\n")) + 1));
  return [`${fence}${language}`, ...shown, fence].join("\n");
}

/** A section that is folded until a reader opens it. @param summary HTML */
export const folded = (summary: string, body: string): string =>
  `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;

/** Puts a block below an item of a list. */
export const indented = (block: string): string =>
  block
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");

const runs = (text: string): number[] => (text.match(/`+/g) ?? []).map((run) => run.length);
const longestRun = (text: string): number => runs(text).reduce((longest, length) => Math.max(longest, length), 0);

/** The shortest row of backticks that is not in the text. */
function freeLength(text: string): number {
  const taken = new Set(runs(text));
  let length = 1;
  while (taken.has(length)) length += 1;
  return length;
}
