import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { raiseKernelLimits } from "../../src/lab/machines/kernel-limits.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-limits-"));
});
afterEach(() => rm(folder, { recursive: true }));

test.each([
  ["the kernel's usual one", "128\n", "8192"],
  ["one that is enough", "8192\n", "8192\n"],
  ["one that an administrator raised", "65536\n", "65536\n"],
])("%s", async (_, before, after) => {
  await writeFile(join(folder, "limit"), before);
  await raiseKernelLimits(join(folder, "limit"));
  expect(await readFile(join(folder, "limit"), "utf8")).toBe(after);
});

test("a kernel without it is left alone", async () => {
  await raiseKernelLimits(join(folder, "none"));
  await expect(readFile(join(folder, "none"))).rejects.toThrow("ENOENT");
});
