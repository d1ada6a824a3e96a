import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { binDir, root, userPath } from "../../src/setup/paths.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-paths-"));
});
afterEach(() => rm(folder, { recursive: true }));

const of = (...folders: string[]) => userPath(folders.join(delimiter));

test("a user's folders are kept in their order, also those that are not there", () =>
  expect(of("/usr/bin", "/nowhere/bin", "", folder)).toEqual(["/usr/bin", "/nowhere/bin", folder]));

test("this repository's folders are left out", () =>
  expect(of(binDir, join(root, "node_modules/.bin"), "/usr/bin")).toEqual(["/usr/bin"]));

test("so is its folder of tools under another name: a tool would be linked to itself", async () => {
  await mkdir(binDir, { recursive: true });
  await symlink(binDir, join(folder, "bin"));
  expect(of(join(folder, "bin"), "/usr/bin")).toEqual(["/usr/bin"]);
});
