import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../src/setup/paths.ts";

export interface Document {
  /** From the repository's root. */
  path: string;
  text: string;
}

/** A fenced block of a document. */
export interface Block {
  language: string;
  text: string;
}

const markdownBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))
    .sort();

export const readDocument = (path: string): Document => ({ path, text: readFileSync(join(root, path), "utf8") });

/** README.md, and every page of docs/ and secrets.example/. */
export const documents: Document[] = ["README.md", ...markdownBelow("docs"), ...markdownBelow("secrets.example")].map(
  readDocument,
);

const FENCE = /^```(\w*)\n(.*?)^```$/gms;

export const blocksOf = ({ text }: Document): Block[] =>
  [...text.matchAll(FENCE)].map(([, language, block]) => ({ language: language!, text: block! }));

/** The text outside of fenced blocks. */
export const proseOf = ({ text }: Document): string => text.replace(FENCE, "");

/** What stands between backticks outside of fenced blocks. */
export const inlineCode = (document: Document): string[] =>
  [...proseOf(document).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);

/**
 * A file that a document tells its reader to write: a block of TypeScript whose first line is a comment with the
 * file's path.
 */
export function fileOf({ language, text }: Block): { path: string; text: string } | undefined {
  const [, path] = /^\/\/ ([\w./-]+\.ts)\n/.exec(text) ?? [];
  return language === "ts" && path ? { path, text } : undefined;
}

/**
 * Commands that the tests run: the lines of blocks marked `sh`. A comment "# exits 2" says how one ends, else it ends
 * with 0.
 */
export const commandLines = ({ language, text }: Block): { line: string; exitCode: number }[] =>
  language !== "sh"
    ? []
    : text
        .split("\n")
        .filter(Boolean)
        .map((whole) => {
          const [line, comment = ""] = whole.split(/\s+# /) as [string, string?];
          return { line, exitCode: Number(/^exits (\d+)/.exec(comment)?.[1] ?? 0) };
        });

/** Splits a command line as a shell does, as far as documents need it: blanks, and quotation marks. */
export const words = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare!);
