import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { base } from "../../src/ci/base-step.ts";
import { deploy } from "../../src/ci/deploy-step.ts";
import { drift } from "../../src/ci/drift-step.ts";
import { packages } from "../../src/ci/packages-step.ts";
import { preview } from "../../src/ci/preview-step.ts";
import { reviewed } from "../../src/ci/reviewed-step.ts";
import type { RunFleet } from "../../src/ci/runner.ts";
import { checkFiles, touched } from "../../src/ci/touched-step.ts";
import { describeFleet } from "../../src/report/fleet-description.ts";
import { root } from "../../src/setup/paths.ts";
import { fleetOf } from "../model/fixtures.ts";
import { ForgeServer } from "./forge-server.ts";

let folder: string;
let env: NodeJS.ProcessEnv;
const read = (name: string) => readFile(join(folder, name), "utf8");
let log: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-ci-test-"));
  await writeFile(join(folder, "event.json"), JSON.stringify({ pull_request: { number: 5 } }));
  const files = { GITHUB_OUTPUT: "output", GITHUB_STEP_SUMMARY: "summary.md", GITHUB_EVENT_PATH: "event.json" };
  env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    RUNNER_TEMP: folder,
    STACK: "alaivos",
    FLEET_ENVIRONMENT: '{"HCLOUD_TOKEN":"s3cret"}',
    ...Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(folder, file)])),
  };
  log = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void log.push(line));
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(folder, { recursive: true });
});

/** Stands in for the command, and keeps what it was called with. */
function fleet(...answers: { exitCode: number; stdout: string }[]): {
  run: RunFleet;
  calls: { args: readonly string[]; env: NodeJS.ProcessEnv }[];
} {
  const calls: { args: readonly string[]; env: NodeJS.ProcessEnv }[] = [];
  return { calls, run: async (args, passed) => (calls.push({ args, env: passed }), answers[calls.length - 1]!) };
}

const MARKDOWN = "<!-- fleet preview alaivos -->\n\n## `alaivos`: 1 to update\n";

test("preview gives its report to the comment step and the page of the job, and ends as the preview ends", async () => {
  const { run, calls } = fleet({ exitCode: 1, stdout: MARKDOWN });
  await preview(env, run);
  expect(calls).toMatchObject([
    { args: ["preview", "alaivos", "--format", "markdown"], env: { HCLOUD_TOKEN: "s3cret" } },
  ]);
  expect([await read("preview.md"), await read("summary.md"), process.exitCode]).toEqual([
    MARKDOWN,
    `${MARKDOWN}\n`,
    1,
  ]);
});

test("preview compares with what the files say at the other commit, which gets no secret", async () => {
  const said = JSON.stringify({ ...describeFleet(fleetOf({}), {}), fleet: "alaivos" });
  const { run, calls } = fleet({ exitCode: 0, stdout: said }, { exitCode: 0, stdout: MARKDOWN });
  await base({ ...env, BASE: "HEAD" }, run);
  await preview(env, run);
  expect(calls.map(({ args }) => args)).toEqual([
    ["show", "alaivos", "--json"],
    ["preview", "alaivos", "--format", "markdown", "--base", join(folder, "base.json")],
  ]);
  expect(Object.keys(calls[0]!.env).sort()).toEqual(["HOME", "PATH"]);
  expect(await read("base.json")).toBe(said);
  expect(execFileSync("git", ["worktree", "list"], { cwd: root, encoding: "utf8" })).not.toContain("fleet-base-");
});

test.each([
  ["has no such stack", "HEAD", { exitCode: 1, stdout: "" }],
  ["is not there", "0000000", undefined],
])("a commit that %s is no reason to fail", async (_what, BASE, answer) => {
  const { run, calls } = fleet(...(answer ? [answer] : []), { exitCode: 0, stdout: MARKDOWN });
  await writeFile(join(folder, "base.json"), "what another commit was");
  await base({ ...env, BASE }, run);
  await preview(env, run);
  expect([calls.at(-1)!.args, process.exitCode]).toEqual([["preview", "alaivos", "--format", "markdown"], 0]);
});

test("a preview that printed nothing still gives a comment", async () => {
  await preview(env, fleet({ exitCode: 1, stdout: "" }).run);
  expect(await read("preview.md")).toContain("It ended before there was anything to tell.");
});

const REVIEWED = { pullRequest: 5, comment: MARKDOWN };
const isReviewed = (what: object) => writeFile(join(folder, "reviewed.json"), JSON.stringify(what));

