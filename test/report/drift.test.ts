import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Drift, DriftRow } from "../../src/engine/drift.ts";
import { ignoreDrift, type IgnoreRule } from "../../src/model/ignore.ts";
import { driftReport, newsOf, reportExitCode } from "../../src/report/drift.ts";
import { driftJsonSchema, driftSchema, parseDriftReport } from "../../src/report/drift-schema.ts";
import { root } from "../../src/setup/paths.ts";

const row = (name: string, changes: DriftRow["changes"] = [], more: Partial<DriftRow> = {}): DriftRow => ({
  urn: `urn:pulumi:s::fleet::fleet:host:Service::${name}`,
  host: name.split("/")[0]!,
  name,
  status: changes.length > 0 ? "drifted" : "same",
  changes,
  ...more,
});
const mode = { path: 'files["/etc/x"].mode', declared: "0600", found: "0644" };
const content = { path: 'files["/etc/x"].content', declared: "a\n", found: "b\n" };
const unknown = (name: string) => row(name, [], { status: "unknown", reason: "timed out" });
const drift = (...resources: DriftRow[]): Drift => ({
  stack: "s",
  summary: { same: 0, drifted: 0, unknown: 0 },
  resources,
});
const today = "2026-11-21";

describe("driftReport", () => {
  test("without any wish it is the drift, with a version", () => {
    const found = drift(row("a/x"), row("a/y", [mode]), unknown("b/x"));
    expect(driftReport(found, { today })).toEqual({
      version: 1,
      ...found,
      summary: { same: 1, drifted: 1, unknown: 1 },
    });
  });

  test("only one host", () =>
    expect(driftReport(drift(row("a/x"), row("b/x", [mode])), { today, only: "b" })).toMatchObject({
      summary: { same: 0, drifted: 1, unknown: 0 },
      resources: [{ name: "b/x" }],
    }));

  const rule = (more: Partial<IgnoreRule> = {}): IgnoreRule =>
    ignoreDrift({ resource: "a/x", reason: "being moved", until: today, ...more });
  test.each([
    ["the whole resource", [rule()], [], 2],
    ["one property", [rule({ path: mode.path })], [content.path], 1],
    ["everything of a file", [rule({ path: 'files["/etc/x"]' })], [], 2],
    ["no property that only begins alike", [rule({ path: 'files["/etc/x"].mod' })], [content.path, mode.path], 0],
    ["resources by a pattern", [rule({ resource: "*/x" })], [], 2],
    [
      "no other resource",
      [rule({ resource: "a/xx" }), rule({ resource: "*" }), rule({ resource: "a.x" })],
      [content.path, mode.path],
      0,
    ],
    ["nothing any more, once the day is over", [rule({ until: "2026-11-20" })], [content.path, mode.path], 0],
  ])("a rule lets pass %s", (_what, rules, left, ignored) => {
    const report = driftReport(drift(row("a/x", [content, mode])), { today, rules });
    expect(report.resources[0]!.changes.map(({ path }) => path)).toEqual(left);
    expect(report.resources[0]!.ignored?.length ?? 0).toBe(ignored);
    expect(report.summary).toEqual(
      left.length > 0 ? { same: 0, drifted: 1, unknown: 0 } : { same: 1, drifted: 0, unknown: 0 },
    );
  });

  test("what a rule lets pass keeps its reason", () => {
    expect(driftReport(drift(row("a/x", [mode])), { today, rules: [rule()] }).resources[0]!.ignored).toEqual([
      { ...mode, reason: "being moved", until: today },
    ]);
  });

  test("no rule lets pass what could not be observed", () =>
    expect(driftReport(drift(unknown("a/x")), { today, rules: [rule()] }).summary.unknown).toBe(1));

  test("no rule lets pass what the last `up` did not reach", () => {
    const report = driftReport(drift(row("a/x", [mode], { unreached: "refused" })), { today, rules: [rule()] });
    expect([report.summary, report.resources[0]!.changes, reportExitCode(report)]).toEqual([
      { same: 0, drifted: 1, unknown: 0 },
      [],
      2,
    ]);
  });

  const unreached = (name: string, why = "refused") => row(name, [], { status: "drifted", unreached: why });
  test("since an earlier report the same reason for not having been reached is known", () => {
    const before = driftReport(drift(unreached("a/x"), unreached("b/x"), unreached("c/x")), { today });
    const now = driftReport(
      drift(unreached("a/x"), unreached("b/x", "no room"), row("c/x", [mode], { unreached: "refused" })),
      { today, since: parseDriftReport(JSON.stringify(before)) },
    );
    expect(newsOf(now).map(({ name }) => name)).toEqual(["b/x", "c/x"]);
  });

  const lastUp = { begun: "2026-11-21T10:28:00.000Z" };
  test.each([
    ["all", undefined, lastUp],
    ["its host", "a", lastUp],
    ["another host", "b", undefined],
  ])("a look at %s tells of the last `up` what concerns it", (_what, only, told) =>
    expect(driftReport({ ...drift(unreached("a/x"), row("b/x")), lastUp }, { today, only }).lastUp).toEqual(told),
  );

  test("since an earlier report only what is new is told", () => {
    const before = driftReport(drift(row("a/x", [mode]), unknown("b/x"), row("c/x", [content]), row("d/x", [mode])), {
      today,
    });
    const now = driftReport(
      drift(
        row("a/x", [mode, content]),
        unknown("b/x"),
        row("c/x", [{ ...content, found: "c\n" }]),
        row("d/x", [mode]),
        unknown("e/x"),
      ),
      { today, since: parseDriftReport(JSON.stringify(before)) },
    );
    expect(newsOf(now).map(({ name, changes }) => [name, changes.length])).toEqual([
      ["a/x", 1],
      ["c/x", 1],
      ["e/x", 0],
    ]);
    expect(now.summary).toEqual({ same: 0, drifted: 3, unknown: 2 });
    const next = driftReport(drift(row("a/x", [mode, content])), {
      today,
      since: parseDriftReport(JSON.stringify(now)),
    });
    expect([newsOf(next), reportExitCode(next)]).toEqual([[], 0]);
  });

  test.each([
    ["nothing", drift(row("a/x")), [], 0],
    ["drift", drift(row("a/x", [mode])), [], 2],
    ["unknown, whatever else", drift(row("a/x", [mode]), unknown("b/x")), [], 3],
    ["an expired rule alone", drift(row("a/x")), [rule({ until: "2026-01-01" })], 1],
    ["an expired rule and drift", drift(row("a/x", [mode])), [rule({ until: "2026-01-01" })], 2],
  ])("exit code of %s", (_what, found, rules, code) =>
    expect(reportExitCode(driftReport(found, { today, rules }))).toBe(code),
  );
});

