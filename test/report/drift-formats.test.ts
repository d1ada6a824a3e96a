import { describe, expect, test } from "vitest";
import { driftJunit } from "../../src/report/drift-junit.ts";
import { driftMarkdown } from "../../src/report/drift-markdown.ts";
import { driftSarif } from "../../src/report/drift-sarif.ts";
import { driftText } from "../../src/report/drift-text.ts";
import { COMMENT_LIMIT } from "../../src/report/preview-markdown.ts";
import { at, clean, evilReport, failed, failedOver, report, unreached } from "./drift-samples.ts";
import { hostile } from "./hostile.ts";
import { junitProblems } from "./junit-rules.ts";
import { outsideOfCode } from "./read-markdown.ts";
import { readXml } from "./read-xml.ts";
import { sarif } from "./sarif-rules.ts";

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
  it: declared present, found absent
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
  expect(
    suites.children.map(({ attributes: { name, tests, failures, errors, skipped } }) => [
      name,
      tests,
      failures,
      errors,
      skipped,
    ]),
  ).toEqual([
    ["web", "3", "1", "0", "1"],
    ["db", "1", "0", "1", "0"],
    ["providers", "1", "1", "0", "0"],
    ["ignore rules", "1", "1", "0", "0"],
  ]);
  const [, base, nginx] = suites.children[0]!.children;
  expect([base!.children, base!.attributes]).toEqual([[], { name: "base", classname: "s.web", time: "0" }]);
  expect(nginx!.children[0]).toMatchObject({
    name: "failure",
    attributes: { type: "drifted" },
    text: expect.stringContaining("    -b\n    +{c}\n"),
  });
});

test("as SARIF", () => {
  expect(sarif.parse(JSON.parse(driftSarif(clean))).runs[0]!.results).toEqual([]);
  const { results } = sarif.parse(JSON.parse(driftSarif(report))).runs[0]!;
  expect(results.map(({ ruleId, locations }) => [ruleId, locations[0]!.physicalLocation.artifactLocation.uri])).toEqual(
    [
      ["drifted", "hosts/s/web.ts"],
      ["drifted", "hosts/s/web.ts"],
      ["unknown", "hosts/s/db.ts"],
      ["drifted", "stacks/s/fleet.ts"],
      ["expired-rule", "stacks/s/ignore.ts"],
    ],
  );
  expect(results[0]!.message.text).toBe(
    'web/nginx\n  files\\["/etc/x"\\].content\n    @@ -1,2 +1,2 @@\n     a\n    -b\n    +{{c}}',
  );
  expect(new Set(results.map(({ partialFingerprints }) => partialFingerprints["fleet/v1"])).size).toBe(results.length);
});

describe("what was not brought up", () => {
  const words = "the last `up`, begun on 2026-11-21 at 10:28:00 UTC, did not reach all that it declared";
  test("as text", () => {
    expect(driftText(unreached)).toBe(`drifted  web/base: not brought up: no {room}
drifted  web/nginx: not brought up: refused
  files["/etc/x"].mode: declared 0600, found 0644
${words}; \`fleet up s\` goes on with it
s: 0 as declared, 2 drifted, 0 unknown`);
    const { begun } = unreached.lastUp!;
    expect(driftText({ ...unreached, lastUp: { begun, edited: true } })).toContain(
      "UTC, has not ended: it was killed, or is still at work. The files are others now: what they declare is told; ",
    );
  });
  test("as Markdown", () => {
    const markdown = driftMarkdown(unreached);
    expect(markdown).toContain("\nthe last `up`, begun on `2026-11-21` at `10:28:00` UTC, did not reach all");
    expect(markdown).toContain("\n- **drifted** `web/base`: `not brought up: no {room}`\n");
    expect(markdown).toContain(
      '\n- **drifted** `web/nginx`: `not brought up: refused`\n  - `files["/etc/x"].mode`: declared',
    );
  });
  test("as JUnit", () =>
    expect(
      readXml(driftJunit(unreached, at))
        .children[0]!.children.slice(1, 3)
        .map(({ children }) => children[0]!.attributes),
    ).toEqual([
      { type: "drifted", message: "not brought up: no {room}" },
      { type: "drifted", message: 'not brought up: refused; 1 difference: files["/etc/x"].mode' },
    ]));
  test("as SARIF", () => {
    const { results } = sarif.parse(JSON.parse(driftSarif(unreached))).runs[0]!;
    expect(results.map(({ ruleId, message }) => [ruleId, message.text])).toEqual([
      ["unreached", "web/base: not brought up: no {{room}}"],
      ["unreached", "web/nginx: not brought up: refused"],
      ["drifted", expect.stringContaining("declared 0600, found 0644")],
    ]);
  });
});

test("a look that failed says so in each", () => {
  expect(driftMarkdown(failed)).toBe(
    "<!-- fleet drift s -->\n\n## Drift of `s`: nothing could be looked at\n\n`error: no [network]; to the state`\n",
  );
  expect(
    readXml(driftJunit(failed, at)).children.map(({ attributes: { name, errors }, children }) => [
      name,
      errors,
      children.map((child) => child.attributes.name),
    ]),
  ).toEqual([["the look", "1", [undefined, "s", undefined, undefined]]]);
  const [run] = sarif.parse(JSON.parse(driftSarif(failed))).runs;
  expect([run!.results, run!.invocations]).toEqual([
    [],
    [
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          { level: "error", message: { text: expect.stringContaining("no \\[network\\]") } },
        ],
      },
    ],
  ]);
});

describe.each(hostile)("%s", (_name, text) => {
  const evil = evilReport(text);
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

describe("names that are failed over are told, and are nothing to put right", () => {
  const words = "failed over since 2026-11-21 09:30:00 UTC by ann, from home to spare";

  test("as text", () => {
    expect(driftText(failedOver)).toBe(`drifted  api CNAME: ${words}: no {power}
  proxied: declared true, found false
moved    www CNAME: ${words}
moved    api CNAME: ${words}: no {power}
s: 1 as declared, 1 drifted, 0 unknown`);
  });

  test("as Markdown", () => {
    expect(driftMarkdown(failedOver)).toContain(
      `- \`www CNAME\`: \`${words}\`\n- \`api CNAME\`: \`${words}: no {power}\`\n`,
    );
  });

  test("as JUnit: skipped, with the reason beside it", () => {
    const xml = driftJunit(failedOver, at);
    expect(junitProblems(readXml(xml))).toEqual([]);
    expect(xml).toContain('tests="2" failures="1" errors="0" skipped="1"');
    expect(xml).toContain(`www CNAME: ${words}`);
  });

  test("as SARIF: a note", () => {
    const { runs } = sarif.parse(JSON.parse(driftSarif(failedOver)));
    const told = runs[0]!.results.map(({ ruleId, level, message }) => [ruleId, level, message.text]);
    expect(told.filter(([ruleId]) => ruleId === "failed-over")).toEqual([
      ["failed-over", "note", `www CNAME: ${words}`],
      ["failed-over", "note", `api CNAME: ${words}: no {{power}}`],
    ]);
  });
});
