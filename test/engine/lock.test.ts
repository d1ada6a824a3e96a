import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clearStaleLocks } from "../../src/engine/lock.ts";

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "fleet-lock-"));
  folder = join(root, ".pulumi", "locks", "organization", "fleet", "alaivos");
  await mkdir(folder, { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const hold = (pid: number, host = hostname()) => writeFile(join(folder, "lock.json"), JSON.stringify({ pid, hostname: host }));
const deadPid = () => spawnSync("true").pid;

test("no lock is no matter", async () => {
  await clearStaleLocks(`file://${root}`, "alaivos", 0);
  expect(await readdir(folder)).toEqual([]);
});

test("the lock of a process that is gone is removed", async () => {
  await hold(deadPid());
  await clearStaleLocks(`file://${root}`, "alaivos", 0);
  expect(await readdir(folder)).toEqual([]);
});

test.each([["a live process", process.pid, hostname()], ["another machine", 1, "elsewhere"]])("the lock of %s stays, and its holder is named", async (_what, pid, host) => {
  await hold(pid, host);
  await expect(clearStaleLocks(`file://${root}`, "alaivos", 0)).rejects.toThrow(`process ${pid} on ${host}`);
  expect(await readdir(folder)).toEqual(["lock.json"]);
});

test("locks of other backends are theirs to release", async () => {
  await expect(clearStaleLocks("s3://bucket", "alaivos", 0)).resolves.toBeUndefined();
});
