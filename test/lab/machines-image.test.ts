import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureImage } from "../../src/lab/machines/image.ts";
import { findProcesses } from "../../src/lab/machines/processes.ts";

let folder: string, cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-image-"));
  cache = join(folder, "cache");
  await mkdir(cache);
});
afterEach(() => rm(folder, { recursive: true }));

test("an interrupted build leaves no folder, mount or process", async () => {
  const controller = new AbortController();
  const steps: string[] = [];
  const built = ensureImage({
    release: 13,
    cache,
    signal: controller.signal,
    progress: (step) => {
      steps.push(step);
      setTimeout(() => controller.abort(), 3000);
    },
  });
  await expect(built).rejects.toThrow(/machine image/);
  expect(steps).toEqual(["base system (debootstrap)"]);
  expect(await readdir(cache)).toEqual([]);
  expect(await readFile("/proc/self/mounts", "utf8")).not.toContain(folder);
  expect(findProcesses((args) => (args.some((arg) => arg.includes(cache)) ? args : undefined))).toEqual([]);
});

test("what others left is cleared away before a build, but no image that a machine was begun on", async () => {
  const kept = join(cache, "image-000000000000"),
    machine = join(folder, "lab/a/machines/web"),
    saved = join(folder, "snapshots/a/before/machines/web");
  for (const path of [
    kept,
    join(cache, "image-222222222222"),
    saved,
    join(cache, "image-111111111111"),
    join(cache, "part-abc"),
    join(cache, "go-build"),
    machine,
  ])
    await mkdir(path, { recursive: true });
  await writeFile(join(machine, "machine.json"), JSON.stringify({ image: kept }));
  await writeFile(join(saved, "machine.json"), JSON.stringify({ image: "/elsewhere/image-222222222222" }));
  const aborted = AbortSignal.abort();
  await expect(ensureImage({ release: 13, cache, signal: aborted, progress: () => {} })).rejects.toThrow(Error);
  expect((await readdir(cache)).sort()).toEqual(["go-build", "image-000000000000", "image-222222222222"]);
});