test.each([
  [
    "a day that is none",
    { resource: "a", reason: "r", until: "2026-02-30" },
    'until: must be a day such as "2027-01-31"',
  ],
  ["no reason", { resource: "a", until: today }, "reason: is missing"],
  ["a misspelt field", { resource: "a", reason: "r", until: today, paths: "x" }, 'unknown field "paths"'],
])("ignoreDrift refuses %s", (_what, input, message) =>
  expect(() => ignoreDrift(input as IgnoreRule)).toThrow(message),
);

describe("the JSON of a report", () => {
  const report = driftReport(
    {
      ...drift(
        row("a/x", [mode], { unreached: "refused" }),
        row("a/y", [content]),
        unknown("b/x"),
        row("example.com A", [], { host: null }),
      ),
      lastUp: { begun: "2026-11-21T10:28:00.000Z", ended: "2026-11-21T10:29:00.000Z", edited: true },
    },
    {
      today,
      rules: [
        ignoreDrift({ resource: "a/y", reason: "r", until: "2027-01-01" }),
        ignoreDrift({ resource: "a/z", path: "x", reason: "r", until: "2026-01-01" }),
      ],
    },
  );
  test("docs/drift.schema.json is its schema", () =>
    expect(JSON.parse(readFileSync(join(root, "docs/drift.schema.json"), "utf8"))).toEqual(driftJsonSchema()));
  test("it fits the schema, and nothing of it is unknown to it", () =>
    expect(driftSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report));
  test.each([["{"], ["null"], ['{"version":2}'], [JSON.stringify({ ...report, version: 2 })]])(
    "%s is refused",
    (text) => expect(() => parseDriftReport(text)).toThrow("not what `fleet drift --format json` prints"),
  );
});
