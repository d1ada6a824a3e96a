import { afterAll, beforeAll, expect, test } from "vitest";
import { scratchCheckout, type Checkout } from "./checkout.ts";
import { meshFleet } from "./mesh-fleet.ts";
import { serveTraffic, traffic } from "./traffic.ts";

let fleet: Checkout;
beforeAll(async () => {
  fleet = await scratchCheckout("mesh", meshFleet);
  expect(await fleet.up()).toMatchObject({ exitCode: 0, stderr: expect.any(String) });
  await serveTraffic(fleet);
});
afterAll(async () => fleet?.[Symbol.asyncDispose]());

const rotate = (...args: string[]) => fleet.fleet(["mesh", "rotate", "mesh", "--lab", ...args]);
const publicKey = (host: string) => fleet.ssh(host, "wg pubkey </var/lib/wireguard/private.key");
const nextKey = (host: string) => fleet.ssh(host, "wg pubkey </var/lib/wireguard/next.key 2>/dev/null || true");
const usedKey = (host: string) => fleet.ssh(host, "wg show wg0 public-key");
const peersOf = async (host: string) => (await fleet.ssh(host, "wg show wg0 peers")).split("\n").sort();
const answers = (from: string, last: number) =>
  fleet.ssh(from, `ping -q -c 1 -W 2 10.84.0.${last} >/dev/null && echo yes || echo no`);

/**
 * Every tunnel works, the hub knows exactly the keys that its spokes use, nobody has another one waiting, and nothing
 * is left to do.
 */
async function expectInOrder(): Promise<void> {
  expect(await Promise.all([answers("hub", 2), answers("hub", 3), answers("ada", 1), answers("bob", 1)])).toEqual([
    "yes",
    "yes",
    "yes",
    "yes",
  ]);
  const keys = await Promise.all(["ada", "bob", "hub"].map(usedKey));
  expect(await Promise.all(["ada", "bob", "hub"].map(publicKey))).toEqual(keys);
  expect(await peersOf("hub")).toEqual(keys.slice(0, 2).sort());
  expect([await peersOf("ada"), await peersOf("bob")]).toEqual([[keys[2]], [keys[2]]]);
  expect(await Promise.all(["ada", "bob", "hub"].map(nextKey))).toEqual(["", "", ""]);
  expect((await fleet.drift()).drift.summary).toEqual({ same: 6, drifted: 0, unknown: 0 });
}

test("one spoke gets a new key while its tunnel carries traffic; the others notice nothing", async () => {
  const before = await Promise.all(["hub", "ada", "bob"].map(publicKey));
  const [{ exitCode, stderr }, ofAda, ofBob] = await Promise.all([
    rotate("--host", "ada"),
    traffic(fleet, "ada", 25),
    traffic(fleet, "bob", 25),
  ]);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining("ada uses its new key")]);
  const after = await Promise.all(["hub", "ada", "bob"].map(publicKey));
  expect(after.map((key, i) => key === before[i])).toEqual([true, false, true]);
  await expectInOrder();
  expect(ofBob.pings.received).toBe(ofBob.pings.sent);
  expect(ofBob.stream.longestMs).toBeLessThan(1000);
  // Its own traffic stops for as long as a handshake takes, and the stream goes on where it was.
  expect(ofAda.pings.received / ofAda.pings.sent).toBeGreaterThan(0.9);
  expect(ofAda.stream.longestMs).toBeLessThan(4000);
});

test("every spoke gets a new key", async () => {
  const before = await Promise.all(["ada", "bob"].map(publicKey));
  expect((await rotate()).exitCode).toBe(0);
  const after = await Promise.all(["ada", "bob"].map(publicKey));
  expect(before.filter((key) => after.includes(key))).toEqual([]);
  await expectInOrder();
});

const waitFor = (host: string, condition: string) => fleet.ssh(host, `until ${condition}; do sleep 0.02; done`);
const hubKnows = (keys: number) => waitFor("hub", `[ $(wg show wg0 peers | wc -l) -eq ${keys} ]`);
const switched = (host: string) => waitFor(host, "[ ! -e /var/lib/wireguard/next.key ]");

