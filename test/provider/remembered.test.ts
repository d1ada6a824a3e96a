import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readRemembered, remember } from "../../src/provider/remembered.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "fleet-remembered-"))));
afterEach(() => rm(folder, { recursive: true }));

const reached = [{ host: "tokyo", connection: { address: "192.0.2.1", jump: "zurich" } }];

test("what was reached is known the next time, and nothing is left beside it", async () => {
  const file = join(folder, "deep", "stack.json");
  await remember(file, reached);
  expect(await readRemembered(file)).toEqual(reached);
  expect(await readdir(join(folder, "deep"))).toEqual(["stack.json"]);
});

test("a run that reached nobody forgets nothing", async () => {
  const file = join(folder, "stack.json");
  await remember(file, reached);
  await remember(file, []);
  expect(await readFile(file, "utf8")).toBe(JSON.stringify(reached));
});

test.each(["", "{", "[not json"])("a file that cannot be read is no memory: %j", async (text) => {
  const file = join(folder, "stack.json");
  await writeFile(file, text);
  expect(await readRemembered(file)).toEqual([]);
});

test("nothing is remembered before the first time", async () =>
  expect(await readRemembered(join(folder, "none.json"))).toEqual([]));
