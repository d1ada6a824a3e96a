import { fileLine, oneLine } from "./visible.ts";

/**
 * Writers of HTML, and of SVG inside of it, for text that nobody has looked at: whatever is put into a template is
 * written as text, and only what a template made is markup.
 */

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** Markup. Made by html`…` alone. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

type Piece = string | number | Html | undefined | readonly Piece[];

/** Longer texts are cut in the middle. */
const LIMIT = 2000;

/**
 * html`<p class="${name}">${text}</p>`: strings become one line of text in which every character can be seen, lists
 * their pieces one after another, undefined nothing. Attributes have to stand in double quotation marks.
 */
export const html = (strings: TemplateStringsArray, ...pieces: Piece[]): Html =>
  new Html(strings.map((string, i) => string + (i < pieces.length ? written(pieces[i]) : "")).join(""));

function written(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Html) return piece.markup;
  return typeof piece === "string" || typeof piece === "number"
    ? escapeHtml(oneLine(String(piece), LIMIT))
    : piece.map(written).join("");
}

/** Lines of a file, for a place where line breaks are kept. */
export const htmlLine = (line: string): Html => new Html(escapeHtml(fileLine(line)));
