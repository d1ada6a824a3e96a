import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Finding, Looked } from "../../src/audit/types.ts";
import { auditExitCode, auditReport } from "../../src/report/audit.ts";
import { auditJsonSchema, auditSchema } from "../../src/report/audit-schema.ts";
import { auditText } from "../../src/report/audit-text.ts";
import { root } from "../../src/setup/paths.ts";
import { hostile } from "./hostile.ts";

const finding = (more: Partial<Finding> = {}): Finding => ({
  place: "Hetzner Cloud",
  host: null,
  kind: "volume",
  name: "data",
  detail: "100 GB in hel1, attached to nothing",
  ...more,
});
const unknown = { place: "web", host: "web", reason: "web is unreachable: no route" };
const report = (...looked: ({ place?: string; host?: string | null } & Partial<Looked>)[]) =>
  auditReport(
    "x",
    looked.map((each) => ({ place: "Hetzner Cloud", host: null, findings: [], unknown: [], ...each })),
  );

describe("a report", () => {
  test.each<[string, Parameters<typeof report>, number, string[]]>([
    ["nothing", [{}], 0, ["clean"]],
    ["something", [{ findings: [finding()] }, { place: "web", host: "web" }], 2, ["found", "clean"]],
    ["something unknown", [{ unknown: [unknown] }], 3, ["unknown"]],
    ["both", [{ findings: [finding()], unknown: [unknown] }, { findings: [finding()] }], 3, ["unknown", "found"]],
    ["no place at all", [], 0, []],
  ])("of %s", (_, looked, exitCode, statuses) => {
    const made = report(...looked);
    expect(auditExitCode(made)).toBe(exitCode);
    expect(made.places.map(({ status }) => status)).toEqual(statuses);
    expect(auditSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });
  test("is in the same order whatever came first, and adds up what things cost", () => {
    const [a, b, c] = [
      finding({ name: "b", monthlyCost: { eur: 1.5 } }),
      finding({ name: "a", monthlyCost: { usd: [1, 2] } }),
      finding({ kind: "server", monthlyCost: { eur: 3 } }),
    ];
    expect(report({ findings: [a, b, c] })).toEqual(report({ findings: [c, a, b] }));
    expect(report({ findings: [a, b, c] })).toMatchObject({
      findings: [c, b, a],
      summary: { found: 3, unknown: 0, monthlyCost: { eur: [4.5, 4.5], usd: [1, 2] } },
    });
  });
  test("docs/audit.schema.json is its schema", () =>
    expect(JSON.parse(readFileSync(join(root, "docs/audit.schema.json"), "utf8"))).toEqual(auditJsonSchema()));
});

describe("as text", () => {
  test("a line for each, what could not be looked at, and the sum", () =>
    expect(
      auditText(
        report(
          { findings: [finding({ monthlyCost: { eur: 4.4 } }), finding({ name: "bare", detail: "" })] },
          { place: "web", host: "web", unknown: [unknown] },
        ),
      ).split("\n"),
    ).toEqual([
      "found    Hetzner Cloud volume bare",
      "found    Hetzner Cloud volume data: 100 GB in hel1, attached to nothing, €4.4/month",
      "unknown  web: web is unreachable: no route",
      "x: 2 that nobody declared (€4.4/month), 1 unknown; 2 places looked at",
    ]));
  test("nothing", () => expect(auditText(report({}))).toBe("x: 0 that nobody declared, 0 unknown; 1 place looked at"));
  test.each(hostile)("no name can do more than be seen: %s", (_, text) => {
    const told = auditText(
      report({ findings: [finding({ name: text, detail: text })], unknown: [{ ...unknown, reason: text }] }),
    );
    expect(told.split("\n")).toHaveLength(3);
    expect(told).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
    expect(told.length).toBeLessThan(3000);
  });
});
