import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../src/setup/paths.ts";
import { documents, inlineCode, proseOf, readDocument } from "./documents.ts";

const exists = (path: string): boolean => existsSync(join(root, path));

/** How a heading is linked to: as GitHub makes it. */
const anchorsOf = (path: string): string[] =>
  [...proseOf(readDocument(path)).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

/** What is wrong with a link of a page. */
function problemOf(page: string, target: string): string | undefined {
  if (/^https?:/.test(target)) return undefined;
  const [file, anchor] = target.split("#") as [string, string?];
  const path = file === "" ? page : normalize(join(dirname(page), file));
  if (!exists(path)) return `${target}: there is no ${path}`;
  return anchor !== undefined && !anchorsOf(path).includes(anchor)
    ? `${target}: ${path} has no heading for it`
    : undefined;
}

test.each(documents)("every link of $path leads somewhere", (document) => {
  const targets = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  expect(targets.flatMap((target) => problemOf(document.path, target) ?? [])).toEqual([]);
});

test("a link that leads nowhere is seen", () => {
  expect(problemOf("docs/lab.md", "nowhere.md")).toBe("nowhere.md: there is no docs/nowhere.md");
  expect(problemOf("README.md", "docs/lab.md#nowhere")).toBe("docs/lab.md#nowhere: docs/lab.md has no heading for it");
  expect(problemOf("README.md", "docs/lab.md#two-labs")).toBeUndefined();
});

/** Placeholders stand for something: <stack>, NAME, a pattern. What is made at run time is not there yet. */
const isPath = (code: string): boolean =>
  /^(src|docs|test|hosts|stacks|services|secrets\.example|\.ci)\/[\w./-]*$/.test(code) && !/\bNAME\b/.test(code);

test.each(documents)("every path that $path names is there", (document) => {
  expect(
    inlineCode(document)
      .filter(isPath)
      .filter((path) => !exists(path)),
  ).toEqual([]);
});

test("every page is linked to from the README or from a page that is", () => {
  const linked = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => normalize(join(dirname(path), target!))),
  );
  expect(documents.map(({ path }) => path).filter((path) => path !== "README.md" && !linked.includes(path))).toEqual(
    [],
  );
});
