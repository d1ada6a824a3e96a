import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { OpenSsh } from "../../src/transport/openssh.ts";
import { Pool } from "../../src/transport/pool.ts";
import { ScriptTimeoutError, UnreachableError, type Session } from "../../src/transport/types.ts";
import { canRunSshd, TestSshd } from "./sshd.ts";

const minute = { timeoutSeconds: 60 };

describe.skipIf(!canRunSshd)("OpenSSH against a real sshd", () => {
  let sshd: TestSshd;
  let transport: OpenSsh;
  const open: Session[] = [];
  const connect = async (changes = {}) => {
    const session = await transport.open("box", sshd.connection(changes));
    open.push(session);
    return session;
  };

  beforeAll(async () => {
    sshd = new TestSshd();
    await sshd.start();
    transport = new OpenSsh({ include: sshd.include });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((session) => session.close()));
  });
  afterAll(() => sshd.remove());

  test("many scripts, one handshake, in order", async () => {
    const before = sshd.logins();
    const session = await connect();
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => session.run(`echo ${i}; echo e${i} >&2; exit ${i}`, minute)),
    );
    expect(results).toEqual(results.map((_, i) => ({ exitCode: i, stdout: `${i}\n`, stderr: `e${i}\n` })));
    expect(sshd.logins() - before).toBe(1);
  });

  const scripts: [string, string, { exitCode?: number; stdout?: string; stderr?: RegExp }][] = [
    ["nothing", "", { exitCode: 0, stdout: "" }],
    [
      "quotes, dollars, backslashes and line breaks stay",
      `cat <<'END'\n'"$x\\n\`\nÁА€😀\u0081\nEND`,
      { stdout: `'"$x\\n\`\nÁА€😀\u0081\n` },
    ],
    ["output without a last line break", "printf a; printf b >&2", { stdout: "a", stderr: /^b$/ }],
    [
      "output that looks like the protocol",
      "echo fleet-done 1 0 5 5; echo '# end 1'",
      { stdout: "fleet-done 1 0 5 5\n# end 1\n" },
    ],
    ["a syntax error", "if", { exitCode: 2, stderr: /[Ss]yntax error/ }],
    ["stdin is empty, not the next script", "cat; read x; echo end", { stdout: "end\n" }],
    ["a script that ends on a comment", "echo a # b", { stdout: "a\n" }],
    ["SIGPIPE works as usual", "yes | head -n 1; echo $?", { stdout: "y\n0\n", stderr: /^$/ }],
    ["root", "id -u", { stdout: "0\n" }],
    [
      "locale and PATH do not depend on the login",
      "echo $LC_ALL; command -v nologin >/dev/null && echo found",
      { stdout: "C\nfound\n" },
    ],
  ];
  let shared: Promise<Session> | undefined;
  afterAll(async () => (await shared)?.close());
  test.each(scripts)("script: %s", async (_, script, expected) => {
    shared ??= transport.open("box", sshd.connection());
    const result = await (await shared).run(script, minute);
    const { stderr = "", ...exact } = expected;
    expect(result).toMatchObject(exact);
    expect(result.stderr).toMatch(stderr);
  });

  test("megabytes each way, and a fresh shell each time", async () => {
    const session = await connect();
    const text = "0123456789abcdef\n".repeat(150_000);
    const big = await session.run(`x=1; cat <<'END'\n${text}END`, minute);
    expect(big.stdout === text).toBe(true);
    expect((await session.run('echo "[$x]"', minute)).stdout).toBe("[]\n");
  });

  test("a script over its time is terminated with its children; the session goes on", async () => {
    const session = await connect();
    const mark = join(sshd.folder, "late");
    await expect(
      session.run(`echo halfway >&2; (sleep 2; touch ${mark}) & wait`, { timeoutSeconds: 1 }),
    ).rejects.toThrow(new ScriptTimeoutError("box", 1, "halfway"));
    expect((await session.run("echo on", minute)).stdout).toBe("on\n");
    await sleep(1500);
    expect(existsSync(mark)).toBe(false);
  });

  test("an exit code of 124 is not taken for a timeout", async () => {
    expect((await (await connect()).run("exit 124", minute)).exitCode).toBe(124);
  });

  test("nothing of a script shows in a process list", async () => {
    const session = await connect();
    const word = `needle${process.pid}`;
    const running = session.run(`password=${word}; sleep 1; echo $password`, minute);
    await sleep(300);
    const processes = execFileSync("ps", ["-eo", "args="], { encoding: "utf8" });
    expect(processes).toContain("mark=fleet-");
    expect(processes).not.toContain(word);
    expect((await running).stdout).toBe(`${word}\n`);
  });

  test("a connection that breaks leaves the script running to its end, and nothing behind", async () => {
    const session = await connect();
    const mark = join(sshd.folder, "finished");
    const running = session.run(`sleep 2; echo out; echo err >&2; echo yes >${mark}`, minute);
    running.catch(() => {});
    await sleep(300);
    sshd.breakConnections();
    await expect(running).rejects.toThrow(/^box is unreachable: the connection broke while a script ran there/);
    await session.ended;
    expect(existsSync(mark)).toBe(false);
    await expect.poll(() => existsSync(mark) && readFileSync(mark, "utf8"), { timeout: 10_000 }).toBe("yes\n");
    await expect(session.run("true", minute)).rejects.toThrow("box is unreachable: the connection has ended");
  });

  test("half a script never starts", async () => {
    const mark = join(sshd.folder, "half");
    const session = await connect();
    // Bytes that never all come: the line drops after the first ones.
    const { child } = session as unknown as { child: { stdin: { write(text: string): void; end(): void } } };
    child.stdin.write(`1 5 500\ntouch ${mark}\n`);
    child.stdin.end();
    await session.ended;
    await sleep(200);
    expect(existsSync(mark)).toBe(false);
  });

  test("the folder of a session is removed with it", async () => {
    const session = await connect();
    const { stdout } = await session.run("ls -d /run/fleet.* /tmp/fleet.* 2>/dev/null; true", minute);
    expect(stdout).toMatch(/fleet\./);
    await session.close();
    await sleep(100);
    const mine = stdout
      .trim()
      .split("\n")
      .filter((folder) => existsSync(folder));
    expect(mine.length).toBeLessThan(stdout.trim().split("\n").length);
  });

  test.each([
    [0, 1, 1],
    [2, 2, 8],
  ])(
    "another host key is refused, whoever boots for %i s: an image may have started with one of its own",
    async (bootSeconds, least, most) => {
      const before = transport.handshakes;
      const hostKey = sshd.makeKey(`other-${bootSeconds}`);
      const attempt = connect({ hostKey, bootSeconds });
      await expect(attempt).rejects.toThrow(UnreachableError);
      await expect(attempt).rejects.toThrow(
        /^box is unreachable: it answers with another SSH host key than the fleet pinned for it/,
      );
      expect(transport.handshakes - before).toBeGreaterThanOrEqual(least);
      expect(transport.handshakes - before).toBeLessThanOrEqual(most);
    },
  );

  test("without a pinned key the user's known_hosts decides, here: nobody knows it", async () => {
    await expect(connect({ hostKey: undefined, bootSeconds: 5 })).rejects.toThrow(/its SSH host key is not known/);
  });

  test("a refused login is final when the machine is not booting", async () => {
    const before = transport.handshakes;
    await expect(connect({ user: "nobody" })).rejects.toThrow(
      /Permission denied \([a-z,-]+\)\. Its user must accept one of your SSH keys/,
    );
    expect(transport.handshakes - before).toBe(1);
  });

  test("a machine that boots is not waited for once the run is cancelled", async () => {
    const pool = new Pool(transport);
    const running = pool.run("box", sshd.connection({ port: 1, bootSeconds: 60 }), "true", minute);
    const started = Date.now();
    setTimeout(() => pool.cancel(), 200);
    await expect(running).rejects.toThrow(/Connection refused/);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  test("a closed port is final at once, or tried until the machine has booted", async () => {
    await sshd.stop();
    await expect(connect()).rejects.toThrow(/Connection refused\. Check that it is running/);
    const before = transport.handshakes;
    const booting = connect({ bootSeconds: 20 });
    await sleep(600);
    await sshd.start();
    expect((await (await booting).run("echo up", minute)).stdout).toBe("up\n");
    expect(transport.handshakes - before).toBeGreaterThan(1);
  });
});
