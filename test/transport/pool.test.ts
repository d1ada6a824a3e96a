import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { Fake } from "../../src/transport/fake.ts";
import { Pool } from "../../src/transport/pool.ts";
import type { Connection, OpenOptions } from "../../src/transport/types.ts";

const soon = { timeoutSeconds: 5 };
const at = { address: "10.0.0.1" };

afterEach(() => void vi.useRealTimers());

test("callers at the same time share one session, and their scripts run one after the other", async () => {
  let now = 0;
  let most = 0;
  const fake = new Fake(async ({ script }) => {
    most = Math.max(most, ++now);
    await sleep(5);
    now -= 1;
    return script;
  });
  const pool = new Pool(fake);
  const results = await Promise.all(["a", "b", "c"].map((script) => pool.run("tokyo", at, script, soon)));
  expect(results.map((r) => r.stdout)).toEqual(["a", "b", "c"]);
  expect([fake.handshakes.length, most]).toEqual([1, 1]);
});

test("nobody called, nobody connected", async () => {
  const fake = new Fake();
  await new Pool(fake).close();
  expect(fake.handshakes).toEqual([]);
});

test("hosts run side by side up to the limit", async () => {
  let now = 0;
  let most = 0;
  const fake = new Fake(async () => {
    most = Math.max(most, ++now);
    await sleep(10);
    now -= 1;
    return "";
  });
  const pool = new Pool(fake, { hosts: 3 });
  await Promise.all(Array.from({ length: 9 }, (_, i) => pool.run(`host-${i}`, {}, "x", soon)));
  expect(most).toBe(3);
});

test("a dead host is tried once for a whole batch, and again a minute later", async () => {
  vi.useFakeTimers();
  const fake = new Fake();
  fake.unreachable.set("tokyo", "Connection refused");
  const pool = new Pool(fake);
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => pool.run("tokyo", at, "x", soon)));
  expect(results.map((r) => r.status === "rejected" && String(r.reason))).toEqual(
    Array(20).fill("UnreachableError: tokyo is unreachable: Connection refused"),
  );
  expect((await pool.run("osaka", at, "x", soon)).exitCode).toBe(0);
  expect(fake.handshakes.map((h) => h.host)).toEqual(["tokyo", "osaka"]);
  fake.unreachable.clear();
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await pool.run("tokyo", at, "x", soon)).exitCode).toBe(0);
});

test("a failed script does not hold up the next", async () => {
  const fake = new Fake(({ script }) => {
    if (script === "bad") throw new Error("broken");
    return script;
  });
  const pool = new Pool(fake);
  const [bad, good] = await Promise.allSettled([
    pool.run("tokyo", at, "bad", soon),
    pool.run("tokyo", at, "good", soon),
  ]);
  expect([bad.status, good.status]).toEqual(["rejected", "fulfilled"]);
});

const key = "ssh-ed25519 AAAAtokyo";
const shared: [string, object[], number][] = [
  ["the same connection", [at, at], 1],
  ["another boot time", [at, { ...at, bootSeconds: 60 }], 1],
  ["another address", [at, { address: "10.0.0.2" }], 2],
  ["a pin after none, for the key that the machine says is its own", [at, { ...at, hostKey: `${key} root@tokyo` }], 1],
  ["a pin after none, for another key", [at, { ...at, hostKey: "ssh-ed25519 AAAAother" }], 2],
  ["none after a pin", [{ ...at, hostKey: key }, at], 1],
];
test.each(shared)("handshakes: %s", async (_, connections, handshakes) => {
  const fake = new Fake();
  fake.hostKeys.set("tokyo", key);
  const pool = new Pool(fake);
  await Promise.all(connections.map((connection) => pool.run("tokyo", connection, "x", soon)));
  expect(fake.handshakes.length).toBe(handshakes);
});

