import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPulumi, pulumiOnPath } from "../../src/setup/pulumi-cli.ts";
import { ToolStore } from "../../src/setup/tool.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-path-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function program(path: string, output: string) {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), `#!/bin/sh\necho ${output}\n`);
  await chmod(join(folder, path), 0o755);
}

test("no CLI on PATH", async () => expect(await pulumiOnPath([folder])).toEqual({ unfit: "none is on PATH" }));

test("a CLI that fits, with its language host beside it", async () => {
  await program("pulumi", "v3.256.1");
  await program("pulumi-language-nodejs", "");
  expect(await pulumiOnPath([folder])).toEqual({
    path: join(folder, "pulumi"),
    languageHost: join(folder, "pulumi-language-nodejs"),
    version: "3.256.1",
  });
});

test("a CLI that fits, with its language host elsewhere on PATH", async () => {
  await program("a/pulumi", "v3.255.0");
  await program("b/pulumi-language-nodejs", "");
  expect(await pulumiOnPath([join(folder, "a"), join(folder, "b")])).toMatchObject({
    languageHost: join(folder, "b/pulumi-language-nodejs"),
  });
});

test.each([
  ["is too old", "v3.100.0", true, /pulumi is 3\.100\.0 and 3\.255\.0 or a newer 3\.x is needed/],
  ["can't run Node.js programs", "v3.255.0", false, /has no pulumi-language-nodejs/],
  ["says no version", "hello", true, /does not say its version/],
])("a CLI that %s is not taken, and the reason says so", async (_, version, host, reason) => {
  await program("pulumi", version);
  if (host) await program("pulumi-language-nodejs", "");
  expect(await pulumiOnPath([folder])).toEqual({ unfit: expect.stringMatching(reason) });
});

test("a fitting CLI on PATH comes before one that an earlier run built", async () => {
  const store = new ToolStore(join(folder, "bin"), join(folder, "cache"));
  await program("pulumi", "v3.255.0");
  await program("pulumi-language-nodejs", "");
  expect(await findPulumi(store, await pulumiOnPath([folder]))).toBeUndefined();
});
