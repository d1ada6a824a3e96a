import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readTag, writeTag } from "../../src/engine/stack-tag.ts";
import type { EngineTarget } from "../../src/engine/run.ts";

/** Of a state in a folder. With the engine itself, and in a bucket: test/lab/stack-tag.test.ts. */

let folder: string;
let target: EngineTarget;
const file = () => join(folder, ".pulumi/stacks/fleet/s.pulumi-tags");

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-tag-test-"));
  await mkdir(join(folder, ".pulumi/stacks/fleet"), { recursive: true });
  target = { stack: "s", cwd: folder, env: { PATH: "", PULUMI_BACKEND_URL: `file://${folder}?metadata=skip` } };
});
afterEach(() => rm(folder, { recursive: true }));

test("a stack without tags has none", async () => {
  expect(await readTag(target, "fleet:up")).toBeUndefined();
});

test("a tag is set, set again and removed; those of others stay", async () => {
  await writeFile(file(), '{"version":1,"tags":{"pulumi:project":"fleet"}}');
  for (const value of ["a", "b", undefined]) {
    await writeTag(target, "fleet:up", value);
    expect(await readTag(target, "fleet:up")).toBe(value);
    expect(await readTag(target, "pulumi:project")).toBe("fleet");
  }
  expect(JSON.parse(await readFile(file(), "utf8"))).toEqual({ version: 1, tags: { "pulumi:project": "fleet" } });
});

test("tags that can't be read are no stack without tags", async () => {
  await mkdir(file());
  await expect(readTag(target, "fleet:up")).rejects.toThrow("EISDIR");
});
