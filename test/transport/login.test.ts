import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explain } from "../../src/transport/failure.ts";
import { ConnectError, openSession } from "../../src/transport/session.ts";
import type { Session } from "../../src/transport/types.ts";
import { canRunSshd, TestSshd } from "./sshd.ts";

const READY_SECONDS = 3;
/** As on Fedora and NixOS: bash hands its options on to a bash, and to no other shell. */
const BASH_AS_SH = "ln -sf /bin/bash ~/sh; PATH=~:$PATH";

describe.skipIf(!canRunSshd)("what a login does before the fleet's program starts", () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = new TestSshd();
    await sshd.start();
  });
  afterAll(() => sshd.remove());

  /** @param option of the authorized key, such as a forced command */
  function open(startFile: string, option = ""): Promise<Session> {
    writeFileSync(join(sshd.home, ".bashrc"), startFile);
    writeFileSync(join(sshd.folder, "authorized"), `${option} ${sshd.clientKey()}\n`);
    const ssh = ["-F", sshd.include, "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR", "-p", String(sshd.port)];
    return openSession(
      "box",
      (program) => spawn("ssh", [...ssh, "root@127.0.0.1", `exec sh -c '${program}'`], { detached: true }),
      READY_SECONDS,
    );
  }

  test.each<[string, string]>([
    ["prints a title without a line feed", String.raw`printf "\033]0;root\007"`],
    ["prints lines", "echo Welcome; echo; echo 'fleet-ready ssh-ed25519 AAAA'"],
    ["prints on stderr", "echo 'Permission denied, you think' >&2"],
    ["prints megabytes without a line feed", "head -c 30000000 /dev/zero"],
    ["traces and tells what is run", `${BASH_AS_SH}; set -vx; export SHELLOPTS`],
    ["ends at the first failure, also in what it starts", `${BASH_AS_SH}; set -eu; export SHELLOPTS`],
    ["overwrites no file, nor does what it starts", `${BASH_AS_SH}; set -o noclobber; export SHELLOPTS`],
    ["takes all rights from new files", "umask 0777"],
  ])("it works for one that %s", async (_, startFile) => {
    const session = await open(startFile);
    const run = (script: string) => session.run(script, { timeoutSeconds: 10 });
    expect(await run("false; echo $unset-; echo b >&2; umask; exit 3")).toEqual({
      exitCode: 3,
      stdout: "-\n0022\n",
      stderr: "b\n",
    });
    expect(await run("echo again")).toMatchObject({ exitCode: 0, stdout: "again\n", stderr: "" });
    await session.close();
  });

  const SHELL = /look at the start files of the user's shell \(~\/\.bashrc/;
  test.each<[string, string, string, RegExp]>([
    ["asks something", "printf 'Which one? '; read -r which", "", /no answer within 3 s, .* it said "Which one\?"/],
    ["waits for input without a word", "cat", "", /^no answer within 3 s\. Check .*; where ssh gets in, look/],
    ["prints without end", "yes hello", "", /no answer within 3 s, .*, after it said "… .*hello hello/],
    ["ends", "exit 0", "", /^the shell there ended with code 0 before the fleet's program ran: /],
    ["ends as ssh itself does", "exit 255", "", /ended with code 255 before/],
    [
      "ends with words on stderr",
      "echo 'Permission denied' >&2; exit 3",
      "",
      /code 3 .*, after it said "Permission denied"/,
    ],
    ["starts another shell", "exec cat /dev/null", "", /ended with code 0/],
    ["has a forced command", "", 'command="echo only backups"', /code 0 .*, after it said "only backups"/],
    [
      "is told off",
      "",
      'command="echo This account is not available.; exit 1"',
      /code 1 .*"This account is not available\."/,
    ],
    ["does something to a terminal", String.raw`printf '\033[2J\r\nbye'; exit 1`, "", /it said "⟨U\+001B⟩\[2J bye"/],
    ["has its start file print our program", "", 'command="echo \\"$SSH_ORIGINAL_COMMAND\\"; exit 1"', /code 1/],
  ])("the reason says what it did: one that %s", async (_, startFile, option, reason) => {
    const error = await open(startFile, option).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ConnectError);
    const told = explain(error as ConnectError, {}).reason;
    expect(told).toMatch(reason);
    expect(told).toMatch(SHELL);
    expect(told.length).toBeLessThan(1000);
  });

  test("what a login has left running and prints into an answer makes it unreadable, never another", async () => {
    const go = join(sshd.folder, "go");
    const session = await open(`while [ ! -e ${go} ]; do sleep 0.05; done >/dev/null && sleep 0.3 && yes INTRUDER &`);
    const running = session.run(`touch ${go}; sleep 1; seq 100000`, { timeoutSeconds: 10 });
    await expect(running).rejects.toThrow(/box is unreachable: the connection broke .*its answer cannot be read/);
    expect(existsSync(go)).toBe(true);
    await session.ended;
  });

  test("what a script has left running prints into no other's answer", async () => {
    const session = await open("");
    const run = (script: string) => session.run(script, { timeoutSeconds: 10 });
    expect(await run("(for i in 1 2 3 4 5 6 7 8; do sleep 0.1; echo INTRUDER; done) & echo first")).toMatchObject({
      stdout: "first\n",
    });
    expect(await run("sleep 0.5; echo second")).toEqual({ exitCode: 0, stdout: "second\n", stderr: "" });
    await session.close();
  });
});

test("a process whose children hold its output open has ended all the same", async () => {
  const started = Date.now();
  await expect(openSession("box", () => spawn("sh", ["-c", "sleep 20 & exit 9"]), 15)).rejects.toThrow("code 9");
  expect(Date.now() - started).toBeLessThan(12_000);
});
