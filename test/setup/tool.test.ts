import { mkdtemp, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeTool, keyOf, ToolStore, type Tool } from "../../src/setup/tool.ts";

let folder: string;
let store: ToolStore;
const tool: Tool = {
  label: "Pulumi CLI",
  version: "3.255.0",
  origin: "built from Go modules",
  cached: false,
  reason: "none is on PATH",
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-tool-"));
  store = new ToolStore(join(folder, "bin"), join(folder, "cache"));
  await writeFile(join(folder, "pulumi"), "program");
});
afterEach(() => rm(folder, { recursive: true }));

test("an empty store has nothing", async () => expect(await store.find("pulumi", "key")).toBeUndefined());

test("what was put in is found again, as cached, with its reason", async () => {
  await store.put("pulumi", "key", tool, [join(folder, "pulumi")], "move");
  expect(await store.find("pulumi", "key")).toEqual({ ...tool, cached: true });
  await expect(stat(join(folder, "pulumi"))).rejects.toThrow("ENOENT");
});

test("a linked program stays where it is", async () => {
  await store.put("pulumi", "key", tool, [join(folder, "pulumi")], "link");
  expect(await readlink(join(folder, "bin/pulumi"))).toBe(join(folder, "pulumi"));
  expect(await readFile(join(folder, "bin/pulumi"), "utf8")).toBe("program");
});

test.each([
  ["its key changed", "other", async () => {}],
  ["a file is gone", "key", () => rm(join(folder, "bin/pulumi"))],
  ["a file is cut short", "key", () => writeFile(join(folder, "bin/pulumi"), "prog")],
  ["its stamp is damaged", "key", () => writeFile(join(folder, "cache/pulumi.stamp.json"), "{")],
  ["it was forgotten", "key", () => store.forget("pulumi")],
])("a tool is not trusted when %s", async (_, key, damage) => {
  await store.put("pulumi", "key", tool, [join(folder, "pulumi")], "move");
  await damage();
  expect(await store.find("pulumi", key)).toBeUndefined();
});

test("a tool is not trusted when putting its successor in was interrupted", async () => {
  await store.put("pulumi", "key", tool, [join(folder, "pulumi")], "move");
  await expect(store.put("pulumi", "key", tool, [join(folder, "not-built")], "move")).rejects.toThrow("ENOENT");
  expect(await store.find("pulumi", "key")).toBeUndefined();
});

test("the key changes with a text, with a file, and with nothing else", async () => {
  const file = join(folder, "go.mod");
  await writeFile(file, "go 1.26");
  const key = await keyOf(["3.255.0"], [file]);
  expect(await keyOf(["3.255.0"], [file])).toBe(key);
  expect(await keyOf(["3.256.0"], [file])).not.toBe(key);
  await writeFile(file, "go 1.27");
  expect(await keyOf(["3.255.0"], [file])).not.toBe(key);
});

test("a tool is described with where it came from and why", () => {
  expect(describeTool(tool)).toBe("3.255.0: built from Go modules, because none is on PATH");
  expect(describeTool({ ...tool, cached: true })).toBe(
    "3.255.0: cached (built from Go modules), because none is on PATH",
  );
  expect(describeTool({ ...tool, cached: true, origin: "from PATH", reason: "it fits" })).toBe(
    "3.255.0: from PATH, because it fits",
  );
});
