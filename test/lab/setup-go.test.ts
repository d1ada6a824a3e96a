import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchGo } from "../../src/setup/go.ts";
import { progress } from "../../src/setup/progress.mjs";

const pins = join(import.meta.dirname, "../../src/setup/toolchain/requirements.txt");
const context = { progress, signal: new AbortController().signal };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-go-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a fetched Go builds and runs a program", async () => {
  await fetchGo(context, join(folder, "fetched"));
  await writeFile(join(folder, "main.go"), 'package main\n\nfunc main() { println("built") }\n');
  const env = { PATH: "/usr/bin:/bin", GOCACHE: join(folder, "cache"), GOTOOLCHAIN: "local", CGO_ENABLED: "0" };
  const { stderr } = await promisify(execFile)(join(folder, "fetched/go/bin/go"), ["run", join(folder, "main.go")], {
    env,
  });
  expect(stderr).toBe("built\n");
});

test("a Go whose hash is not the pinned one is refused, and nothing of it stays", async () => {
  const other = join(folder, "requirements.txt");
  await writeFile(other, (await readFile(pins, "utf8")).replaceAll(/sha256:\w{8}/g, "sha256:00000000"));
  await expect(fetchGo(context, join(folder, "fetched"), other)).rejects.toThrow(/DO NOT MATCH THE HASHES/);
  expect(await readdir(folder)).toEqual(["requirements.txt"]);
});
