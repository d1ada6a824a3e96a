import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../src/setup/paths.ts";

const folder = join(root, ".github/workflows");
const workflows = readdirSync(folder)
  .sort()
  .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8").replaceAll(/^ *#.*\n/gm, "") }));
const lines = (text: string, pattern: RegExp): string[] =>
  text
    .split("\n")
    .filter((line) => pattern.test(line))
    .map((line) => line.trim());
const jobsOf = (text: string): string[] =>
  text
    .slice(text.indexOf("\njobs:\n"))
    .split(/\n {2}(?=[a-z]+:\n)/)
    .slice(1);
/** What stands before a job's steps, then each of these. */
const stepsOf = (job: string): string[] => job.split(/\n {6}(?=- )/);
const stepIn = (text: string): string | undefined => /run: node src\/ci\/ci\.mjs ([a-z-]+)/.exec(text)?.[1];
const HAS_SECRETS = /\bsecrets\b|github\.token/;
/** The steps that install, and the one that runs the code of another commit. */
const WITHOUT_SECRETS = ["modules", "toolchain", "base"];
const SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository";
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
    expect(jobsOf(text).length).toBeGreaterThan(1);
    for (const job of jobsOf(text)) {
      expect(job).toMatch(/\n {4}permissions:\n {6}contents: read\n/);
      expect(lines(job, /: write$/)).toEqual(/pull-requests: write/.test(job) ? ["pull-requests: write"] : []);
      // A job with secrets of a stack is alone at work on the stack.
      if (job.includes("secrets.")) {
        expect(job).toMatch(/\n {4}concurrency:\n {6}group: \w+-\$\{\{ matrix\.stack \}\}/);
      }
    }
  });
  test("leaves no token behind in the working tree", () =>
    expect(lines(text, /persist-credentials: false/).length).toBe(lines(text, /uses: actions\/checkout/).length));
  test("is not started with the rights of the repository by a pull request from elsewhere", () =>
    expect(text).not.toContain("pull_request_target"));
});

const jobs = workflows.flatMap(({ name, text }) =>
  jobsOf(text).map((job) => ({ name: `${name}, ${/^[a-z]+/.exec(job)![0]}`, workflow: name, job })),
);

test("the jobs are these", () =>
  expect(jobs.map(({ name }) => name)).toEqual([
    "deploy.yml, touched",
    "deploy.yml, deploy",
    "drift.yml, stacks",
    "drift.yml, drift",
    "drift.yml, packages",
    "preview.yml, touched",
    "preview.yml, preview",
    "preview.yml, stale",
  ]));

describe.each(jobs)("$name", ({ workflow, job }) => {
  const [head, ...steps] = stepsOf(job);
  const runs = steps.filter((step) => stepIn(step) !== undefined);

  test("installs in its first step that runs anything, which is given nothing", () =>
    expect(runs[0]!).toMatch(/^- run: node src\/ci\/ci\.mjs (modules|toolchain)$/));

  test("has everything that a stack needs before there are secrets of it", () =>
    expect(stepIn(runs[0]!)).toBe(job.includes("secrets.") ? "toolchain" : "modules"));

  test("brings up what the step before it has found to be reviewed, and gives that step no secret of a stack", () => {
    const names = steps.map(stepIn);
    if (!names.includes("deploy")) return expect(names).not.toContain("reviewed");
    expect(names.slice(-2)).toEqual(["reviewed", "deploy"]);
    expect(steps.at(-2)).not.toContain("secrets.");
    expect(steps.at(-1)).not.toContain("github.token");
    expect(lines(job, /pull-requests:/)).toEqual(["pull-requests: read"]);
  });

  test("gives secrets to single steps, and to none that installs or runs the code of another commit", () => {
    expect(head).not.toMatch(HAS_SECRETS);
    for (const step of steps.filter((text) => HAS_SECRETS.test(text))) {
      expect(stepIn(step), step).toBeDefined();
      expect(WITHOUT_SECRETS, step).not.toContain(stepIn(step));
    }
  });

  test("checks out the commit that it is for, and no other", () => {
    for (const step of steps.filter((text) => text.includes("actions/checkout@")))
      expect(step).not.toMatch(/\n +(ref|repository):/);
  });

  test("is given the secrets that bring a stack up only to do that", () => {
    const [secret, environment] =
      workflow === "deploy.yml"
        ? ["FLEET_ENVIRONMENT", "${{ matrix.stack }}"]
        : ["FLEET_PREVIEW_ENVIRONMENT", "${{ matrix.stack }}-preview"];
    const named = [...job.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(named.length > 0 ? [secret] : []));
    expect(lines(job, /^ {4}environment:/)).toEqual(named.length > 0 ? [`environment: ${environment}`] : []);
  });

  test("runs what a fork has written on a hosted machine, without secrets or a token that may write", () => {
    if (workflow !== "preview.yml") return expect(job).not.toContain("pull_request");
    const [runsOn] = lines(job, /^ {4}runs-on:/);
    const isClosed = lines(job, /^ {4}if:/).some((line) => line.startsWith(`if: ${SAME_REPOSITORY} && `));
    if (isClosed) return expect(runsOn).toBe("runs-on: ${{ vars.FLEET_RUNNER || 'ubuntu-24.04' }}");
    expect(job).not.toMatch(HAS_SECRETS);
    expect(job).not.toContain(": write");
    expect(runsOn).toBe(`runs-on: \${{ ${SAME_REPOSITORY} && vars.FLEET_RUNNER || 'ubuntu-24.04' }}`);
  });
});

describe("on a clone with nothing installed", () => {
  let folder: string;
  const STUB = '#!/bin/sh\necho "$0 $*" >>"$CALLS"\nexit 1\n';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-clone-"));
    const files = execFileSync("git", ["ls-files", "src/ci", "src/setup"], { cwd: root, encoding: "utf8" });
    for (const file of [...files.trim().split("\n"), "package-lock.json"])
      cpSync(join(root, file), join(folder, file), { recursive: true });
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin/npm"), STUB, { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const names = [.../STEPS[^]*?\{\n([^]*?)\n\};/.exec(main)![1]!.matchAll(/^ {2}"?([a-z-]+)/gm)].map(
    ([, name]) => name!,
  );
  test("there are steps", () => expect(names).toEqual(expect.arrayContaining(["modules", "toolchain", "deploy"])));

  test.each(names)("%s installs the modules only where it is for that", (name) => {
    const calls = join(folder, name);
    const env = { PATH: `${join(folder, "bin")}:${process.env.PATH}`, CALLS: calls };
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "src/ci/ci.mjs"), name], {
      env,
      encoding: "utf8",
    });
    expect(status).toBe(1);
    if (["modules", "toolchain"].includes(name))
      expect(readFileSync(calls, "utf8")).toMatch(/\/npm ci --ignore-scripts .*\n$/);
    else {
      expect(stderr).toContain("`node src/ci/ci.mjs modules` installs them");
      expect(existsSync(calls)).toBe(false);
    }
  });
});
