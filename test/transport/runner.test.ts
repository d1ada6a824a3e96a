import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { explain } from "../../src/transport/failure.ts";
import { Local } from "../../src/transport/local.ts";
import { ConnectError, openSession } from "../../src/transport/session.ts";
import { frame, RUNNER, runnerReader, type RunnerEvent } from "../../src/transport/runner.ts";

const stream = "Welcome!\nfleet-ready ssh-ed25519 AAAA root@x\nfleet-done 1 0 4 3\na\nb\n€fleet-done 2 7 0 0\n";
const events: RunnerEvent[] = [
  { kind: "ready", hostKey: "ssh-ed25519 AAAA" },
  { kind: "done", id: 1, exitCode: 0, stdout: "a\nb\n", stderr: "€" },
  { kind: "done", id: 2, exitCode: 7, stdout: "", stderr: "" },
];

test.each([1, 2, 7, 1000])("the runner's output is understood in chunks of %i bytes", (size) => {
  const seen: RunnerEvent[] = [];
  const read = runnerReader((event) => seen.push(event));
  const bytes = Buffer.from(stream);
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  expect(seen).toEqual(events);
});

test("a machine without an ed25519 key is ready all the same", () => {
  const seen: RunnerEvent[] = [];
  runnerReader((event) => seen.push(event))(Buffer.from("fleet-ready \n"));
  expect(seen).toEqual([{ kind: "ready", hostKey: undefined }]);
});

test("a frame counts bytes, not characters", () => {
  expect(frame(3, "echo €", 9).toString()).toBe("3 9 16\necho €\n# end 3");
});

test("any login shell can pass the runner on in single quotes", () => expect(RUNNER).not.toContain("'"));

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
      const open = () => openSession("box", spawn("sh", ["-c", RUNNER], { uid: 65534, gid: 65534, env }), 10);
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
