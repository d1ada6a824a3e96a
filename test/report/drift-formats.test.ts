import { describe, expect, test } from "vitest";
import type { DriftRow } from "../../src/engine/drift.ts";
import { driftReport, type DriftReport } from "../../src/report/drift.ts";
import { driftJunit } from "../../src/report/drift-junit.ts";
import { driftMarkdown } from "../../src/report/drift-markdown.ts";
import { driftSarif } from "../../src/report/drift-sarif.ts";
import { driftText } from "../../src/report/drift-text.ts";
import { COMMENT_LIMIT } from "../../src/report/preview-markdown.ts";
import { hostile } from "./hostile.ts";
import { junitProblems } from "./junit-rules.ts";
import { outsideOfCode } from "./read-markdown.ts";
import { readXml } from "./read-xml.ts";
import { sarif } from "./sarif-rules.ts";

const at = new Date("2026-11-21T10:00:00Z");
const urn = (name: string) => `urn:pulumi:s::fleet::fleet:host:Service::${name}`;
const rows: DriftRow[] = [
  { urn: urn("web/base"), host: "web", name: "web/base", status: "same", changes: [] },
  { urn: urn("web/nginx"), host: "web", name: "web/nginx", status: "drifted", changes: [{ path: 'files["/etc/x"].content', declared: "a\nb\n", found: "a\n{c}\n" }, { path: 'files["/etc/x"].mode', declared: "0600", found: "0644" }, { path: "connection.address", declared: "a", found: "b" }] },
  { urn: urn("web/old"), host: "web", name: "web/old", status: "drifted", changes: [{ path: "cron.x", declared: { schedule: "1 2 * * *", user: "root", command: "true" }, found: "absent" }] },
  { urn: urn("db/base"), host: "db", name: "db/base", status: "unknown", changes: [], reason: "db is unreachable: timed out" },
  { urn: urn("www A"), host: null, name: "www A", status: "drifted", changes: [{ path: "", declared: "present", found: "absent" }] },
];
const rules = [{ resource: "web/old", reason: "on its way out", until: "2026-12-24" }, { resource: "web/gone", path: "x", reason: "was broken", until: "2026-01-31" }];
const report = driftReport({ stack: "s", summary: { same: 0, drifted: 0, unknown: 0 }, resources: rows }, { today: "2026-11-21", rules });
const clean = driftReport({ stack: "s", summary: { same: 0, drifted: 0, unknown: 0 }, resources: [rows[0]!] }, { today: "2026-11-21" });

test("as text", () => {
  expect(driftText(clean)).toBe("s: 1 as declared, 0 drifted, 0 unknown");
  expect(driftText(report)).toBe(`drifted  web/nginx
  files["/etc/x"].content
    @@ -1,2 +1,2 @@
     a
    -b
    +{c}
  files["/etc/x"].mode: declared 0600, found 0644
unknown  db/base: db is unreachable: timed out
drifted  www A
  : declared present, found absent
ignored  web/old cron.x: on its way out (until 2026-12-24)
expired  the rule for web/gone x ended on 2026-01-31 (was broken): remove it from stacks/s/ignore.ts, or give it another day
s: 2 as declared, 2 drifted, 1 unknown`);
});

test("as Markdown", () => {
  expect(driftMarkdown(clean)).toBe("<!-- fleet drift s -->\n\n## Drift of `s`: 1 as declared, 0 drifted, 0 unknown\n");
  expect(driftMarkdown(report)).toBe(`<!-- fleet drift s -->

## Drift of \`s\`: 2 as declared, 2 drifted, 1 unknown

1 difference that a rule of the stack lets pass.

- **expired** the rule for \`web/gone x\` ended on 2026-01-31 (\`was broken\`): remove it from \`stacks/s/ignore.ts\`, or give it another day

### Host \`db\`

- **unknown** \`db/base\`: \`db is unreachable: timed out\`

### Host \`web\`

- **drifted** \`web/nginx\`
  - \`files["/etc/x"].mode\`: declared \`0600\`, found \`0644\`

  <details><summary><code>files[&quot;/etc/x&quot;].content</code>: 1 line added, 1 removed</summary>

  \`\`\`diff
  @@ -1,2 +1,2 @@
   a
  -b
  +{c}
  \`\`\`

  </details>


### At providers

- **drifted** \`www A\`
  - it: declared \`present\`, found \`absent\`
`);
});

