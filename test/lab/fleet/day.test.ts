import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuditReport } from "../../../src/report/audit.ts";
import type { DriftReport } from "../../../src/report/drift.ts";
import { root } from "../../../src/setup/paths.ts";
import { ForgeServer } from "../../ci/forge-server.ts";
import { Receiver } from "../../notify/receiver.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";

/**
 * A day of the owner of alaivos, from a pull request in the morning to the last look at night. The steps of the
 * workflows run as a runner runs them, on a repository of its own, against the lab; the forge is a stand-in. Each test
 * goes on where the one before has ended.
 */

const ZONE_RECORDS = async () => {
  const { result: zones } = await alaivos.cloud<{ result: { id: string; name: string }[] }>(
    "cloudflare",
    "GET",
    "/zones",
  );
  return `/zones/${zones.find(({ name }) => name === "alaivos.com")!.id}/dns_records`;
};
const HEADER = "add_header content-security-policy \"default-src 'none'; frame-ancestors 'none'\" always;";
const CHANGED = "add_header content-security-policy \"default-src 'self'\" always;";
const SITE = "/etc/nginx/conf.d/ghost.alaivos.com-8300.conf";

let alaivos: Checkout;
let runner: string;
let env: NodeJS.ProcessEnv;
const forge = new ForgeServer();
const telephone = new Receiver();

beforeAll(async () => {
  alaivos = await scratchCheckout("alaivos", await filesOf("hosts/alaivos", "stacks/alaivos"));
  await writeFile(join(alaivos.root, ".gitignore"), "node_modules\n.fleet\n");
  await git("init", "--quiet", "--initial-branch", "main");
  await commit("Begin");
  expect(await alaivos.fleet(["lab", "up", "alaivos"])).toMatchObject({ exitCode: 0 });
  runner = join(alaivos.root, ".fleet", "runner");
  await mkdir(runner);
  await writeFile(join(runner, "event.json"), JSON.stringify({ pull_request: { number: 5 } }));
  const [{ api }, telephoneUrl] = [await forge.start(), await telephone.start()];
  env = {
    RUNNER_TEMP: runner,
    GITHUB_EVENT_PATH: join(runner, "event.json"),
    GITHUB_OUTPUT: join(runner, "output"),
    GITHUB_STEP_SUMMARY: join(runner, "summary.md"),
    GITHUB_API_URL: api,
    GITHUB_REPOSITORY: "owner/name",
    GITHUB_TOKEN: "t0ken",
    STACK: "alaivos",
    FLEET_ENVIRONMENT: JSON.stringify({ ...(await labVariables()), FLEET_NOTIFY_WEBHOOK: `${telephoneUrl}/s3cret` }),
  };
});
afterAll(async () => {
  await Promise.all([forge.stop(), telephone.stop()]);
  await alaivos?.[Symbol.asyncDispose]();
});

