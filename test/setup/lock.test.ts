import { spawn } from "node:child_process";
import { mkdtemp, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "../../src/setup/lock.mjs";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-lock-"));
  path = join(folder, "new/lock");
});
afterEach(() => rm(folder, { recursive: true }));

test("of five at the same time one works at a time, and all do", async () => {
  let inside = 0,
    most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await sleep(5);
    return inside--;
  };
  expect(await Promise.all(Array.from({ length: 5 }, () => withLock(path, work, { pollMs: 1 })))).toEqual([
    1, 1, 1, 1, 1,
  ]);
  expect(most).toBe(1);
});

test("it tells once that it waits, and only then", async () => {
  const told: string[] = [];
  const first = withLock(path, () => sleep(50), { onWait: () => told.push("first") });
  await sleep(10);
  await Promise.all([first, withLock(path, async () => {}, { pollMs: 5, onWait: () => told.push("second") })]);
  expect(told).toEqual(["second"]);
});

test("a failure frees the lock and comes through", async () => {
  await expect(
    withLock(path, async () => {
      throw new Error("broken");
    }),
  ).rejects.toThrow("broken");
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

test("the lock of a process that was killed is taken over at once", async () => {
  const holder = spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `import { withLock } from ${JSON.stringify(join(import.meta.dirname, "../../src/setup/lock.mjs"))};
     await withLock(${JSON.stringify(path)}, () => { console.log("held"); return new Promise((done) => setTimeout(done, 60_000)); });`,
  ]);
  await new Promise((done) => holder.stdout.once("data", done));
  const waiting = withLock(path, async () => "mine", { pollMs: 5 });
  await sleep(30);
  holder.kill("SIGKILL");
  expect(await waiting).toBe("mine");
});

test("of many that find the lock of a dead process one takes it over at a time", async () => {
  const dead = spawn("true");
  await new Promise((done) => dead.once("exit", done));
  for (let round = 0; round < 10; round++) {
    await withLock(path, async () => {});
    await writeFile(path, String(dead.pid));
    let inside = 0,
      most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(Math.random() * 2);
      inside--;
    };
    await Promise.all(Array.from({ length: 40 }, () => withLock(path, work, { pollMs: 1 })));
    expect(most).toBe(1);
  }
});

test("a lock whose holder is of another container is taken over when its heartbeat has stopped, not before", async () => {
  await withLock(path, async () => {});
  await writeFile(path, String(process.pid)); // a living process here, but not the one that wrote it
  let taken = false;
  const waiting = withLock(
    path,
    async () => {
      taken = true;
    },
    { pollMs: 5 },
  );
  await sleep(50);
  expect(taken).toBe(false);
  await utimes(path, new Date(), new Date(Date.now() - 31_000));
  await waiting;
  expect(taken).toBe(true);
});
