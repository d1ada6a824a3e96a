import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openEventPipe } from "../../src/engine/event-pipe.ts";

const run = promisify(execFile);

test("everything that a program writes arrives, however much, and nothing stays", async () => {
  let text = "";
  const pipe = await openEventPipe((more) => (text += more));
  expect(statSync(pipe.path).isFIFO()).toBe(true);
  expect(statSync(pipe.path).mode & 0o777).toBe(0o600);
  await run("sh", ["-c", `seq 1 100000 > ${pipe.path}`]);
  await pipe.close();
  expect(text.trimEnd().split("\n")).toHaveLength(100_000);
  expect(existsSync(pipe.path)).toBe(false);
});

test("a program that never writes holds nobody up", async () => {
  let text = "";
  const pipe = await openEventPipe((more) => (text += more));
  await pipe.close();
  await pipe.close();
  expect(text).toBe("");
});