const filesOf = async (...folders: string[]): Promise<Record<string, string>> => {
  const paths = (
    await Promise.all(
      folders.map(async (folder) =>
        (await readdir(join(root, folder))).filter((name) => name.endsWith(".ts")).map((name) => join(folder, name)),
      ),
    )
  ).flat();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), "utf8")] as const)),
  );
};
/** What the secret of an environment would hold: here, where the lab is. */
const labVariables = async () => {
  const { env: all } = await alaivos.target();
  return Object.fromEntries(
    Object.entries(all).filter(
      ([name, value]) => /^[A-Z][A-Z0-9_]*$/.test(name) && name !== "PATH" && value !== process.env[name],
    ),
  );
};
async function git(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await alaivos.run("git", [
    "-c",
    "user.name=owner",
    "-c",
    "user.email=owner@alaivos.com",
    ...args,
  ]);
  expect(exitCode, stderr).toBe(0);
  return stdout.trim();
}
const commit = async (message: string) => {
  await git("add", "--all");
  await git("commit", "--quiet", "--message", message);
};
/** Runs a step as a workflow does. @returns how it ended, and what it added to the page of the job */
async function step(name: string, more: NodeJS.ProcessEnv = {}) {
  await writeFile(join(runner, "summary.md"), "");
  await writeFile(join(runner, "output"), "");
  const { exitCode, stdout, stderr } = await alaivos.run("node", ["src/ci/ci.mjs", name], { ...env, ...more });
  return {
    exitCode,
    log: stdout + stderr,
    page: await readFile(join(runner, "summary.md"), "utf8"),
    output: await readFile(join(runner, "output"), "utf8"),
  };
}
const told = () => telephone.received.splice(0).map(({ body }) => (JSON.parse(body) as { text: string }).text);
const drift = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await alaivos.fleet(["drift", "alaivos", "--lab", "--format", "json", ...args]);
  return {
    exitCode,
    wrong: (JSON.parse(stdout) as DriftReport).resources.filter(({ status }) => status !== "same"),
    stderr,
  };
};
/** What nobody declared, by name. */
const audit = async () => {
  const { stdout, stderr } = await alaivos.fleet(["audit", "alaivos", "--lab", "--format", "json"]);
  expect(stdout, stderr).not.toBe("");
  const { findings, unknown } = JSON.parse(stdout) as AuditReport;
  expect(unknown).toEqual([]);
  return findings.map(({ kind, name }) => `${kind} ${name}`);
};
const changedLines = (text: string) =>
  text
    .split("\n")
    .filter((line) => /^\s*[-+] {2}/.test(line))
    .map((line) => line.trim().replace(/\s+/, " "));

