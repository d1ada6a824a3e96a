import { expect, test } from "vitest";
import { differenceLines } from "../../src/report/drift-text.ts";
import { editsForEach, textLines } from "../../src/report/text-lines.ts";

const numbers = (n: number, tail = "") => Array.from({ length: n }, (_, i) => `${i}${tail}\n`).join("");

const SERVICE = "urn:pulumi:s::fleet::fleet:host:Service::web/x";

test.each([
  ["nothing", "a\nb\n", "a\nb\n", []],
  ["no text at all", "", "", []],
  ["a changed line, with its neighbours", "a\nb\nc\nd\n", "a\nB\nc\nd\n", ["@@ -1,3 +1,3 @@", " a", "-b", "+B", " c"]],
  ["an added last line", "a\n", "a\nb\n", ["@@ -1,1 +1,2 @@", " a", "+b"]],
  ["a line break that is missing at the end", "a", "a\n", ["@@ -1,1 +1,1 @@", "-a", "+a"]],
  ["a new text", "", "a\nb\n", ["@@ -0,0 +1,2 @@", "+a", "+b"]],
  ["a text that goes away", "a\n", "", ["@@ -1,1 +0,0 @@", "-a"]],
])("textLines: %s", (_what, before, after, lines) => expect(textLines(before, after)).toEqual(lines));

test("texts with too little in common are told whole", () => {
  const lines = textLines(numbers(50), numbers(50, "!"), 20);
  expect([lines.length, lines[0], lines[1], lines[51]]).toEqual([101, "@@ -1,50 +1,50 @@", "-0", "+0!"]);
  expect(textLines(numbers(50), numbers(50).replace("7\n", "seven\n"), 20)).toHaveLength(5);
});

test("many texts share the work of one", () =>
  expect([0, 1, 4, 100, 5000].map(editsForEach)).toEqual([1000, 1000, 500, 100, 30]));

test.each([
  ["two values", { path: "mode", declared: "0600", found: "0644" }, ["  mode: declared 0600, found 0644"]],
  [
    "lines of a text",
    { path: "content", declared: "a\nb\n", found: "a\nc\n" },
    ["  content", "    @@ -1,2 +1,2 @@", "     a", "    -b", "    +c"],
  ],
  [
    "a text that is gone",
    { path: "content", declared: "a\nb\n", found: "absent" },
    ["  content: declared present, found absent"],
  ],
  [
    "a cron entry as cron reads it",
    { path: "cron.x", declared: { schedule: "1 2 * * *", user: "root", command: "true" }, found: "absent" },
    ["  cron.x: declared 1 2 * * * root true, found absent"],
  ],
  ["how a host is reached, which is no change", { path: "connection.address", declared: "a", found: "b" }, []],
])("differenceLines: %s", (_what, difference, lines) =>
  expect(differenceLines({ urn: SERVICE }, difference)).toEqual(lines),
);
