import {
  type Edit,
  type Node,
  type ParseError,
  applyEdits,
  createScanner,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";

/** One line of the fleet's: an element of a list, or with a key an entry of an object. */
export interface Line {
  key?: string;
  value: unknown;
  /** Stands above it as a comment. */
  why?: string;
}

/** By the names of the policy file's sections. Lines of one have keys, or none has. */
export type Sections = Record<string, Line[]>;

/**
 * Adds lines to a HuJSON document, after what is there in the same section, and keeps all else as it is written. What
 * an object names already is left to its owner.
 * @throws Error naming the line where the document is no HuJSON object
 */
export function withSections(document: string, sections: Sections): string {
  const errors: ParseError[] = [];
  const root = parseTree(document, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error || root?.type !== "object") {
    const line = document.slice(0, error?.offset ?? 0).split("\n").length;
    const what = error ? printParseErrorCode(error.error) : "it is no object";
    throw new Error(`mesh.document is no HuJSON: ${what} at its line ${line}`);
  }
  const edits: Edit[] = [];
  const fresh: string[] = [];
  for (const [name, lines] of Object.entries(sections)) {
    const section = valueOf(root, name);
    const missing = lines.filter(({ key }) => key === undefined || !section || !valueOf(section, key));
    if (missing.length === 0) continue;
    const text = missing.map((line) => shown(line, "    ")).join("");
    if (section) edits.push(...appended(document, section, text, "  "));
    else {
      const [open, close] = missing[0]!.key === undefined ? "[]" : "{}";
      fresh.push(`\n  ${JSON.stringify(name)}: ${open}${text}\n  ${close},`);
    }
  }
  if (fresh.length > 0) edits.push(...appended(document, root, fresh.join(""), ""));
  return `${applyEdits(document, edits).trim()}\n`;
}

const valueOf = (object: Node, name: string): Node | undefined =>
  object.children?.find((property) => property.children?.[0]?.value === name)?.children?.[1];

const shown = ({ key, value, why }: Line, indent: string): string =>
  `${why === undefined ? "" : `\n${indent}// ${why}`}\n${indent}${key === undefined ? "" : `${JSON.stringify(key)}: `}${spaced(value)},`;

/** On one line, with spaces as a person would set them. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`)
    .join(", ")}}`;
}

/** Puts a text before the closing bracket, on lines of its own. */
function appended(document: string, { offset, length, children = [] }: Node, text: string, indent: string): Edit[] {
  const close = offset + length - 1;
  const end = document.slice(0, close).trimEnd().length;
  const last = children.at(-1);
  const comma = last && !commaAfter(document, last.offset + last.length, close);
  return [
    ...(comma ? [{ offset: last.offset + last.length, length: 0, content: "," }] : []),
    { offset: end, length: close - end, content: `${text}\n${indent}` },
  ];
}

function commaAfter(document: string, from: number, to: number): boolean {
  const scanner = createScanner(document.slice(from, to), true);
  scanner.scan();
  return document[from + scanner.getTokenOffset()] === ",";
}
