import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { floors } from "../../floors.ts";
import { root } from "../../src/setup/paths.ts";
import { readDocument } from "../readme/documents.ts";
import { breaches } from "./cruise.ts";
import { HOUSE, rulesOf } from "./rules.ts";

const rooms = floors.flatMap((floor) => Object.entries(floor.rooms));

test("every import leads downwards, none in a circle, and only those touch the world that may", async () => {
  expect(await breaches(root, HOUSE, rulesOf(floors))).toEqual([]);
}, 120_000);

test("every folder has its place", () => {
  const folders = readdirSync(join(root, "src")).map((name) => `src/${name}`);
  expect(rooms.map(([path]) => path)).toEqual(expect.arrayContaining(["hosts", "stacks", "services", ...folders]));
});

test("docs/architecture.md has the folders in the same order, and says of the same ones that they touch nothing", () => {
  const [table] = readDocument("docs/architecture.md").text.match(/(?<=## Folders\n)[^]*?(?=\n## )/)!;
  const rows = [...table.matchAll(/^\| `([\w./-]+?)\/?(?:<\w+>\/)?` \|.*\| ?([^|]*?) ?\|$/gm)];
  const described = rows.map(([, path, effects]) => ({ path, touches: effects !== "none" }));
  const planned = rooms.map(([path, touches]) => ({ path, touches: touches.length > 0 }));
  expect(described).toEqual([...planned, { path: "test", touches: true }]);
});
