import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { beginUp, endUp, forgetUp, readUpRecord, settle } from "../../src/deploy/last-up.ts";
import type { EngineTarget } from "../../src/engine/run.ts";
import { writeTag } from "../../src/engine/stack-tag.ts";

let folder: string;
let target: EngineTarget;
const thing = (urn: string, why = "refused") => ({ urn, host: null, why });
const at = new Date("2026-11-21T10:28:00Z");
const later = new Date("2026-11-21T10:29:00Z");
const begun = { begun: at.toISOString(), files: "f1" };
const ended = { ...begun, ended: later.toISOString() };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-last-up-test-"));
  await mkdir(join(folder, ".pulumi/stacks/fleet"), { recursive: true });
  target = { stack: "s", cwd: folder, env: { PATH: "", PULUMI_BACKEND_URL: `file://${folder}` } };
});
afterEach(() => rm(folder, { recursive: true }));

const begin = () => beginUp(target, "f1", at);

describe("what is known of the last `up`", () => {
  test.each<[string, () => Promise<unknown>, unknown]>([
    ["nothing, before any", async () => {}, undefined],
    ["that it has begun", begin, begun],
    ["nothing, once it has reached all", async () => endUp(target, await begin(), [], later), undefined],
    [
      "what it did not reach",
      async () => endUp(target, await begin(), [thing("a")], later),
      { ...ended, unreached: [thing("a")] },
    ],
    [
      "that another one has begun meanwhile, whatever becomes of it",
      async () => {
        const first = await begin();
        await beginUp(target, "f2", later);
        await endUp(target, first, [], later);
      },
      { begun: later.toISOString(), files: "f2" },
    ],
    [
      "that it did not reach all, where the list is too long to be kept",
      async () => endUp(target, await begin(), [thing("a", "x".repeat(100_001))], later),
      ended,
    ],
    [
      "what is left, when some of it was reached since",
      async () => {
        await endUp(target, await begin(), [thing("a"), thing("b")], later);
        await settle(target, new Set(["a", "c"]));
      },
      { ...ended, unreached: [thing("b")] },
    ],
    [
      "nothing, when all of it was reached since",
      async () => {
        await endUp(target, await begin(), [thing("a")], later);
        await settle(target, new Set(["a"]));
      },
      undefined,
    ],
    [
      "that it has not ended, whatever was reached since",
      async () => {
        await begin();
        await settle(target, new Set(["a"]));
      },
      begun,
    ],
    [
      "nothing, when all is destroyed",
      async () => {
        await begin();
        await forgetUp(target);
      },
      undefined,
    ],
  ])("%s", async (_what, happens, known) => {
    await happens();
    expect(await readUpRecord(target)).toEqual(known);
  });

  test("is an error when it can't be read, until the next `up`", async () => {
    await writeTag(target, "fleet:up", "{");
    await expect(readUpRecord(target)).rejects.toThrow("the stack's tag fleet:up is not what `fleet up` writes");
    await begin();
    expect(await readUpRecord(target)).toEqual(begun);
  });
});

test("a backend that takes short values alone keeps that it did not reach all", async () => {
  const bin = await mkdtemp(join(tmpdir(), "fleet-pulumi-test-"));
  onTestFinished(() => rm(bin, { recursive: true }));
  // As Pulumi Cloud: stack tag set NAME VALUE.
  const script =
    '#!/bin/sh\ncase $3 in\n  get) cat "$0.tag" 2>/dev/null || { echo "error: stack tag \'$4\' not found" >&2; exit 1; } ;;\n' +
    '  set) [ ${#5} -le 256 ] || { echo "error: tag value too long" >&2; exit 1; }; printf %s "$5" >"$0.tag" ;;\nesac\n';
  await writeFile(join(bin, "pulumi"), script);
  await chmod(join(bin, "pulumi"), 0o755);
  const cloud = { ...target, env: { PATH: `${bin}:${process.env.PATH}` } };
  expect(await readUpRecord(cloud)).toBeUndefined();
  await endUp(cloud, await beginUp(cloud, "f1", at), [thing("a", "x".repeat(300))], later);
  expect(await readUpRecord(cloud)).toEqual(ended);
  await endUp(cloud, await beginUp(cloud, "f1", at), [thing("a")], later);
  expect(await readUpRecord(cloud)).toEqual({ ...ended, unreached: [thing("a")] });
});