test("a session that ended is opened again; reconnect ends it on purpose", async () => {
  const fake = new Fake();
  const pool = new Pool(fake);
  await pool.run("tokyo", at, "x", soon);
  await pool.reconnect("tokyo", at);
  expect(fake.sessions).toBe(0);
  await pool.run("tokyo", at, "x", soon);
  expect([fake.handshakes.length, fake.sessions]).toEqual([2, 1]);
  await pool.close();
  expect(fake.sessions).toBe(0);
});

test("the first connection may be shared; the one after a change that may have cut the line is to prove that it can be made", async () => {
  const fake = new Fake();
  const proofs: unknown[] = [];
  const open = (host: string, connection: Connection, options?: OpenOptions) => (
    proofs.push(options?.isProof),
    fake.open(host, connection)
  );
  const pool = new Pool({ open });
  await pool.run("tokyo", at, "x", soon);
  await pool.reconnect("tokyo", at);
  await pool.run("tokyo", { ...at, bootSeconds: 0 }, "x", soon);
  await pool.run("seoul", at, "x", soon);
  expect(proofs).toEqual([false, true, false]);
});

test("what sessions share is ended after them", async () => {
  const fake = new Fake();
  const left: number[] = [];
  const pool = new Pool(Object.assign(fake, { close: async () => void left.push(fake.sessions) }));
  await pool.run("tokyo", at, "x", soon);
  await pool.close();
  expect(left).toEqual([0]);
});

test("reconnect lets the scripts before it end first", async () => {
  const sessions: number[] = [];
  const fake = new Fake(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    sessions.push(fake.sessions);
    return "";
  });
  const pool = new Pool(fake);
  await Promise.all([pool.run("tokyo", at, "x", soon), pool.run("tokyo", at, "y", soon), pool.reconnect("tokyo", at)]);
  expect(sessions).toEqual([1, 1]);
  await pool.close();
});

test("a host that did not answer at once gets its time to boot from whoever grants it", async () => {
  const fake = new Fake();
  fake.unreachable.set("tokyo", "no route");
  const pool = new Pool(fake);
  const attempts = async (bootSeconds: number) => {
    await expect(pool.run("tokyo", { ...at, bootSeconds }, "x", soon)).rejects.toThrow("no route");
    return fake.handshakes.length;
  };
  expect([await attempts(0), await attempts(0), await attempts(60), await attempts(60), await attempts(0)]).toEqual([
    1, 1, 2, 2, 2,
  ]);
  await pool.close();
});

test("a host is connected before anybody needs it, and only those that scripts ran on are remembered", async () => {
  const fake = new Fake();
  const pool = new Pool(fake);
  await Promise.all([
    pool.warm({ host: "tokyo", connection: at }),
    pool.warm({ host: "osaka", connection: { address: "10.0.0.2" } }),
  ]);
  expect(fake.handshakes.length).toBe(2);
  await pool.run("tokyo", { ...at, bootSeconds: 60 }, "x", soon);
  expect(fake.handshakes.length).toBe(2);
  expect(pool.used().map((r) => r.host)).toEqual(["tokyo"]);
});

test("warming that fails at once is no reason not to try again", async () => {
  const fake = new Fake();
  fake.unreachable.set("tokyo", "Connection refused");
  const pool = new Pool(fake);
  await pool.warm({ host: "tokyo", connection: at });
  fake.unreachable.clear();
  expect((await pool.run("tokyo", at, "x", soon)).exitCode).toBe(0);
  expect(fake.handshakes.length).toBe(2);
});

test("cancel lets the running script end and refuses those that wait", async () => {
  const fake = new Fake(() => sleep(20).then(() => "done"));
  const pool = new Pool(fake);
  const running = pool.run("tokyo", at, "a", soon);
  const waiting = pool.run("tokyo", at, "b", soon);
  await sleep(5);
  pool.cancel();
  expect((await running).stdout).toBe("done");
  await expect(waiting).rejects.toThrow("tokyo: not started, because the run was cancelled");
  expect(fake.runs.map((r) => r.script)).toEqual(["a"]);
  pool.resume();
  expect((await pool.run("tokyo", at, "c", soon)).stdout).toBe("done");
});