test("deploy tells what was done, also when something failed", async () => {
  const changes = {
    stack: "alaivos",
    summary: { create: 0, update: 1, replace: 0, delete: 0, same: 3 },
    resources: [
      { urn: "urn:pulumi:alaivos::fleet::fleet:host:Service::web/`x`", op: "update", paths: [] },
      { urn: "urn:pulumi:alaivos::fleet::fleet:host:Service::web/y", op: "failed", paths: [] },
      { urn: "urn:pulumi:alaivos::fleet::fleet:static:Machine::web", op: "create", paths: [] },
    ],
  };
  const { run } = fleet({ exitCode: 1, stdout: JSON.stringify(changes) });
  await isReviewed(REVIEWED);
  await deploy(env, run);
  expect(process.exitCode).toBe(1);
  expect(await read("summary.md")).toBe(
    "## `alaivos`: 1 updated, 3 unchanged\n\n\n\n- **updated** service `` web/`x` ``\n- **failed** service `web/y`\n\n",
  );
});

const UP = ["up", "alaivos", "--yes", "--json"];
test.each<[what: string, reviewed: object, more: NodeJS.ProcessEnv, args: string[] | RegExp, note: boolean]>([
  ["with its preview", REVIEWED, {}, ["--reviewed", "FOLDER/reviewed.md"], false],
  [
    "with its preview, whatever changed since",
    REVIEWED,
    { ACCEPT_CHANGES: "true" },
    ["--reviewed", "FOLDER/reviewed.md", "--accept-changes"],
    false,
  ],
  [
    "with its preview, and nothing said by hand",
    REVIEWED,
    { ACCEPT_CHANGES: "false", ALLOW_DELETES: "" },
    ["--reviewed", "FOLDER/reviewed.md"],
    false,
  ],
  ["without a preview of the stack", { pullRequest: 5 }, {}, /pull request 5 has no preview of alaivos/, false],
  ["without a preview, as a person says", { pullRequest: 5 }, { ACCEPT_CHANGES: "true" }, [], true],
  ["none", {}, {}, [], true],
  ["none, with many deletions", {}, { ALLOW_DELETES: "12" }, ["--allow-deletes", "12"], true],
  ["none, and a wrong number", {}, { ALLOW_DELETES: "--yes" }, /no whole number/, false],
])("deploy of a pull request %s", async (_what, reviewed, more, args, note) => {
  const { run, calls } = fleet({ exitCode: 1, stdout: "" });
  await isReviewed(reviewed);
  const done = deploy({ ...env, ...more }, run);
  if (args instanceof RegExp) {
    await expect(done).rejects.toThrow(args);
    return expect(calls).toEqual([]);
  }
  await done;
  expect(calls.map((call) => call.args)).toEqual([[...UP, ...args.map((arg) => arg.replace("FOLDER", folder))]]);
  const page = await read("summary.md");
  expect(page).toContain("## `alaivos`: nothing was brought up");
  expect(page.includes("without a plan that was reviewed")).toBe(note);
  if (args.includes("--reviewed")) expect(await read("reviewed.md")).toBe(MARKDOWN);
});

test("deploy does nothing where nobody has looked for a review", async () => {
  const { run, calls } = fleet();
  await expect(deploy(env, run)).rejects.toThrow("reviewed.json");
  expect(calls).toEqual([]);
});

test("reviewed keeps what the comment of the merged pull request showed", async () => {
  const server = new ForgeServer();
  const forge = await server.start();
  const forCommit = { ...env, GITHUB_SHA: "abc" };
  const kept = async () => {
    await reviewed(forCommit, forge);
    return JSON.parse(await read("reviewed.json")) as unknown;
  };
  expect(await kept()).toEqual({});
  server.pulls.abc = [{ number: 5, merged_at: "2026-11-21T10:00:00Z" }];
  expect(await kept()).toEqual({ pullRequest: 5 });
  server.add(MARKDOWN);
  expect(await kept()).toEqual(REVIEWED);
  await server.stop();
  await expect(reviewed(forCommit, forge)).rejects.toThrow("did not answer");
});

test("drift stands on the page of the job, which fails", async () => {
  const report = {
    version: 1,
    stack: "alaivos",
    summary: { same: 0, drifted: 1, unknown: 0 },
    resources: [
      { urn: "u", host: "web", name: "web/x", status: "drifted", changes: [{ path: "a", declared: 1, found: 2 }] },
    ],
  };
  await drift(env, fleet({ exitCode: 2, stdout: JSON.stringify(report) }).run);
  expect([await read("summary.md"), process.exitCode]).toEqual([expect.stringContaining("- **drifted** `web/x`"), 2]);
});