test("what is on main is deployed", async () => {
  // It was pushed there without a pull request.
  await writeFile(join(runner, "reviewed.json"), "{}");
  const { exitCode, page, log } = await step("deploy");
  expect(exitCode, log).toBe(0);
  expect(page).toMatch(/^`alaivos` is brought up without a plan that was reviewed\.\n\n## `alaivos`: \d+ created/);
  expect(await step("drift")).toMatchObject({ exitCode: 0, page: expect.stringContaining("0 drifted, 0 unknown") });
  expect(told()).toEqual([]);
  await git("add", "--all");
  if ((await git("status", "--porcelain")) !== "") await commit("Keep the configuration of the stack");
});

test("a branch that changes one nginx header gets a comment that names that one line", async () => {
  await git("checkout", "--quiet", "-b", "header");
  const text = await alaivos.read("stacks/alaivos/sites.ts");
  expect(text).toContain("{ name, port: 8300, ");
  await alaivos.write(
    "stacks/alaivos/sites.ts",
    text.replace("{ name, port: 8300, ", `{ name, port: 8300, contentSecurityPolicy: "default-src 'self'", `),
  );
  await commit("Let the sports cache show its own things");
  const BASE = await git("rev-parse", "main");
  expect((await step("touched", { BASE })).output).toBe('stacks=["alaivos"]\n');
  expect(await step("check-files", { BASE, STACKS: '["alaivos"]' })).toMatchObject({ exitCode: 0 });
  expect(await step("preview", { BASE })).toMatchObject({ exitCode: 0 });
  expect((await step("comment")).log).toContain("comment: created");

  const [comment, ...others] = forge.comments.map(({ body }) => body);
  expect([others, comment!.split("\n")[0]]).toEqual([[], "<!-- fleet preview alaivos -->"]);
  expect(comment).toContain("1 to update");
  expect(comment).toContain(SITE);
  expect(changedLines(comment!)).toEqual([`- ${HEADER}`, `+ ${CHANGED}`]);
});

test("the same change again leaves the comment as it is", async () => {
  expect(await step("preview", { BASE: await git("rev-parse", "main") })).toMatchObject({ exitCode: 0 });
  expect((await step("comment")).log).toContain("comment: unchanged");
});

test("merging deploys what was reviewed, and nothing else", async () => {
  const BASE = await git("rev-parse", "main");
  await git("checkout", "--quiet", "main");
  await git("merge", "--quiet", "--ff-only", "header");
  expect((await step("touched", { BASE })).output).toBe('stacks=["alaivos"]\n');
  const GITHUB_SHA = await git("rev-parse", "main");
  forge.pulls[GITHUB_SHA] = [{ number: 5, merged_at: new Date().toISOString() }];
  expect((await step("reviewed", { GITHUB_SHA })).log).toContain("pull request 5, with its preview");
  await alaivos.ssh("ghost-01", "systemctl stop sports-cache");
  const stopped = await step("deploy");
  expect([stopped.exitCode, stopped.log]).toEqual([
    1,
    expect.stringContaining("since the review: 1 more update on ghost-01. Nothing was changed"),
  ]);
  await alaivos.ssh("ghost-01", "systemctl start sports-cache");
  const { exitCode, page, log } = await step("deploy");
  expect([exitCode, page], log).toEqual([
    0,
    expect.stringMatching(
      /^## `alaivos`: 1 updated, \d+ unchanged\n\n\n\n- \*\*updated\*\* service `ghost-01\/nginx`\n\n$/,
    ),
  ]);
  expect(
    await alaivos.ssh(
      "ghost-01",
      "curl -skI --resolve ghost.alaivos.com:8300:127.0.0.1 https://ghost.alaivos.com:8300/health | " +
        "grep -i content-security",
    ),
  ).toMatch(/default-src 'self'\s*$/);
});

test("a file that somebody edited is in drift, with its line, and is told once; a record that somebody made is in the audit alone", async () => {
  const before = await audit();
  await alaivos.ssh("ghost-01", `sed -i "s/default-src 'self'/default-src */" ${SITE}`);
  await alaivos.cloud("cloudflare", "POST", await ZONE_RECORDS(), {
    name: "forgotten.alaivos.com",
    type: "A",
    content: "203.0.113.77",
    ttl: 300,
  });

  const { exitCode, page } = await step("drift");
  expect([exitCode, changedLines(page)]).toEqual([
    2,
    [`- ${CHANGED}`, '+ add_header content-security-policy "default-src *" always;'],
  ]);
  expect(page).not.toContain("forgotten");
  expect(told()).toEqual([`alaivos: 1 new finding\ndrifted ghost-01/nginx files["${SITE}"].content`]);
  expect(await step("drift")).toMatchObject({ exitCode: 2 });
  expect(told()).toEqual([]);
  const { wrong } = await drift();
  expect(wrong.map(({ name, changes }) => [name, changes.map(({ path }) => path)])).toEqual([
    ["ghost-01/nginx", [`files["${SITE}"].content`]],
  ]);
  const after = await audit();
  expect([after.filter((name) => !before.includes(name)), before.filter((name) => !after.includes(name))]).toEqual([
    [expect.stringMatching(/forgotten\.alaivos\.com/)],
    [],
  ]);
});

test("`--fix` heals the file, and leaves the record to who made it", async () => {
  const { exitCode, wrong, stderr } = await drift("--fix");
  expect([exitCode, wrong.map(({ name, fix }) => [name, fix?.result])], stderr).toEqual([
    0,
    [["ghost-01/nginx", "healed"]],
  ]);
  expect(
    await alaivos.ssh("ghost-01", `grep -c "default-src 'self'" ${SITE}; grep -c 'default-src \\*' ${SITE} || true`),
  ).toBe("1\n0");
  const { result } = await alaivos.cloud<{ result: { name: string }[] }>(
    "cloudflare",
    "GET",
    `${await ZONE_RECORDS()}?per_page=100`,
  );
  expect(result.map(({ name }) => name)).toContain("forgotten.alaivos.com");
});

test("the second look finds no drift, and says once that it is over", async () => {
  expect(await drift()).toMatchObject({ exitCode: 0, wrong: [] });
  expect(await step("drift")).toMatchObject({ exitCode: 0, page: expect.stringContaining("0 drifted, 0 unknown") });
  expect(told()).toEqual([
    `alaivos: 1 resolved\nresolved ghost-01/nginx files["${SITE}"].content: it is as declared again`,
  ]);
});
