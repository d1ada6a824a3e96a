import { hasText, isDangerous, placeWords, propertyLine, reasonWords, sidesOf, textName } from "./change-words.ts";
import { fit, type Block } from "./fit.ts";
import { code, htmlCode } from "../markup/markdown.ts";
import { commentHead } from "./preview-head.ts";
import type { Preview, PreviewRow } from "./preview.ts";
import { reviewNote } from "./review.ts";

/** What GitHub takes in one comment. Forgejo takes more. */
export const COMMENT_LIMIT = 65_536;

/** A preview as a comment of a pull request: at most `limit` characters, the same for the same preview. */
export function previewMarkdown(preview: Preview, limit = COMMENT_LIMIT): string {
  const blocks = [...preview.resources.filter(isDangerous).map(warningOf), ...preview.resources.map(blockOf)];
  const note = preview.review ? `\n${reviewNote(preview.review)}\n` : "";
  return fit(commentHead(preview), blocks, "`fleet preview` shows all of it.", limit - note.length) + note;
}

/** What cannot be taken back stands before everything else, and once more at its place. */
const warningOf = (row: PreviewRow): Block => ({
  group: "### ⚠️ Replaced and deleted",
  line: `- ${titleOf(row)} of ${placeWords(row.place, code)}${reasonWords(row, code)}`,
  properties: [],
  texts: [],
});

function blockOf(row: PreviewRow): Block {
  const place = placeWords(row.place, code);
  return {
    group: `### ${place[0]!.toUpperCase()}${place.slice(1)}`,
    line: `- ${titleOf(row)}`,
    properties: row.changes.filter((change) => !hasText(change)).map((change) => `  - ${propertyLine(change, code)}`),
    texts: row.changes.filter(hasText).map((change) => ({ summary: textName(change, htmlCode), ...sidesOf(change) })),
  };
}

const titleOf = (row: PreviewRow): string =>
  `${isDangerous(row) ? "⚠️ " : ""}**${row.op}** ${row.what} ${code(row.name)}`;
