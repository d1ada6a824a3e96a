import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import command from "@pulumi/command";
import pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPlugins, type RunningPlugins } from "../../src/lab/plugins/serve.ts";
import { openStack } from "./cloudflare-stack.ts";

let folder: string;
let plugins: RunningPlugins;
let sshd: ChildProcess;
let port: number;
const file = (name: string): string => join(folder, name);

/** An ssh server of our own on a free port, with a key pair for it and one for us. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "command-pulumi-"));
  plugins = await startPlugins({ cloudflareUrl: "http://127.0.0.1:1", cloudflareToken: "" });
  for (const name of ["host", "user"]) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file(name)]);
  const free = createServer().listen(0, "127.0.0.1");
  await sleep(50);
  port = (free.address() as { port: number }).port;
  free.close();
  mkdirSync("/run/sshd", { recursive: true });
  const options = { ListenAddress: `127.0.0.1:${port}`, HostKey: file("host"), AuthorizedKeysFile: file("user.pub"), StrictModes: "no", PidFile: "none", UsePAM: "no" };
  sshd = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", "/dev/null", ...Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`])], { stdio: "ignore" });
  await sleep(300);
});
afterAll(async () => {
  sshd.kill();
  await plugins.close();
  rmSync(folder, { recursive: true, force: true });
});

test("local and remote commands live through the real engine", async () => {
  writeFileSync(file("source"), "copied");
  const hidden = crypto.randomUUID();
  let trigger = 1;
  const program = async () => {
    const connection = { host: "127.0.0.1", port, user: "root", privateKey: readFileSync(file("user"), "utf8"), hostKey: readFileSync(file("host.pub"), "utf8").split(" ").slice(0, 2).join(" ") };
    const here = new command.local.Command("here", { create: `echo run >> ${file("runs")}; echo here`, delete: `touch ${file("gone")}`, triggers: [trigger] });
    const there = new command.remote.Command("there", {
      connection, create: 'echo "$WHO"; cat', environment: { WHO: here.stdout }, stdin: pulumi.secret(hidden),
    });
    new command.remote.CopyToRemote("copy", { connection, source: new pulumi.asset.FileAsset(file("source")), remotePath: file("it's there") });
    return { here: here.stdout, there: there.stdout, run: command.local.runOutput({ command: "echo now" }).stdout };
  };
  const stack = await openStack(folder, "commands", plugins.debugProviders, program);
  expect((await stack.preview()).changeSummary).toEqual({ create: 4 });
  const made = await stack.up();
  expect(made.summary.resourceChanges).toEqual({ create: 4 });
  expect(made.outputs).toEqual({
    here: { value: "here", secret: false }, there: { value: `here\n${hidden}`, secret: true }, run: { value: "now", secret: false },
  });
  expect(made.stdout).not.toContain(hidden);
  expect(readFileSync(file("it's there"), "utf8")).toBe("copied");
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
  const stack = await openStack(folder, "stranger", plugins.debugProviders, async () => {
    const connection = { host: "127.0.0.1", port, privateKey: readFileSync(file("user"), "utf8"), hostKey: readFileSync(file("other.pub"), "utf8").split(" ").slice(0, 2).join(" "), dialErrorLimit: 1 };
    new command.remote.Command("there", { connection, create: "true" });
  });
  await expect(stack.up()).rejects.toThrow(/Host key verification failed/);
});