test.each([["FLEET_NOTIFY_WEBHOOK"], ["FLEET_NTFY_URL"]])(
  "drift is told where the stack's environment has %s",
  async (name) => {
    const { run, calls } = fleet({ exitCode: 0, stdout: "" }, { exitCode: 0, stdout: "" });
    await drift({ ...env, FLEET_ENVIRONMENT: JSON.stringify({ [name]: "https://s3cret.example" }) }, run);
    await drift(env, run);
    expect(calls.map(({ args }) => args)).toEqual([
      ["drift", "alaivos", "--format", "json", "--notify"],
      ["drift", "alaivos", "--format", "json"],
    ]);
    expect(log).toContain("::add-mask::https://s3cret.example");
  },
);

test("without pages the log takes them, and no line of it is a command for the runner", async () => {
  await preview({ ...env, GITHUB_STEP_SUMMARY: "" }, fleet({ exitCode: 0, stdout: MARKDOWN }).run);
  expect(log).toEqual([
    "::add-mask::s3cret",
    expect.stringMatching(/^::stop-commands::[\w-]{36}$/),
    MARKDOWN,
    expect.stringMatching(/^::[\w-]{36}::$/),
  ]);
  expect(log[3]).toBe(`::${log[1]!.slice("::stop-commands::".length)}::`);
});

test.each([
  ["../x", /no name of a stack/],
  ["--help", /no name of a stack/],
  ["", /STACK is not set/],
])(
  "STACK %j is refused",
  async (STACK, message) => await expect(preview({ ...env, STACK }, fleet().run)).rejects.toThrow(message),
);

test.each([
  ["one that is asked for", { ONLY: "alaivos" }, ["alaivos"]],
  ["none where it is unknown", { ONLY: "nothing" }, []],
  ["all without a commit to compare with", {}, expect.arrayContaining(["alaivos"])],
  ["all for a new branch", { BASE: "0".repeat(40) }, expect.arrayContaining(["alaivos"])],
  ["all when the commit is gone", { BASE: "f".repeat(40) }, expect.arrayContaining(["alaivos"])],
])("touched gives %s", async (_what, more, stacks) => {
  await touched({ ...env, ...more });
  const [, json] = /^stacks=(.*)\n$/.exec(await read("output"))!;
  expect(JSON.parse(json!)).toEqual(stacks);
});

test("check-files looks at every stack, and ends as the worst of them", async () => {
  const { run, calls } = fleet({ exitCode: 1, stdout: "" }, { exitCode: 0, stdout: "" });
  await checkFiles({ ...env, STACKS: '["a","b"]' }, run);
  expect([calls.map(({ args }) => args), process.exitCode]).toEqual([
    [
      ["show", "a"],
      ["show", "b"],
    ],
    1,
  ]);
});

test("comment and stale, as a workflow runs them, against a forge", async () => {
  const server = new ForgeServer();
  const { api } = await server.start();
  const step = (name: string, more: NodeJS.ProcessEnv) =>
    promisify(execFile)(process.execPath, ["src/ci/ci.mjs", name], {
      cwd: root,
      env: { ...env, GITHUB_API_URL: `${api}/`, GITHUB_REPOSITORY: "owner/name", GITHUB_TOKEN: "t0ken", ...more },
    });
  await writeFile(join(folder, "preview.md"), MARKDOWN);
  expect((await step("comment", {})).stdout).toBe("comment: created\n");
  expect((await step("stale", { STACKS: '["alaivos"]' })).stdout).not.toContain("alaivos");
  expect((await step("stale", { STACKS: "[]" })).stdout).toContain("alaivos: updated\n");
  expect(server.comments.map(({ body }) => body)).toEqual([
    expect.stringContaining("This change does not touch it any more."),
  ]);
  await writeFile(join(folder, "preview.md"), "something else");
  await expect(step("comment", {})).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("is no preview of alaivos"),
  });
  await expect(step("nothing", {})).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("there is no step"),
  });
  await server.stop();
}, 60_000);

test("packages fails by what is grave, and says so when nobody could be asked", async () => {
  const lines = ["tar <7.5.1 (high): Prototype pollution"];
  await expect(packages(env, async () => ({ answer: "findings", lines }))).rejects.toThrow(/known[^]*tar <7\.5\.1/);
  await packages(env, async () => ({ answer: "not asked", reason: "405 Method Not Allowed" }));
  await packages(env, async () => ({ answer: "clean" }));
  expect(log).toEqual([
    "npm audit: could not be asked (405 Method Not Allowed).",
    "npm audit: nothing grave is known against the packages.",
  ]);
});
