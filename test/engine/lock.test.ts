import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  clearStaleLocks,
  describeLock,
  holderOf,
  lockedMessage,
  locksIn,
  locksInFolder,
  removeLock,
} from "../../src/engine/lock.ts";

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "fleet-lock-"));
  folder = join(root, ".pulumi", "locks", "organization", "fleet", "alaivos");
  await mkdir(folder, { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const hold = (pid: number, host = hostname(), name = "lock", timestamp = new Date().toISOString()) =>
  writeFile(join(folder, `${name}.json`), JSON.stringify({ pid, username: "anna", hostname: host, timestamp }));
const deadPid = () => spawnSync("true").pid;
const options = { unlock: "npx fleet unlock alaivos", waitSeconds: 0 };
const clear = (url = `file://${root}`) => clearStaleLocks(url, "alaivos", options);

describe("clearStaleLocks", () => {
  test("no lock is no matter", async () => {
    await clear();
    expect(await readdir(folder)).toEqual([]);
  });

  test("the lock of a process that is gone is removed", async () => {
    await hold(deadPid());
    await clear();
    expect(await readdir(folder)).toEqual([]);
  });

  test("so is that of a process from before a restart, whose number another has now", async () => {
    await hold(process.pid, hostname(), "lock", "2020-01-01T00:00:00Z");
    await clear();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ["a live process", process.pid, hostname()],
    ["another computer", 1, "elsewhere"],
  ])("the lock of %s stays, its holder and the remedy are named", async (_what, pid, host) => {
    await hold(pid, host);
    await expect(clear()).rejects.toThrow(
      new RegExp(
        `^alaivos is locked by anna on ${host} \\(process ${pid}\\), since .* UTC: .*\`npx fleet unlock alaivos\`$`,
      ),
    );
    expect(await readdir(folder)).toEqual(["lock.json"]);
  });

  test("that of another computer is not waited for", async () => {
    await hold(1, "elsewhere");
    await expect(clearStaleLocks(`file://${root}`, "alaivos", { ...options, waitSeconds: 60 })).rejects.toThrow(
      "elsewhere",
    );
  });

  test("a process that ends is waited for, and who it is is told once", async () => {
    await hold(process.pid);
    const waited: string[] = [];
    setTimeout(() => void rm(join(folder, "lock.json")), 500);
    await clearStaleLocks(`file://${root}`, "alaivos", {
      ...options,
      waitSeconds: 60,
      onWait: (lock) => waited.push(lock.username),
    });
    expect(waited).toEqual(["anna"]);
  });

  test("locks of other backends are theirs to release", async () =>
    await expect(clear("s3://bucket")).resolves.toBeUndefined());
});

test("a lock that is freed takes no other with it", async () => {
  await hold(1, "elsewhere");
  await writeFile(join(folder, "lock.json.attrs"), "{}");
  const locks = await locksInFolder(`file://${root}?metadata=skip`, "alaivos");
  await hold(2, "elsewhere", "newer");
  await Promise.all(locks!.map(removeLock));
  expect(await readdir(folder)).toEqual(["newer.json"]);
});

test.each([
  ["no JSON", "{"],
  ["nothing", ""],
  ["no time", '{"pid":1}'],
])("a lock file with %s in it counts as not yet written", async (_what, text) => {
  await writeFile(join(folder, "lock.json"), text);
  expect(await locksInFolder(`file://${root}`, "alaivos")).toEqual([]);
});

const lock = (pid: number, host: string, since = new Date().toISOString()) => ({
  pid,
  username: "anna",
  hostname: host,
  since,
});
test.each([
  ["running", lock(process.pid, hostname())],
  ["ended", lock(deadPid(), hostname())],
  ["ended", lock(process.pid, hostname(), "2020-01-01T00:00:00Z")],
  ["elsewhere", lock(process.pid, "elsewhere")],
])("its holder is %s: %j", (holder, held) => expect(holderOf(held)).toBe(holder));

describe("what the engine says where it refuses to begin", () => {
  test("names each holder", () => {
    const output =
      "error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete " +
      "the lock file with `pulumi cancel`.\n" +
      "  s3://bucket/.pulumi/locks/organization/fleet/alaivos/1.json?region=auto: " +
      "created by anna@laptop (pid 4711) at 2026-11-21T12:00:00+02:00\n" +
      "  s3://bucket/x.json: created by DOMAIN\\bob@desk.lan (pid 5) at 2026-11-21T10:00:01Z";
    const locks = locksIn(output);
    expect(locks).toEqual([
      { username: "anna", hostname: "laptop", pid: 4711, since: "2026-11-21T10:00:00.000Z" },
      { username: "DOMAIN\\bob", hostname: "desk.lan", pid: 5, since: "2026-11-21T10:00:01.000Z" },
    ]);
    expect(lockedMessage("alaivos", locks.slice(0, 1), "npx fleet unlock alaivos")).toBe(
      "alaivos is locked by anna on laptop (process 4711), since 2026-11-21 10:00:00 UTC: wait until that is done. " +
        "If it was killed: `npx fleet unlock alaivos`",
    );
    expect(describeLock(locks[1]!)).toBe("DOMAIN\\bob on desk.lan (process 5), since 2026-11-21 10:00:01 UTC");
  });
  test("may be about something else", () => expect(locksIn("error: no stack named 'alaivos' found")).toEqual([]));
});
