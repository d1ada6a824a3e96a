import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import command from "@pulumi/command";
import pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { labDown, labUp } from "../../src/lab/lifecycle.ts";
import { labPaths } from "../../src/lab/paths.ts";
import { startPlugins, type RunningPlugins } from "../../src/lab/plugins/serve.ts";
import { openStack } from "./cloudflare-stack.ts";

const STACK = "test-command";
const paths = labPaths(STACK);
const quiet = {
  step: <T>(_: string, work: (note: (text: string) => void) => Promise<T>) => work(() => {}),
  say: () => {},
};
const run = promisify(execFile);
const ssh = async (line: string) =>
  (await run("ssh", ["-F", paths.sshConfig, "-o", "BatchMode=yes", "one", line])).stdout;

let folder: string;
let plugins: RunningPlugins;
let connection: { host: string; user: string; privateKey: string; hostKey: string };
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "command-pulumi-"));
  plugins = await startPlugins({ cloudflareUrl: "http://127.0.0.1:1", cloudflareToken: "" });
  await labDown(STACK, { forget: true });
  await labUp(
    {
      stack: STACK,
      adoptedServers: [],
      zones: [],
      accountId: "0".repeat(32),
      staticHosts: [{ name: "one", authorizedKeys: [] }],
    },
    { progress: quiet },
  );
  const host = / HostName (.+)/.exec(readFileSync(paths.sshConfig, "utf8"))![1]!;
  const hostKey = readFileSync(paths.knownHosts, "utf8").trim().split(" ").slice(1, 3).join(" ");
  connection = { host, user: "root", privateKey: readFileSync(paths.key, "utf8"), hostKey };
});
afterAll(async () => {
  await plugins?.close();
  await labDown(STACK, { forget: true });
  rmSync(folder, { recursive: true, force: true });
});

test("local and remote commands live through the real engine", async () => {
  writeFileSync(file("source"), "copied");
  const hidden = crypto.randomUUID();
  let trigger = 1;
  const program = async () => {
    const here = new command.local.Command("here", {
      create: `echo run >> ${file("runs")}; echo here`,
      delete: `touch ${file("gone")}`,
      triggers: [trigger],
    });
    const there = new command.remote.Command("there", {
      connection,
      create: 'echo "$WHO"; cat',
      environment: { WHO: here.stdout },
      stdin: pulumi.secret(hidden),
    });
    new command.remote.CopyToRemote("copy", {
      connection,
      source: new pulumi.asset.FileAsset(file("source")),
      remotePath: "/root/it's there",
    });
    return { here: here.stdout, there: there.stdout, run: command.local.runOutput({ command: "echo now" }).stdout };
  };
  const stack = await openStack(folder, "commands", plugins.debugProviders, program);
  expect((await stack.preview()).changeSummary).toEqual({ create: 4 });
  const made = await stack.up();
  expect(made.summary.resourceChanges).toEqual({ create: 4 });
  expect(made.outputs).toEqual({
    here: { value: "here", secret: false },
    there: { value: `here\n${hidden}`, secret: true },
    run: { value: "now", secret: false },
  });
  expect(made.stdout).not.toContain(hidden);
  expect(await ssh('cat "/root/it\'s there"')).toBe("copied");
  const state = readFileSync(file("state/.pulumi/stacks/plugins/commands.json"), "utf8");
  expect(state).not.toContain(hidden);
  expect(state).not.toContain("PRIVATE KEY");

  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 4 });
  trigger = 2;
  expect((await stack.up()).summary.resourceChanges).toMatchObject({ replace: 1, same: 3 });
  expect(readFileSync(file("runs"), "utf8")).toBe("run\nrun\n");
  await stack.destroy();
  expect(readFileSync(file("gone"), "utf8")).toBe("");
});

test("a machine with another host key is refused", async () => {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file("other")]);
  const hostKey = readFileSync(file("other.pub"), "utf8").split(" ").slice(0, 2).join(" ");
  const stack = await openStack(folder, "stranger", plugins.debugProviders, async () => {
    new command.remote.Command("there", { connection: { ...connection, hostKey, dialErrorLimit: 1 }, create: "true" });
  });
  await expect(stack.up()).rejects.toThrow(/Host key verification failed/);
});
