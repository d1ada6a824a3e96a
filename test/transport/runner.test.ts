import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { explain } from "../../src/transport/failure.ts";
import { Local } from "../../src/transport/local.ts";
import { ConnectError, openSession } from "../../src/transport/session.ts";
import { frame, newMark, runner } from "../../src/transport/runner.ts";
import { RunnerReader, type RunnerEvent } from "../../src/transport/runner-reader.ts";

const MARK = "fleet-1234";

/** What is read of bytes that come in chunks of a size. */
function eventsOf(bytes: Buffer, size = bytes.length): RunnerEvent[] {
  const seen: RunnerEvent[] = [];
  const reader = new RunnerReader(MARK, (event) => seen.push(event));
  for (let at = 0; at < bytes.length; at += size) reader.read(bytes.subarray(at, at + size));
  return seen;
}

const done = (id: number, stdout = "", stderr = "", exitCode = 0) => ({ kind: "done", id, exitCode, stdout, stderr });
const ready = { kind: "ready", hostKey: "ssh-ed25519 AAAA" };
const answered = `${MARK} ready ssh-ed25519 AAAA root@x\n${MARK} done 1 0 4 3\na\nb\n€${MARK} end 1\n`;
const answers = [ready, done(1, "a\nb\n", "€")];
const streams: [string, string, unknown[]][] = [
  ["answers", `${answered}${MARK} done 2 7 0 0\n${MARK} end 2\n`, [...answers, done(2, "", "", 7)]],
  ["a banner of whole lines in front", `Welcome!\nfleet-ready\n${answered}`, answers],
  ["a title without a line feed in front", `\u001b]0;root\u0007${answered}`, answers],
  ["bytes of no encoding in front", `\u0000\ud800${answered}`, answers],
  ["the program's own text in front, as a login that traces prints it", `+ ${runner(MARK)} ${answered}`, answers],
  ["lines between answers", `${answered}hello\n${MARK} done 2 0 1 0\nx${MARK} end 2\nbye`, [...answers, done(2, "x")]],
  ["no host key", `${MARK} ready \n`, [{ kind: "ready", hostKey: undefined }]],
  [
    "output that looks like an answer",
    `${MARK} done 1 0 17 0\n${MARK} end 1\n${MARK} end 1\n`,
    [done(1, `${MARK} end 1\n`)],
  ],
];
test.each(streams.flatMap((each) => [1, 2, 7, 100_000].map((size) => [size, ...each] as const)))(
  "in chunks of %i bytes is understood: %s",
  (size, _, stream, expected) => expect(eventsOf(Buffer.from(stream), size)).toEqual(expected),
);

const garbled: [string, string, RegExp][] = [
  ["something printed into an answer", `${MARK} done 1 0 4 0\na\nINTRUDERb\n${MARK} end 1\n`, /something else prints/],
  ["an answer that is shorter than announced", `${MARK} done 1 0 9 0\na\n${MARK} end 1\n${answered}`, /as announced/],
  ["more than anybody reads", `${MARK} done 1 0 1000000000000000 0\n`, /printed 1000000000000000 bytes/],
  ["both together more than anybody reads", `${MARK} done 1 0 50000000 50000000\n`, /100000000 bytes/],
  ["no size at all", `${MARK} done 1 1  \n`, /"done 1 1" is none/],
  ["a line without an end", `${MARK} done ${"9".repeat(20_000)}`, /has no end/],
  ["an end without a beginning", `${MARK} end 1\n`, /"end 1" is none/],
];
test.each(garbled.flatMap((each) => [1, 100_000].map((size) => [size, ...each] as const)))(
  "in chunks of %i bytes is refused, with all that follows: %s",
  (size, _, stream, why) => {
    const seen = eventsOf(Buffer.from(stream + answered), size);
    expect(seen).toEqual([{ kind: "garbled", why: expect.stringMatching(why) as string }]);
  },
);

test("each connection has a mark of its own", () => expect(newMark()).not.toBe(newMark()));

test("a frame counts bytes, not characters", () => {
  expect(frame(3, "echo €", 9).toString()).toBe("3 9 16\necho €\n# end 3");
});

test("any login shell can pass the runner on in single quotes", () => expect(runner(newMark())).not.toContain("'"));

test.skipIf(process.getuid?.() !== 0)("the same runner works on this machine", async () => {
  const session = await new Local().open("here");
  expect(await session.run("echo hi; exit 3", { timeoutSeconds: 5 })).toEqual({
    exitCode: 3,
    stdout: "hi\n",
    stderr: "",
  });
  await session.close();
});

test.skipIf(process.getuid?.() !== 0)(
  "a long script that ends early is over, though what it started lives on; that has nothing of the script",
  async () => {
    const session = await new Local().open("here");
    const rest = "# the rest of it\n".repeat(60_000);
    const started = Date.now();
    const result = await session.run(
      `sleep 10 >/dev/null 2>&1 & echo $!; [ -e /dev/fd/3 ] && echo open; exit 3\n${rest}`,
      { timeoutSeconds: 15 },
    );
    const seconds = (Date.now() - started) / 1000;
    process.kill(parseInt(result.stdout, 10));
    expect(result).toEqual({ exitCode: 3, stdout: expect.stringMatching(/^\d+\n$/), stderr: "" });
    expect(seconds).toBeLessThan(5);
    await session.close();
  },
);

describe.skipIf(process.getuid?.() !== 0)("a user who is not root", () => {
  /** Opens a session as nobody, with a sudo that is the given script. */
  async function asNobody<T>(
    sudo: string,
    work: (open: () => ReturnType<typeof openSession>, log: () => string) => Promise<T>,
  ): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), "fleet-test-"));
    try {
      writeFileSync(join(folder, "sudo"), `#!/bin/sh\n${sudo.replaceAll("LOG", join(folder, "log"))}\n`);
      writeFileSync(join(folder, "log"), "");
      chmodSync(join(folder, "sudo"), 0o755);
      chmodSync(join(folder, "log"), 0o666);
      chmodSync(folder, 0o755);
      const env = { PATH: `${folder}:${process.env["PATH"]}` };
      const open = () =>
        openSession("box", (program) => spawn("sh", ["-c", program], { uid: 65534, gid: 65534, env }), 10);
      return await work(open, () => readFileSync(join(folder, "log"), "utf8"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("becomes root by sudo -n, which sees nothing of the script", async () => {
    await asNobody('printf "%s\\n" "$*" >>LOG; [ "$1" = -n ] || exit 1; shift; exec "$@"', async (open, log) => {
      const session = await open();
      expect((await session.run("word=needle; echo $word", { timeoutSeconds: 5 })).stdout).toBe("needle\n");
      await session.close();
      expect(log()).toMatch(/^-n true\n-n timeout -k 10 5 sh -c /);
      expect(log()).not.toContain("needle");
    });
  });

  test("is told so when sudo wants a password", async () => {
    await asNobody("echo 'sudo: a password is required' >&2; exit 1", async (open) => {
      const error = await open().catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ConnectError);
      expect(explain(error as ConnectError, {}).reason).toBe(
        "its user may not become root without a password (sudo: a password is required): " +
          "allow sudo -n for that user or connect as root",
      );
    });
  });
});
