import { typeOf } from "../../engine/events.ts";
import { differencePieces, namePieces, type Piece } from "../difference-words.ts";
import { isNote, isText } from "../drift-text.ts";
import type { ReportedRow } from "../drift.ts";
import { html, htmlLine, type Html } from "../../markup/html.ts";
import { editsForEach, textLines } from "../text-lines.ts";
import { count, withoutMiddle } from "../../markup/visible.ts";
import type { Answer, Known } from "./answers.ts";

/** Pieces that several sections of the page have. */

export const ANSWERS: Record<Answer, { sign: string; words: string }> = {
  same: { sign: "✓", words: "as declared" },
  drifted: { sign: "≠", words: "drifted" },
  unknown: { sign: "?", words: "unknown" },
  new: { sign: "+", words: "not brought up yet" },
  planned: { sign: "…", words: "planned" },
  unseen: { sign: "–", words: "not looked at" },
};

/** A sign and the words for it: never the colour alone. */
export function badge(answer: Answer): Html {
  const { sign, words } = ANSWERS[answer];
  return html`<span class="badge ${answer}"><span aria-hidden="true">${sign}</span> ${words}</span>`;
}

/** An element's id, made of a name: hosts are linked to. */
export const anchor = (kind: string, name: string): string => `${kind}-${name.replace(/[^A-Za-z0-9-]/g, "_")}`;

export const code = (text: string): Html => html`<code>${text}</code>`;

/** "a, b and c", each as code. */
export const codes = (texts: readonly string[]): Html =>
  html`${texts.map((text, i) => html`${i === 0 ? "" : i === texts.length - 1 ? " and " : ", "}${code(text)}`)}`;

/** A row of a table, its head first, and what stands below it over the whole width. */
export interface Row {
  cells: readonly (Html | string)[];
  more?: Html;
}

/** @param caption for whoever does not see what stands around it */
export const table = (
  caption: string,
  columns: readonly string[],
  rows: readonly Row[],
  kind = "",
): Html => html`<table class="${kind}"><caption class="hidden">${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ cells: [head, ...cells], more }) => html`<tr><th scope="row">${head}</th>${
    // Where there is no room for columns, each cell brings its head.
    cells.map((cell, i) => html`<td data-head="${columns[i + 1]}">${cell}</td>`)
  }</tr>
${more && html`<tr class="more"><td colspan="${columns.length}">${more}</td></tr>\n`}`,
)}</tbody></table>`;

const CHANGES_SHOWN = 40;
const LINES_SHOWN = 60;

/** Why something is unknown or was not brought up, and what of it is not as declared. Nothing when all is well. */
export function differences(known: Known): Html | undefined {
  const why = known.reason === undefined ? undefined : html`<p class="reason">${known.reason}</p>`;
  const list = changesList(known);
  return why && list ? html`${why}${list}` : (why ?? list);
}

/** Texts with their lines. */
function changesList({ row }: Known): Html | undefined {
  const changes = (row?.changes ?? []).filter(({ path }) => !isNote(path));
  const ignored = row?.ignored ?? [];
  if (changes.length + ignored.length === 0) return undefined;
  const { head, cut, tail } = withoutMiddle(changes, CHANGES_SHOWN);
  const texts = changes.filter(({ declared, found }) => isText(declared, found)).length;
  const item = (change: (typeof changes)[number]) => changeItem(row!, change, editsForEach(texts));
  const left = cut > 0 ? html`<li>… ${count(cut, "more difference")} …</li>` : undefined;
  return html`<ul class="differences">${head.map(item)}${left}${tail.map(item)}${ignored.map(
    ({ path, reason: why, until }) => html`<li>let pass until ${until}: ${code(path)} (${why})</li>`,
  )}</ul>`;
}

const pieceItem = (piece: Piece): Html | string => (typeof piece === "string" ? piece : code(piece.code));

function changeItem({ urn }: ReportedRow, change: ReportedRow["changes"][number], mostEdits: number): Html {
  const { path, declared, found } = change;
  if (!isText(declared, found)) return html`<li>${differencePieces(typeOf(urn), change).map(pieceItem)}</li>\n`;
  const name = namePieces(typeOf(urn), path).map(pieceItem);
  const { head, cut, tail } = withoutMiddle(textLines(declared as string, found as string, mostEdits), LINES_SHOWN);
  const sideOf = (text: string) => (text.startsWith("+") ? "found" : text.startsWith("-") ? "declared" : "around");
  const line = (text: string) => html`<span class="${sideOf(text)}">${htmlLine(text)}</span>\n`;
  const left = cut > 0 ? `… ${count(cut, "more line")} …\n` : "";
  const legend = html`<span class="declared">- declared</span>, <span class="found">+ found</span>`;
  return html`<li>${name}, ${legend}<pre>${head.map(line)}${left}${tail.map(line)}</pre></li>\n`;
}
