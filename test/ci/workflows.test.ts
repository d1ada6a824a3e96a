import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../src/setup/paths.ts";

const folder = join(root, ".github/workflows");
const workflows = readdirSync(folder)
  .sort()
  .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
const lines = (text: string, pattern: RegExp): string[] =>
  text
    .split("\n")
    .filter((line) => pattern.test(line))
    .map((line) => line.trim());
const main = readFileSync(join(root, "src/ci/main.ts"), "utf8");

test("the workflows are these", () =>
  expect(workflows.map(({ name }) => name)).toEqual(["deploy.yml", "drift.yml", "preview.yml"]));

describe.each(workflows)("$name", ({ text }) => {
  test("takes foreign actions by their full commit, with the version beside it", () => {
    for (const line of lines(text, /\buses:/))
      expect(line).toMatch(/^(- )?uses: [\w.-]+(\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
  test("runs steps that there are, and gives a shell nothing of its own", () => {
    const runs = lines(text, /\brun:/);
    expect(runs.length).toBeGreaterThan(0);
    for (const line of runs) {
      const [, step] = /^(?:- )?run: node src\/ci\/ci\.mjs ([a-z-]+)$/.exec(line) ?? [];
      expect(step, line).toBeDefined();
      expect(main).toMatch(new RegExp(`\\b${step}\\b`));
    }
  });
  test("starts with no permission, and each job says its own", () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    const jobs = text
      .slice(text.indexOf("\njobs:\n"))
      .split(/\n {2}(?=[a-z]+:\n)/)
      .slice(1);
    expect(jobs.length).toBeGreaterThan(1);
    for (const job of jobs) {
      expect(job).toMatch(/\n {4}permissions:\n {6}contents: read\n/);
      expect(lines(job, /: write$/)).toEqual(/pull-requests: write/.test(job) ? ["pull-requests: write"] : []);
      // A job with secrets of a stack is tied to its environment, and alone at work on the stack.
      if (job.includes("secrets.")) {
        expect(job).toMatch(/\n {4}environment: \$\{\{ matrix\.stack \}\}/);
        expect(job).toMatch(/\n {4}concurrency:\n {6}group: \w+-\$\{\{ matrix\.stack \}\}/);
      }
    }
  });
  test("leaves no token behind in the working tree", () =>
    expect(lines(text, /persist-credentials: false/).length).toBe(lines(text, /uses: actions\/checkout/).length));
  test("is not started with the rights of the repository by a pull request from elsewhere", () =>
    expect(text).not.toContain("pull_request_target"));
});

test("a fork's pull request meets no secret and no token that may write", () => {
  const { text } = workflows.find(({ name }) => name === "preview.yml")!;
  for (const job of text.split(/\n {2}(?=[a-z]+:\n)/).filter((part) => /secrets\.|: write/.test(part)))
    expect(job).toContain("if: github.event.pull_request.head.repo.full_name == github.repository");
});
