import { expect, test } from "vitest";
import { showChanges, showDifference } from "../../src/cli/show-changes.ts";
import { textLines } from "../../src/report/text-lines.ts";
import type { EngineEvent } from "../../src/engine/events.ts";

const printed = (show: (print: (line: string) => void) => void): string[] => {
  const lines: string[] = [];
  show((line) => lines.push(line));
  return lines;
};

test.each([
  ["nothing", "a\nb\n", "a\nb\n", []],
  ["a changed line, with its neighbours", "a\nb\nc\nd\n", "a\nB\nc\nd\n", ["@@ -1,3 +1,3 @@", " a", "-b", "+B", " c"]],
  ["an added last line", "a\n", "a\nb\n", ["@@ -1,1 +1,2 @@", " a", "+b"]],
])("textLines: %s", (_what, before, after, lines) => expect(textLines(before, after)).toEqual(lines));

test.each([
  ["two values", { path: "mode", declared: "0600", found: "0644" }, ["  mode: declared 0600, found 0644"]],
  ["lines of a text", { path: "content", declared: "a\nb\n", found: "a\nc\n" }, ["  content", "    @@ -1,2 +1,2 @@", "     a", "    -b", "    +c"]],
  ["a text that is gone", { path: "content", declared: "a\nb\n", found: "absent" }, ["  content: declared present, found absent"]],
  ["a cron entry as cron reads it", { path: "cron.x", declared: { schedule: "1 2 * * *", user: "root", command: "true" }, found: "absent" }, ["  cron.x: declared 1 2 * * * root true, found absent"]],
  ["how a host is reached, which is no change", { path: "connection.address", declared: "a", found: "b" }, []],
])("showDifference: %s", (_what, difference, lines) => expect(printed((print) => showDifference(difference, "declared", "found", print))).toEqual(lines));

test("showChanges tells what is made, changed and adopted, and nothing of what stays", () => {
  const step = (op: string, name: string, old: object, next: object): EngineEvent => {
    const state = (inputs: object) => ({ type: "t", urn: "", custom: true, id: "", parent: "", inputs: inputs as Record<string, unknown>, outputs: {} });
    return { sequence: 0, timestamp: 0, resourcePreEvent: { metadata: { op, urn: `urn:pulumi:s::fleet::t::${name}`, type: "t", old: state(old), new: state(next) } } };
  };
  expect(printed((print) => showChanges([step("create", "a", {}, { x: 1 }), step("update", "b", { x: 1, l: { __defaults: [] } }, { x: 2, l: { __defaults: ["y"] } }), step("same", "c", {}, {}), step("import", "d", { label: "old" }, { label: "new" })], print))).toEqual([
    "create   a", "update   b", "  x: found 1, declared 2", "adopt    d",
  ]);
});
