import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Floor } from "../../floors.ts";
import { breaches } from "./cruise.ts";
import { HOUSE, rulesOf } from "./rules.ts";

/** A small house: two rooms beside each other under a roof with a file that stands apart, on one ground. */
const plan: Floor[] = [
  { is: "roof", rooms: { stacks: [] } },
  { is: "chimney", rooms: { "stacks/main.ts": ["processes"] } },
  { is: "rooms", rooms: { "src/left": [], "src/right": ["files"] } },
  { is: "ground", rooms: { "src/ground": ["files", "processes", "network"] } },
];

const clean = {
  "stacks/one/fleet.ts": 'import "../../src/left/a.ts";\nimport "../other.ts";',
  "stacks/other.ts": 'import type { Ground } from "../src/ground/types.ts";\nexport type Other = Ground;',
  "stacks/main.ts": 'import "node:child_process";\nimport "../src/right/b.ts";\nawait import("../src/left/a.ts");',
  "src/left/a.ts": 'import type { Ground } from "../ground/types.ts";\nexport type A = Ground;',
  "src/right/b.ts": 'import { readFileSync } from "node:fs";\nexport const b = readFileSync;',
  "src/ground/types.ts": "export type Ground = string;",
  "src/ground/run.ts": 'import { spawn } from "node:child_process";\nexport const run = spawn;',
  "services/none.ts": "",
  "hosts/none.ts": "",
  "test/any.test.ts": 'import "../src/left/a.ts";\nimport "../stacks/main.ts";\nimport "node:net";',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "floors-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The breaches of the small house with some files written otherwise. */
async function withFiles(files: Record<string, string>): Promise<string[]> {
  await rm(folder, { recursive: true });
  for (const [path, text] of Object.entries({ ...clean, ...files })) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return breaches(folder, HOUSE, rulesOf(plan));
}

const down = (room: string) =>
  `not below ${room} in floors.ts: move what both need down, or have it handed over as an argument`;
const circle = "they import each other in a circle: move what both need into a file below them";
const reach = "touching nothing in floors.ts is reaching no process, network or SDK: part off what is needed";
const touch = (room: string, what: string) =>
  `${room} does not touch ${what} in floors.ts: leave that to a folder that does`;

test.each<[string, Record<string, string>, string[]]>([
  ["nothing, in a house that is in order", {}, []],
  [
    "an import upwards",
    { "src/ground/run.ts": 'import "../right/b.ts";' },
    [`src/ground/run.ts → src/right/b.ts: ${down("src/ground")}`],
  ],
  [
    "an import upwards of a type alone",
    { "src/ground/types.ts": 'import type { A } from "../../stacks/other.ts";\nexport type Ground = typeof A;' },
    [`src/ground/types.ts → stacks/other.ts: ${down("src/ground")}`],
  ],
  [
    "an import upwards inside of a type",
    { "src/ground/run.ts": 'export type B = import("../right/b.ts").B;' },
    [`src/ground/run.ts → src/right/b.ts: ${down("src/ground")}`],
  ],
  [
    "an import upwards that waits until it is needed",
    { "src/ground/run.ts": 'export const b = () => import("../right/b.ts");' },
    [`src/ground/run.ts → src/right/b.ts: ${down("src/ground")}`],
  ],
  [
    "what is passed on from above",
    { "src/ground/run.ts": 'export * from "../right/b.ts";' },
    [`src/ground/run.ts → src/right/b.ts: ${down("src/ground")}`],
  ],
  [
    "a neighbour",
    { "src/right/b.ts": 'import "../left/a.ts";' },
    [`src/right/b.ts → src/left/a.ts: ${down("src/right")}`],
  ],
  [
    "a test that is imported",
    { "src/right/b.ts": 'import "../../test/help.ts";', "test/help.ts": "" },
    [`src/right/b.ts → test/help.ts: ${down("src/right")}`],
  ],
  [
    "a circle in one folder",
    { "src/right/b.ts": 'import "./c.ts";', "src/right/c.ts": 'import type { B } from "./b.ts";\nexport type C = B;' },
    [`src/right/b.ts → src/right/c.ts → src/right/b.ts: ${circle}`],
  ],
  [
    "a circle of tests",
    { "test/a.ts": 'import "./b.ts";', "test/b.ts": 'import "./a.ts";' },
    [`test/a.ts → test/b.ts → test/a.ts: ${circle}`],
  ],
  [
    "a file read where nothing is touched",
    { "src/left/a.ts": 'import "node:fs/promises";' },
    [`src/left/a.ts → fs/promises: ${touch("src/left", "files, processes, network, pulumi")}`],
  ],
  [
    "the network where files are touched",
    { "src/right/b.ts": 'import "node:http";' },
    [`src/right/b.ts → http: ${touch("src/right", "processes, network, pulumi")}`],
  ],
  [
    "a process in what stands beside a file that may",
    { "stacks/other.ts": 'import "node:child_process";' },
    [`stacks/other.ts → child_process: ${touch("stacks", "files, processes, network, pulumi")}`],
  ],
  [
    "a process that is reached over another folder",
    { "src/left/a.ts": 'import "../ground/run.ts";' },
    [`src/left/a.ts → src/ground/run.ts → child_process: ${reach}`],
  ],
])("%s is told", async (_, files, expected) => {
  expect(await withFiles(files)).toEqual(expected);
});
