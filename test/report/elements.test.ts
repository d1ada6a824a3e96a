import { expect, test } from "vitest";
import { driftJunit } from "../../src/report/drift-junit.ts";
import { driftMarkdown } from "../../src/report/drift-markdown.ts";
import { driftSarif } from "../../src/report/drift-sarif.ts";
import { driftText } from "../../src/report/drift-text.ts";
import { driftReport } from "../../src/report/drift.ts";
import { differences } from "../../src/report/page/parts.ts";
import { previewMarkdown } from "../../src/report/preview-markdown.ts";
import { previewText } from "../../src/report/preview-text.ts";
import { previewOf } from "../../src/report/preview.ts";
import { step } from "./events.ts";

/** Elements of sets, and names that clouds keep, in the words of a declaration: one line each, in every format. */

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const FIREWALL = "hcloud:index/firewall:Firewall";
const report = driftReport(
  {
    stack: "s",
    summary: { same: 0, drifted: 1, unknown: 0 },
    resources: [
      {
        urn: `urn:pulumi:s::fleet::${GROUP}::web`,
        host: "web",
        name: "web",
        status: "drifted",
        changes: [
          { path: 'ingress["8443/tcp from 0.0.0.0/0"]', declared: "absent", found: "present" },
          { path: 'ingress["22/tcp from ::/0"]', declared: { description: "ssh" }, found: "absent" },
          { path: 'egress["everything to ::/0"].description', declared: "out", found: "absent" },
          { path: "tags.role", declared: "gateway", found: "test" },
        ],
      },
    ],
  },
  { today: "2026-11-21" },
);
const LINES = [
  "ingress 8443/tcp from 0.0.0.0/0: added by hand",
  "ingress 22/tcp from ::/0: gone (description ssh)",
  "egress everything to ::/0: description: declared out, found absent",
  "tag role: declared gateway, found test",
];
const withoutMarks = (text: string) => text.replaceAll(/<[^>]*>/g, "").replaceAll("`", "");
/** Each format → what it told in plain words. */
const FORMATS: Record<string, () => string> = {
  text: () => driftText(report),
  markdown: () => withoutMarks(driftMarkdown(report)),
  JUnit: () => driftJunit(report, new Date(0)),
  SARIF: () => JSON.stringify((JSON.parse(driftSarif(report)) as { runs: unknown[] }).runs[0]),
  page: () => withoutMarks(differences({ answer: "drifted", row: report.resources[0]! })!.markup),
};

test.each(Object.keys(FORMATS))("drift of elements as %s", (format) => {
  const told = FORMATS[format]!();
  for (const line of LINES) expect(told).toContain(line);
});

test("what a change of the files does to elements, whatever stands before them", () => {
  const rule = (port: string, more = {}) => ({ direction: "in", protocol: "tcp", port, sourceIps: ["::/0"], ...more });
  const preview = previewOf(
    "s",
    [
      step("update", FIREWALL, "web", {
        old: { rules: [rule("22"), rule("80", { description: "web" })], labels: { role: "a" } },
        new: { rules: [rule("443"), rule("22", { description: "ssh" })], labels: { role: "b" } },
        detailedDiff: { "rules[0].port": "update", "rules[1].port": "update" },
      }),
      step("update", FIREWALL, "turned", {
        old: { rules: [rule("22"), rule("80")], x: 1 },
        new: { rules: [rule("80"), rule("22")], x: 2 },
        detailedDiff: { "rules[0].port": "update", "rules[1].port": "update", x: "update" },
      }),
    ],
    { policies: [], problems: [] },
  );
  expect(previewText(preview)).toBe(`s: 2 to update, 0 unchanged

the fleet itself
  update   firewall turned
    x: 1 → 2
  update   firewall web
    rule in 22/tcp from ::/0: description: ssh
    rule in 80/tcp from ::/0 goes away (description web)
    rule in 443/tcp from ::/0 is new
    label role: a → b`);
  expect(previewMarkdown(preview)).toContain("  - rule `in 443/tcp from ::/0` is new\n");
});

test("a tag that a thing's provider declares is told with that value where it is put back", () => {
  const tagged = (tags: object, tagsAll: object) => ({ tags, outputs: { tagsAll } });
  const [old, next] = [tagged({ role: "test" }, { role: "test" }), tagged({}, { role: "gateway" })];
  const event = step("update", GROUP, "web", { old: { tags: old.tags }, new: { tags: next.tags } });
  Object.assign(event.resOutputsEvent!.metadata.old!, { outputs: old.outputs });
  Object.assign(event.resOutputsEvent!.metadata.new!, { outputs: next.outputs });
  expect(previewOf("s", [event], { policies: [], problems: [] }).resources[0]!.changes).toEqual([
    { path: "tags.role", kind: "tag", name: "role", part: "", before: "test", after: "gateway" },
  ]);
});
