import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { JumpHosts } from "../../src/transport/jump-hosts.ts";
import { OpenSsh } from "../../src/transport/openssh.ts";
import type { Connection, Session } from "../../src/transport/types.ts";
import { canRunSshd, TestSshd } from "./sshd.ts";

const minute = { timeoutSeconds: 60 };
const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("fleet-jump-"));

// Whoever works with jump hosts on this computer has such folders in the usual place.
const usual = process.env.TMPDIR;
beforeAll(() => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), "fleet-own-"));
});
afterAll(() => {
  rmSync(tmpdir(), { recursive: true });
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
});
const reasons = (results: PromiseSettledResult<unknown>[]) =>
  results.map((r) => (r.status === "rejected" ? (r.reason as Error).message : "reached"));

describe.skipIf(!canRunSshd)("hosts behind a jump host", () => {
  let sshd: TestSshd;
  let transport: OpenSsh;
  let silent: Server;
  const behind = (changes: Partial<Connection> = {}, hub: Partial<Connection> = {}): Connection =>
    sshd.connection({ jump: "hub", jumpConnection: sshd.connection(hub), ...changes });
  const openAll = (count: number, connection: Connection) =>
    Promise.allSettled(Array.from({ length: count }, (_, i) => transport.open(`spoke-${i}`, connection)));
  const close = (results: PromiseSettledResult<Session>[]) =>
    Promise.all(results.map(async (r) => (r.status === "fulfilled" ? r.value.close() : undefined)));

  beforeAll(async () => {
    sshd = new TestSshd();
    await sshd.start();
    silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    transport = new OpenSsh({ include: sshd.include });
  });
  afterEach(() => transport.close());
  afterAll(async () => {
    silent.close();
    await sshd.remove();
  });

  test("share one connection to it, and each makes its own to itself", async () => {
    const [logins, handshakes] = [sshd.logins(), transport.handshakes];
    const sessions = await openAll(8, behind());
    expect(reasons(sessions)).toEqual(Array(8).fill("reached"));
    const said = await Promise.all(
      sessions.map((s, i) => (s as PromiseFulfilledResult<Session>).value.run(`echo ${i}`, minute)),
    );
    expect(said.map(({ stdout }) => stdout)).toEqual(said.map((_, i) => `${i}\n`));
    expect([sshd.logins() - logins, transport.handshakes - handshakes]).toEqual([9, 9]);
    await close(sessions);
  });

  test.each<[string, Partial<Connection>, { isProof?: boolean }, number]>([
    ["needs no other", {}, {}, 0],
    ["makes its own to prove that it can be reached", {}, { isProof: true }, 1],
    ["makes its own over an address of its own", { address: "localhost" }, {}, 1],
  ])("share it with the jump host itself, which %s", async (_, changes, options, more) => {
    const sessions = await openAll(1, behind());
    const [logins, handshakes] = [sshd.logins(), transport.handshakes];
    const own = await transport.open("hub", sshd.connection(changes), options);
    expect(await own.run("echo hub", minute)).toMatchObject({ stdout: "hub\n" });
    expect([transport.handshakes - handshakes, sshd.logins() - logins]).toEqual([more, more]);
    await own.close();
    await close(sessions);
  });

  test("leave the jump host a connection of its own when theirs has ended", async () => {
    const sessions = await openAll(1, behind());
    const [line] = folders();
    spawnSync("ssh", ["-F", "none", "-S", join(tmpdir(), line!, "line"), "-O", "stop", "hub"]);
    const logins = sshd.logins();
    const own = await transport.open("hub", sshd.connection());
    expect([await own.run("echo hub", minute), sshd.logins() - logins]).toMatchObject([{ stdout: "hub\n" }, 1]);
    await own.close();
    await close(sessions);
  });

  test("are told at once and by one try when it is down", async () => {
    const before = transport.handshakes;
    const started = Date.now();
    const hub = { port: 1 };
    const results = [...(await openAll(5, behind({}, hub))), ...(await openAll(2, behind({}, hub)))];
    expect(reasons(results)).toEqual(
      results.map((_, i): unknown =>
        expect.stringMatching(
          `^spoke-${i % 5} is unreachable: via hub, which cannot be reached itself: ssh: ` +
            "connect to host 127.0.0.1 port 1: Connection refused\\. Check",
        ),
      ),
    );
    expect(transport.handshakes - before).toBe(1);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test("each have their own deadline, when it does not answer or they do not", async () => {
    const port = (silent.address() as AddressInfo).port;
    const started = Date.now();
    const results = (await Promise.all([openAll(3, behind({}, { port })), openAll(2, behind({ port }))])).flat();
    expect(
      reasons(results).map((reason) =>
        reason.replace(/^spoke-\d is unreachable: /, "").replace(/ (to|with) .*|\. Check.*/, ""),
      ),
    ).toEqual([
      ...Array(3).fill("via hub, which cannot be reached itself: Connection timed out during banner exchange"),
      ...Array(2).fill("via hub: Connection timed out during banner exchange"),
    ]);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test.each<[string, () => Connection, RegExp]>([
    [
      "a wrong key of the jump host",
      () => behind({}, { hostKey: sshd.makeKey("nobodys-hub") }),
      /via hub, which cannot be reached itself: it answers with another SSH host key than the fleet pinned for it/,
    ],
    [
      "a wrong key of the host",
      () => behind({ hostKey: sshd.makeKey("nobodys-spoke") }),
      /unreachable: it answers with another SSH host key than the fleet pinned for it/,
    ],
    ["a host that is off", () => behind({ port: 1 }), /unreachable: via hub: nothing answers there\. Check/],
    [
      "a user whom the host does not know",
      () => behind({ user: "nobody" }),
      /unreachable: via hub: .*Permission denied/,
    ],
  ])("%s is told", async (_, connection, message) => {
    await expect(transport.open("spoke", connection())).rejects.toThrow(message);
  });

  test("come back by a new connection when the shared one broke", async () => {
    const [first] = await openAll(1, behind());
    sshd.breakConnections();
    await (first as PromiseFulfilledResult<Session>).value.ended;
    const again = await transport.open("spoke", behind({ bootSeconds: 5 }));
    expect((await again.run("echo back", minute)).stdout).toBe("back\n");
    await again.close();
  });

  test("never get a connection that goes around the shared one", async () => {
    const jumps = new JumpHosts({ include: sshd.include, readySeconds: 10, onHandshake: () => {} });
    const line = await jumps.lineTo("127.0.0.1", sshd.connection());
    await jumps.close();
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", line.proxyCommand.replace("%h", "127.0.0.1").replace("%p", String(sshd.port))],
      { encoding: "utf8" },
    );
    expect(status).toBe(255);
    expect(stderr).not.toContain("connect to host");
  });

  test("leave nothing behind, whether closed or killed; meanwhile only the owner can enter", async () => {
    const before = folders();
    const made = () => folders().filter((name) => !before.includes(name));
    const session = await transport.open("spoke", behind());
    expect(made().map((name) => (statSync(join(tmpdir(), name)).mode & 0o777).toString(8))).toEqual(["700"]);
    await session.close();
    await transport.close();
    expect(made()).toEqual([]);

    const module = join(import.meta.dirname, "../../src/transport/openssh.ts");
    const program = `import { OpenSsh } from ${JSON.stringify(module)};
      const ssh = new OpenSsh({ include: ${JSON.stringify(sshd.include)} });
      await ssh.open("spoke", ${JSON.stringify(behind())});
      console.log("open");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    expect(made()).toHaveLength(1);
    child.kill("SIGKILL");
    await expect.poll(made, { timeout: 5000 }).toEqual([]);
    await expect.poll(() => sshd.connectionPids(), { timeout: 5000 }).toEqual([]);
  });

  test("wait for it while they may take time to boot", async () => {
    await sshd.stop();
    const booting = transport.open("spoke", behind({ bootSeconds: 20 }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await sshd.start();
    const session = await booting;
    expect((await session.run("echo up", minute)).stdout).toBe("up\n");
    await session.close();
  });
});
