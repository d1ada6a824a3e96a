import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { auditPackages, describeAudit } from "../../src/suite/audit-packages.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-audit-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A program in npm's place, that prints `stdout` and `stderr` and ends with `code`. */
async function npmSaying(stdout: string, code: number, stderr = ""): Promise<string> {
  const npm = join(folder, "npm");
  await writeFile(npm, `#!/bin/sh\ncat <<'.'\n${stdout}\n.\necho '${stderr}' >&2\nexit ${code}\n`, { mode: 0o755 });
  return npm;
}

const report = (vulnerabilities: object) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { vulnerabilities: { total: 1 } } });
const advisory = { title: "Prototype pollution", url: "https://github.com/advisories/GHSA-1", severity: "high" };
const tar = { name: "tar", severity: "high", range: "<7.5.1", via: [advisory], fixAvailable: true };
const gyp = { name: "gyp", severity: "critical", range: "*", via: ["tar"], fixAvailable: false };
const found = "tar <7.5.1 (high): Prototype pollution, https://github.com/advisories/GHSA-1";
const refused = "405 Method Not Allowed - POST /-/npm/v1/security/advisories/bulk";

test.each([
  ["a report of nothing is clean", report({}), 0, { answer: "clean" }],
  [
    "what is not grave is clean, though npm ends with 1",
    report({ tar: { ...tar, severity: "moderate" } }),
    1,
    {
      answer: "clean",
    },
  ],
  [
    "what is grave is named with its reason",
    report({ tar, gyp }),
    1,
    {
      answer: "findings",
      lines: [found, "gyp * (critical): through tar"],
    },
  ],
  [
    "a refusal is no answer",
    JSON.stringify({ message: refused, statusCode: 405 }),
    1,
    {
      answer: "not asked",
      reason: refused,
    },
  ],
  ["nor is silence, though npm ends with 0", "", 0, { answer: "not asked", reason: "npm gave no report" }],
  [
    "nor is another form of report",
    '{"auditReportVersion":3,"vulnerabilities":{}}',
    0,
    {
      answer: "not asked",
      reason: "npm gave no report",
    },
  ],
])("%s", async (_, stdout, code, answer) =>
  expect(await auditPackages(folder, await npmSaying(stdout, code))).toEqual(answer),
);

test("without a report npm's last line says why", async () =>
  expect(await auditPackages(folder, await npmSaying("", 1, "npm error code ENOLOCK"))).toEqual({
    answer: "not asked",
    reason: "npm error code ENOLOCK",
  }));

test("an npm that is not there is no answer", async () =>
  expect(await auditPackages(folder, join(folder, "npm"))).toMatchObject({ answer: "not asked", reason: /ENOENT/ }));

test.each([
  [{ answer: "clean" as const }, /nothing grave is known/],
  [{ answer: "findings" as const, lines: [found] }, /grave things are known against packages:\n {2}tar <7\.5\.1/],
  [{ answer: "not asked" as const, reason: refused }, /could not be asked \(405 Method Not Allowed/],
])("%o is told as what it is", (audit, told) => expect(describeAudit(audit)).toMatch(told));