const firstOnly = () => hubKnows(4).then(() => switched("ada"));
/** Kills a rotation of all spokes at a point. @returns the keys before, and the new ones as far as they were made */
async function killedWhen(reached: () => Promise<unknown>): Promise<{ before: string[]; made: string[] }> {
  const before = await Promise.all(["ada", "bob"].map(publicKey));
  const running = fleet.start(["mesh", "rotate", "mesh", "--lab"]);
  await reached();
  running.kill();
  await running.ended;
  await expect
    .poll(() => Promise.all([answers("hub", 2), answers("hub", 3)]), { timeout: 30_000 })
    .toEqual(["yes", "yes"]);
  const known = await Promise.all(["ada", "bob"].map(async (host) => (await nextKey(host)) || (await publicKey(host))));
  return { before, made: known.filter((key) => !before.includes(key)) };
}

test.each<[string, () => Promise<unknown>]>([
  ["keys are made", () => waitFor("ada", "[ -s /var/lib/wireguard/next.key ]")],
  ["the hub has learned the next keys", () => hubKnows(4)],
  ["the first spoke switches", () => waitFor("ada", "systemctl is-active -q fleet-mesh-switch")],
  ["the first has switched and the second has not", firstOnly],
  ["all have switched and the hub still knows both keys of each", () => firstOnly().then(() => switched("bob"))],
])(
  "a rotation that is killed when %s leaves every tunnel working, and the next one finishes it with the keys that were made",
  async (_, reached) => {
    const { before, made } = await killedWhen(reached);
    expect(made.length).toBeGreaterThan(0);
    expect(await rotate()).toMatchObject({ exitCode: 0, stderr: expect.any(String) });
    const after = await Promise.all(["ada", "bob"].map(publicKey));
    expect(before.filter((key) => after.includes(key))).toEqual([]);
    expect(after).toEqual(expect.arrayContaining(made));
    await expectInOrder();
  },
);

test("an up in the middle of a rotation, by somebody who knows nothing of it, does no harm", async () => {
  const { before } = await killedWhen(firstOnly);
  expect((await fleet.up()).exitCode).toBe(0);
  expect(await Promise.all([answers("hub", 2), answers("hub", 3)])).toEqual(["yes", "yes"]);
  expect((await rotate()).exitCode).toBe(0);
  expect(before).not.toContain(await publicKey("bob"));
  await expectInOrder();
});

test("a spoke goes back to its old key by itself when the hub does not take the new one", async () => {
  const before = await publicKey("ada");
  const running = fleet.start(["mesh", "rotate", "mesh", "--lab", "--host", "ada"]);
  await expect.poll(async () => (await peersOf("hub")).length, { timeout: 60_000, interval: 50 }).toBe(3);
  const next = await nextKey("ada");
  await fleet.ssh("hub", `wg set wg0 peer ${next} remove`);
  const { exitCode, stderr } = await running.ended;
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(
      /ada: its tunnels did not come back within 20 s under the new key, so it took the old one again\. Its tunnel works as before/,
    ),
  ]);
  expect([await usedKey("ada"), await publicKey("ada"), await answers("hub", 2)]).toEqual([before, before, "yes"]);
  await fleet.ssh("hub", "systemctl reload wireguard");
  expect((await rotate("--host", "ada")).exitCode).toBe(0);
  expect(await publicKey("ada")).toBe(next);
  await expectInOrder();
});

test("the hub gets a new key too, and every tunnel goes on", async () => {
  const before = await publicKey("hub");
  const [{ exitCode, stderr }, ofAda] = await Promise.all([rotate("--host", "hub"), traffic(fleet, "ada", 25)]);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining("hub uses its new key")]);
  expect(await publicKey("hub")).not.toBe(before);
  await expectInOrder();
  expect(ofAda.stream.longestMs).toBeLessThan(8000);
});

test("a spoke that is down keeps its key and is named; the others get theirs", async () => {
  const before = await Promise.all(["ada", "bob"].map(publicKey));
  await fleet.fleet(["lab", "machine", "mesh", "bob", "stop"]);
  const { exitCode, stderr } = await rotate();
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(/bob keeps its key: bob is unreachable: [^]*Run this again for it with --host/),
  ]);
  await fleet.fleet(["lab", "machine", "mesh", "bob", "start"]);
  await expect.poll(() => answers("hub", 3), { timeout: 20_000 }).toBe("yes");
  expect((await publicKey("ada")) === before[0]).toBe(false);
  expect(await publicKey("bob")).toBe(before[1]);
  await expectInOrder();
});

test.each([
  ["a host that is not in the mesh", ["--host", "zoe"], "zoe is not in the mesh of mesh: it has hub, ada, bob"],
])("%s is refused", async (_, args, message) =>
  expect(await rotate(...args)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(message) }),
);
