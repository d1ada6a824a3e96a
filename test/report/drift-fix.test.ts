import { describe, expect, test } from "vitest";
import type { DriftRow } from "../../src/engine/drift.ts";
import { driftReport } from "../../src/report/drift.ts";
import { fixExitCode, fixText, planFix, planText, withFixes } from "../../src/report/drift-fix.ts";
import { parseDriftReport } from "../../src/report/drift-schema.ts";

const urn = (name: string) => `urn:pulumi:s::fleet::fleet:host:Service::${name}`;
const mode = { path: "mode", declared: "0600", found: "0644" };
const gone = { path: "", declared: "present", found: "absent" };
const row = (name: string, changes: DriftRow["changes"] = [], more: Partial<DriftRow> = {}): DriftRow => ({
  urn: urn(name),
  host: "a",
  name,
  status: changes.length > 0 ? "drifted" : "same",
  changes,
  ...more,
});
const unknown = (name: string) => row(name, [], { status: "unknown", reason: "timed out" });
const report = (rows: DriftRow[], rules: string[] = []) =>
  driftReport(
    { stack: "s", summary: { same: 0, drifted: 0, unknown: 0 }, resources: rows },
    { today: "2026-11-21", rules: rules.map((path) => ({ resource: "a/x", path, reason: "r", until: "2027-01-01" })) },
  );
const state = [
  { urn: urn("server"), type: "server" },
  { urn: urn("a/x"), type: "t", dependencies: [urn("server")] },
  { urn: urn("a/y"), type: "t", dependencies: [urn("a/x")] },
  { urn: urn("b/x"), type: "t" },
];
const plan = (rows: DriftRow[], { edited = [] as string[], rules = [] as string[] } = {}) => {
  const { target, left } = planFix(report(rows, rules), new Set(edited.map(urn)), state);
  const short = (of: string) => of.slice(urn("").length);
  return {
    target: target.map(short),
    left: Object.fromEntries([...left].map(([of, why]) => [short(of), why.split(" ").slice(0, 3).join(" ")])),
  };
};

describe("planFix", () => {
  test.each([
    ["nothing where nothing drifted", plan([row("a/x"), unknown("b/x")]), [], {}],
    [
      "what drifted, and nothing that depends on it",
      plan([row("a/x", [mode]), row("a/y"), unknown("b/x")]),
      ["a/x"],
      {},
    ],
    [
      "nothing that the files changed meanwhile",
      plan([row("a/x", [mode]), row("b/x", [mode])], { edited: ["a/x", "a/y"] }),
      ["b/x"],
      { "a/x": "the files declare" },
    ],
    [
      "nothing of which a rule lets a part pass",
      plan([row("a/x", [mode, { ...mode, path: "owner" }])], { rules: ["owner"] }),
      [],
      { "a/x": "a rule lets" },
    ],
    [
      "what the last `up` did not finish, where it is there and the files say nothing new",
      plan([row("a/x", [], { status: "drifted", unreached: "refused" })]),
      ["a/x"],
      {},
    ],
    [
      "nothing else that it did not reach",
      plan(
        [
          row("a/x", [mode], { unreached: "refused" }),
          row("b/x", [], { status: "drifted", unreached: "waits" }),
          row("new/x", [], { status: "drifted", unreached: "refused" }),
        ],
        { edited: ["a/x", "b/x"] },
      ),
      [],
      { "a/x": "the last `up`", "b/x": "the last `up`", "new/x": "the last `up`" },
    ],
    ["nothing that a rule lets pass", plan([row("a/x", [mode])], { rules: ["mode"] }), [], {}],
    [
      "what is gone with all that depends on it, also where that could not be looked at",
      plan([row("server", [gone]), unknown("a/x"), row("a/y"), unknown("b/x")]),
      ["server", "a/x", "a/y"],
      {},
    ],
    [
      "of what depends on it only what the files did not change",
      plan([row("server", [gone]), unknown("a/x"), row("a/y")], { edited: ["a/y"] }),
      ["server", "a/x"],
      { "a/y": "the files declare" },
    ],
    [
      "nothing for what is gone and was changed in the files",
      plan([row("server", [gone]), unknown("a/x")], { edited: ["server"] }),
      [],
      { server: "the files declare" },
    ],
  ])("puts back %s", (_what, planned, target, left) => expect(planned).toEqual({ target, left }));
});

describe("the end", () => {
  const found = report([row("a/w", [mode]), row("a/x", [mode]), row("a/y"), unknown("b/x")]);
  const all = { target: [urn("a/w"), urn("a/x"), urn("a/y")], left: new Map<string, string>() };
  test("tells what became of each", () => {
    const fixed = withFixes(
      found,
      { target: [urn("a/w"), urn("a/y")], left: new Map([[urn("a/x"), "edited"]]) },
      new Map([[urn("a/y"), "\u001b[31mno\nroom"]]),
    );
    expect(fixText(fixed)).toBe(
      "healed   a/w\nleft     a/x: edited\nfailed   a/y: ⟨U+001B⟩[31mno\ns: 1 healed, 1 left, 1 failed, 1 unknown",
    );
    expect(parseDriftReport(JSON.stringify(fixed))).toEqual(fixed);
  });
  test("is shown before", () => {
    expect(planText(found, { ...all, left: new Map([[urn("a/z"), "edited"]]) })).toBe(
      "to be put back: a/w, a/x, and what depends on it as far as it has to change (1 looked at)\n" +
        "left as it is: a/z: edited",
    );
    expect(planText(found, { target: [], left: new Map() })).toBe("nothing can be put back by itself");
  });
  test.each([
    ["all healed", [], 0],
    ["something is unknown", [unknown("b/x")], 3],
    ["what depended on something that is gone was unknown", [unknown("a/y")], 0],
  ])("%s", (_what, more, code) =>
    expect(fixExitCode(withFixes(report([row("a/x", [mode]), ...more]), all, new Map()))).toBe(code),
  );
  test("something failed, whatever else", () =>
    expect(fixExitCode(withFixes(found, all, new Map([[urn("a/x"), "no room"]])))).toBe(1));
  test("something was left", () =>
    expect(
      fixExitCode(
        withFixes(report([row("a/x", [mode])]), { target: [], left: new Map([[urn("a/x"), "edited"]]) }, new Map()),
      ),
    ).toBe(2));
});
