import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { EventEmitter } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ANSWER_LIMIT, RunnerReader } from "../../src/transport/runner-reader.ts";
import { ConnectError, openSession } from "../../src/transport/session.ts";
import { ScriptTimeoutError, UnreachableError, type ScriptResult } from "../../src/transport/types.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Numbers from 0 to below `below`, the same for the same seed (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
type Random = ReturnType<typeof randomOf>;

const bytes = (random: Random, most: number): Buffer =>
  Buffer.from(Array.from({ length: random(most) }, () => random(256)));
const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)]!;
const splice = (all: Buffer, at: number, cut: number, more: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([all.subarray(0, at), more, all.subarray(at + cut)]);

/** What can happen to an answer without anybody at the far side knowing the mark. */
const accidents: ((answer: Buffer, random: Random, mark: string) => Buffer)[] = [
  (answer) => answer,
  (answer, random) => answer.subarray(0, random(answer.length)),
  (answer) => Buffer.concat([answer, answer]),
  (answer, random) => splice(answer, random(answer.length), 0, bytes(random, 50)),
  (answer, random) => splice(answer, random(answer.length), 1 + random(9)),
  (answer, random) => Buffer.concat([bytes(random, 3000), answer]),
  (answer, random) => Buffer.concat([answer, bytes(random, 3000)]),
  (answer, random) =>
    Buffer.concat([Buffer.from(pick(random, ["fleet-", "done 1 0 1 1\n", "\n\n", "fleet-done 1 0 0 0\n"])), answer]),
  (_, random) => bytes(random, 5000),
  () => Buffer.alloc(0),
  (answer, random, mark) =>
    Buffer.concat([Buffer.from(`${mark} done ${random(3) + 100} 0 2 0\nab${mark} end 100\n`), answer]),
];
/** What only a far side can do that lies. */
const lies: typeof accidents = [
  (answer, random, mark) => {
    const size = () =>
      pick(random, ["0", "1", "5", "4096", String(ANSWER_LIMIT), String(10 ** 15), "9".repeat(40), "-1", "", "x"]);
    return Buffer.concat([
      Buffer.from(`${mark} done 1 ${pick(random, ["0", "1", "999", ""])} ${size()} ${size()}\n`),
      answer,
    ]);
  },
  (_, random, mark) =>
    Buffer.from(`${mark} ${pick(random, ["ready", "ready a b", "end 1", "done", "done 1 0 1 0\n"])}\n`),
  (_, __, mark) => Buffer.from(`${mark} done ${"1".repeat(40_000)}`),
];

/** A far side that answers as it is told, in chunks of any size. */
class FarSide extends EventEmitter {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  isKilled = false;

  kill(): void {
    if (this.isKilled) return;
    this.isKilled = true;
    this.emit("exit", null);
    this.stdout.destroy();
    this.stderr.destroy();
    this.emit("close", null);
  }

  say(all: Buffer, random: Random): void {
    for (let at = 0; at < all.length && !this.isKilled;) {
      const size = pick(random, [1, 2, 10, 1000, all.length]);
      this.stdout.write(all.subarray(at, at + size));
      at += size;
    }
  }
}

async function settled<T>(work: Promise<T>): Promise<T | Error> {
  let outcome: T | Error | undefined;
  work.then(
    (value) => (outcome = value),
    (error: Error) => (outcome = error),
  );
  for (let waited = 0; outcome === undefined && waited < 60; waited += 1) await vi.advanceTimersByTimeAsync(1000);
  return outcome ?? new Error("nothing within a minute");
}

/** One connection with two scripts, of which something becomes wrong with what the far side says. */
async function connectAndRun(seed: number, harms: typeof accidents) {
  const random = randomOf(seed);
  const far = new FarSide();
  const harmed = random(3);
  const harm = (answer: Buffer, at: number): Buffer =>
    at === harmed ? pick(random, harms)(answer, random, mark) : answer;
  let mark = "";
  const opening = openSession(
    "box",
    (program) => {
      mark = /mark=(\S+)/.exec(program)![1]!;
      far.say(harm(Buffer.from(`${mark} ready ssh-ed25519 AAAA\n`), 0), random);
      return far as unknown as ChildProcessWithoutNullStreams;
    },
    20,
  );
  const truths: ScriptResult[] = [];
  far.stdin.on("data", (text: Buffer) => {
    const id = parseInt(text.toString(), 10);
    const [stdout, stderr] = ["x".repeat(random(300)), "é\n".repeat(random(20))];
    truths.push({ exitCode: 0, stdout, stderr });
    const head = `${mark} done ${id} 0 ${stdout.length} ${Buffer.byteLength(stderr)}\n`;
    far.say(harm(Buffer.from(`${head}${stdout}${stderr}${mark} end ${id}\n`), id), random);
  });
  const session = await settled(opening);
  const outcomes: unknown[] = [];
  if (!(session instanceof Error))
    for (const script of ["one", "two"]) outcomes.push(await settled(session.run(script, { timeoutSeconds: 5 })));
  far.kill();
  return { session, outcomes, truths };
}

const NAMED = [ConnectError, UnreachableError, ScriptTimeoutError];
const isNamed = (outcome: unknown): boolean => NAMED.some((kind) => outcome instanceof kind);

test("whatever happens to its answers, a script gets its own or an error with a name, in bounded time", async () => {
  let answered = 0;
  for (let seed = 1; seed <= 1500; seed += 1) {
    const { session, outcomes, truths } = await connectAndRun(seed, accidents);
    if (session instanceof Error) expect(session, `seed ${seed}`).toBeInstanceOf(ConnectError);
    outcomes.forEach((outcome, i) => {
      if (!isNamed(outcome)) expect(outcome, `seed ${seed}`).toEqual(truths[i]);
      if (!isNamed(outcome)) answered += 1;
    });
  }
  expect(answered).toBeGreaterThan(1000);
});

test("a far side that lies is told by name, in bounded time", async () => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const { session, outcomes } = await connectAndRun(seed, lies);
    const unnamed = [session, ...outcomes].filter((outcome) => outcome instanceof Error && !isNamed(outcome));
    expect(unnamed, `seed ${seed}`).toEqual([]);
  }
});

/** Bytes that are held now, whatever waits for the collector gone. */
function held(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test.each([
  ["noise", "", []],
  ["an answer that is announced as long as may be", "fleet-1 done 1 0 60000000 0\n", ["garbled"]],
  ["a line that does not end", "fleet-1 ready ", ["garbled"]],
])("bytes without end take no memory: %s", (_, head, expected) => {
  const events: string[] = [];
  const before = held();
  const reader = new RunnerReader("fleet-1", ({ kind }) => events.push(kind));
  reader.read(Buffer.from(head));
  for (let i = 0; i < 3000; i += 1) reader.read(Buffer.alloc(65_536, "fleet-"));
  expect(reader.printed.length).toBeLessThan(10_000);
  expect(events).toEqual(expected);
  expect(held() - before).toBeLessThan(2 * ANSWER_LIMIT);
});
