import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Batcher } from "../../../src/provider/service/batch.ts";

const PACE = { quiet: 20, patience: 5000 };

/** Answers each request with its batch's number. */
function batcher(ready: () => Promise<void> = async () => {}, seconds = 0) {
  const batches: string[][] = [];
  const work = {
    ready,
    run: async (requests: string[]) => (
      await sleep(seconds * 1000),
      batches.push(requests),
      requests.map((r) => `${r}!`)
    ),
  };
  return { batches, of: new Batcher(work, PACE) };
}

test("requests that arrive while a connection is made are one batch, and each gets its own answer", async () => {
  const { batches, of } = batcher(() => sleep(150));
  const replies = [];
  for (const request of ["a", "b", "c"]) {
    replies.push(of.submit("host", request));
    await sleep(30);
  }
  expect(await Promise.all(replies)).toEqual(["a!", "b!", "c!"]);
  expect(batches).toEqual([["a", "b", "c"]]);
});

test("a batch waits for a trickle of requests, for whichever host, to dry up", async () => {
  const { batches, of } = batcher();
  const replies = [];
  for (let i = 0; i < 20; i += 1) {
    replies.push(of.submit(i % 2 ? "odd" : "even", String(i)));
    await sleep(5);
  }
  await Promise.all(replies);
  expect(batches.map((batch) => batch.length)).toEqual([10, 10]);
});

test("what arrives while a batch runs is the next batch", async () => {
  const { batches, of } = batcher(undefined, 0.1);
  const first = of.submit("host", "a");
  await sleep(60);
  await Promise.all([first, of.submit("host", "b"), of.submit("host", "c")]);
  expect(batches).toEqual([["a"], ["b", "c"]]);
});

test("when a host is not reached, all that wait for it hear why, and the next one tries again", async () => {
  let reachable = false;
  const { batches, of } = batcher(async () => {
    await sleep(10);
    if (!reachable) throw new Error("no route");
  });
  const both = await Promise.allSettled([of.submit("host", "a"), of.submit("host", "b")]);
  expect(both.map((r) => ((r as PromiseRejectedResult).reason as Error).message)).toEqual(["no route", "no route"]);
  reachable = true;
  expect(await of.submit("host", "c")).toBe("c!");
  expect(batches).toEqual([["c"]]);
});

describe("with a clock of its own", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  /** Submits requests at these times, in milliseconds, and tells when their batches began, to 20 ms. */
  const begun = async (expected: number | undefined, times: readonly number[]) => {
    const started = performance.now();
    const begun: [at: number, size: number][] = [];
    const work = {
      ready: async () => {},
      run: async (requests: string[]) => (
        begun.push([20 * Math.floor((performance.now() - started) / 20), requests.length]),
        requests
      ),
      expected: () => expected,
    };
    const of = new Batcher<string, string>(work, PACE);
    for (const at of times) setTimeout(() => void of.submit("host", "request"), at);
    await vi.advanceTimersByTimeAsync(10_000);
    return begun;
  };

  test.each<[string, number | undefined, number[], [at: number, size: number][]]>([
    ["nothing", undefined, [], []],
    ["a burst", undefined, [0, 1, 2], [[40, 3]]],
    [
      "two bursts",
      undefined,
      [0, 500],
      [
        [20, 1],
        [520, 1],
      ],
    ],
    ["who sends slowly is waited for longer", undefined, [0, 15, 34, 50, 69, 85, 100, 124], [[160, 8]]],
    ["all that are expected are there", 3, [0, 60, 120], [[120, 3]]],
    [
      "more than expected",
      2,
      [0, 60, 120],
      [
        [60, 2],
        [420, 1],
      ],
    ],
    ["fewer than expected", 3, [0, 60], [[360, 2]]],
  ])("%s", async (_, expected, times, batches) => expect(await begun(expected, times)).toEqual(batches));
});
