import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../../src/engine/scratch.ts";

test("a folder of one's own; those of processes that are gone are cleared away, and nothing else is", async () => {
  const temporary = await mkdtemp(join(tmpdir(), "scratch-test-"));
  const gone = spawnSync("true").pid;
  const kept = [`fleet-events-${process.ppid}-abc`, "fleet-events-notes", `fleet-view-${gone}-abc`, "other"];
  for (const name of [...kept, `fleet-events-${gone}-abc`]) await mkdir(join(temporary, name));
  const folder = await scratchFolder("events", temporary);
  expect(basename(folder)).toMatch(new RegExp(`^fleet-events-${process.pid}-`));
  expect((await readdir(temporary)).sort()).toEqual([...kept, basename(folder)].sort());
  await rm(temporary, { recursive: true });
});
