import { expect, test } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { failBriefly, run, within } from "../../src/setup/run.ts";

test("standard output comes back, standard error line by line", async () => {
  const lines: string[] = [];
  expect(await run("sh", ["-c", "echo out; echo one >&2; echo two >&2"], { onLine: (line) => lines.push(line) })).toBe(
    "out\n",
  );
  expect(lines).toEqual(["one", "two"]);
});

test.each([
  ["the last lines of its errors", "seq 20 >&2; exit 3", /^sh -c .* ended with exit code 3\n6\n(.*\n)*20$/],
  ["its output when it had no errors", "echo why; exit 1", /ended with exit code 1\nwhy$/],
  ["the signal that ended it", "kill -9 $$", /was ended by SIGKILL/],
])("a failure shows %s", async (_, script, message) => expect(run("sh", ["-c", script])).rejects.toThrow(message));

test("a program that is not there is named", () =>
  expect(run("no-such-program", [])).rejects.toThrow("no-such-program could not be started"));

test("a time limit ends the program and what it started", async () => {
  const started = Date.now();
  // The sleep holds the output open: only its own end lets run() return.
  await expect(run("sh", ["-c", "sleep 60; echo over"], { signal: within(0.05) })).rejects.toThrow("sh took too long");
  expect(Date.now() - started).toBeLessThan(15_000);
});

test("an abort says that it was one, and nothing is started after it", async () => {
  const controller = new AbortController();
  const running = run("sleep", ["60"], { signal: controller.signal });
  await sleep(20);
  controller.abort();
  await expect(running).rejects.toThrow("sleep was interrupted");
  await expect(run("sh", ["-c", "echo started"], { signal: controller.signal })).rejects.toThrow(/abort/);
});

test("a program that may fail says briefly why", async () =>
  expect(run("sh", ["-c", "echo trying >&2; echo no network >&2; exit 1"]).catch(failBriefly)).rejects.toThrow(
    /^no network$/,
  ));