test("as JUnit", () => {
  expect(junitProblems(readXml(driftJunit(clean, at)))).toEqual([]);
  const suites = readXml(driftJunit(report, at));
  expect(junitProblems(suites)).toEqual([]);
  expect(suites.children.map(({ attributes: { name, tests, failures, errors, skipped } }) => [name, tests, failures, errors, skipped])).toEqual([
    ["web", "3", "1", "0", "1"], ["db", "1", "0", "1", "0"], ["providers", "1", "1", "0", "0"], ["ignore rules", "1", "1", "0", "0"],
  ]);
  const [, base, nginx] = suites.children[0]!.children;
  expect([base!.children, base!.attributes]).toEqual([[], { name: "base", classname: "s.web", time: "0" }]);
  expect(nginx!.children[0]).toMatchObject({ name: "failure", attributes: { type: "drifted" }, text: expect.stringContaining("    -b\n    +{c}\n") });
});

test("as SARIF", () => {
  expect(sarif.parse(JSON.parse(driftSarif(clean))).runs[0]!.results).toEqual([]);
  const { results } = sarif.parse(JSON.parse(driftSarif(report))).runs[0]!;
  expect(results.map(({ ruleId, locations }) => [ruleId, locations[0]!.physicalLocation.artifactLocation.uri])).toEqual([
    ["drifted", "hosts/s/web.ts"], ["drifted", "hosts/s/web.ts"], ["unknown", "hosts/s/db.ts"], ["drifted", "stacks/s/fleet.ts"], ["expired-rule", "stacks/s/ignore.ts"],
  ]);
  expect(results[0]!.message.text).toBe('web/nginx\n  files\\["/etc/x"\\].content\n    @@ -1,2 +1,2 @@\n     a\n    -b\n    +{{c}}');
  expect(new Set(results.map(({ partialFingerprints }) => partialFingerprints["fleet/v1"])).size).toBe(results.length);
});

describe.each(hostile)("%s", (_name, text) => {
  const change = { path: text, declared: text, found: `${text}!` };
  const hostileRows: DriftRow[] = [
    { urn: text, host: text, name: text, status: "drifted", changes: [change, { path: "x", declared: `a\n${text}`, found: "a\n" }, { path: "y", declared: { schedule: text, user: text, command: text }, found: "absent" }] },
    { urn: `${text}2`, host: text, name: text, status: "unknown", changes: [], reason: text },
    { urn: `${text}3`, host: null, name: `${text}/x`, status: "drifted", changes: [change] },
  ];
  const evil: DriftReport = driftReport({ stack: text, summary: { same: 0, drifted: 0, unknown: 0 }, resources: hostileRows }, { today: "2026-11-21", rules: [{ resource: `${text}/x`, reason: text, until: "2027-01-01" }, { resource: text, path: text, reason: text, until: "2026-01-01" }] });
  const hidden = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

  test("cannot break out of Markdown", () => {
    const markdown = driftMarkdown(evil);
    const [marker, ...rest] = markdown.split("\n");
    expect(marker).toMatch(/^<!-- fleet drift [\w.-]{1,100} -->$/);
    const outside = outsideOfCode(rest.join("\n")).replace(/<\/?details>|<\/?summary>/g, "");
    expect(outside).not.toMatch(/EVIL|[<>@$]|https?:/);
    expect(markdown).not.toMatch(hidden);
    expect(markdown.length).toBeLessThanOrEqual(COMMENT_LIMIT);
  });
  test("cannot break out of JUnit", () => {
    const xml = driftJunit(evil, at);
    expect(xml).not.toMatch(hidden);
    expect(junitProblems(readXml(xml))).toEqual([]);
  });
  test("cannot break out of SARIF", () => {
    const json = driftSarif(evil);
    expect(json).not.toMatch(hidden);
    const parsed = sarif.parse(JSON.parse(json));
    for (const { message } of parsed.runs[0]!.results) {
      expect(message.text).not.toMatch(hidden);
      expect(message.text.replace(/\\[\\[\]]|\{\{|\}\}/g, "")).not.toMatch(/[\\[\]{}]/);
    }
  });
  test("cannot reach the terminal", () => expect(driftText(evil)).not.toMatch(hidden));
});
