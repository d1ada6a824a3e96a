import { afterAll, beforeAll, expect, test } from "vitest";
import { scratchCheckout, type Checkout } from "./checkout.ts";
import { meshFleet } from "./mesh-fleet.ts";
import { MeshWorld } from "./mesh-world.ts";

let fleet: Checkout;
let mesh: MeshWorld;
beforeAll(async () => {
  fleet = await scratchCheckout("mesh", meshFleet);
  await fleet.broughtUp();
  mesh = new MeshWorld(fleet);
});
afterAll(async () => fleet?.[Symbol.asyncDispose]());

test("every spoke gets a new key", async () => {
  const before = await Promise.all(["ada", "bob"].map(mesh.publicKey));
  expect((await mesh.rotate()).exitCode).toBe(0);
  const after = await Promise.all(["ada", "bob"].map(mesh.publicKey));
  expect(before.filter((key) => after.includes(key))).toEqual([]);
  await mesh.expectInOrder();
});

const waitFor = (host: string, condition: string) => fleet.ssh(host, `until ${condition}; do sleep 0.02; done`);
const hubKnows = (keys: number) => waitFor("hub", `[ $(wg show wg0 peers | wc -l) -eq ${keys} ]`);
const switched = (host: string) => waitFor(host, "[ ! -e /var/lib/wireguard/next.key ]");

const firstOnly = () => hubKnows(4).then(() => switched("ada"));
/** Kills a rotation of all spokes at a point. @returns the keys before, and the new ones as far as they were made */
async function killedWhen(reached: () => Promise<unknown>): Promise<{ before: string[]; made: string[] }> {
  const before = await Promise.all(["ada", "bob"].map(mesh.publicKey));
  const running = fleet.start(["mesh", "rotate", "mesh", "--lab"]);
  await reached();
  running.kill();
  await running.ended;
  await expect
    .poll(() => Promise.all([mesh.answers("hub", 2), mesh.answers("hub", 3)]), { timeout: 30_000 })
    .toEqual(["yes", "yes"]);
  const known = await Promise.all(
    ["ada", "bob"].map(async (host) => (await mesh.nextKey(host)) || (await mesh.publicKey(host))),
  );
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
    expect(await mesh.rotate()).toMatchObject({ exitCode: 0, stderr: expect.any(String) });
    const after = await Promise.all(["ada", "bob"].map(mesh.publicKey));
    expect(before.filter((key) => after.includes(key))).toEqual([]);
    expect(after).toEqual(expect.arrayContaining(made));
    await mesh.expectInOrder();
  },
);

test("an up in the middle of a rotation, by somebody who knows nothing of it, does no harm", async () => {
  const { before } = await killedWhen(firstOnly);
  expect((await fleet.up()).exitCode).toBe(0);
  expect(await Promise.all([mesh.answers("hub", 2), mesh.answers("hub", 3)])).toEqual(["yes", "yes"]);
  expect((await mesh.rotate()).exitCode).toBe(0);
  expect(before).not.toContain(await mesh.publicKey("bob"));
  await mesh.expectInOrder();
});

test("a spoke goes back to its old key by itself when the hub does not take the new one", async () => {
  const before = await mesh.publicKey("ada");
  // From here on the hub forgets every peer that it does not know yet.
  const known = (await mesh.peersOf("hub")).map((key) => `-e ${key}`).join(" ");
  const forget = `wg show wg0 peers | grep -vxF ${known} | xargs -rI{} wg set wg0 peer {} remove`;
  await fleet.ssh("hub", `systemd-run -q --unit=forget sh -c "while sleep 0.05; do ${forget}; done"`);
  const { exitCode, stderr } = await fleet.fleet(["mesh", "rotate", "mesh", "--lab", "--host", "ada"]);
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(
      /ada: its tunnels did not come back within 20 s under the new key, so it took the old one again\. Its tunnel works as before/,
    ),
  ]);
  expect([await mesh.usedKey("ada"), await mesh.publicKey("ada"), await mesh.answers("hub", 2)]).toEqual([
    before,
    before,
    "yes",
  ]);
  const next = await mesh.nextKey("ada");
  await fleet.ssh("hub", "systemctl stop forget && systemctl reload wireguard");
  expect((await mesh.rotate("--host", "ada")).exitCode).toBe(0);
  expect(await mesh.publicKey("ada")).toBe(next);
  await mesh.expectInOrder();
});

test("a spoke that is down keeps its key and is named; the others get theirs", async () => {
  const before = await Promise.all(["ada", "bob"].map(mesh.publicKey));
  await fleet.fleet(["lab", "machine", "mesh", "bob", "stop"]);
  const { exitCode, stderr } = await mesh.rotate();
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(/bob keeps its key: bob is unreachable: [^]*Run this again for it with --host/),
  ]);
  await fleet.fleet(["lab", "machine", "mesh", "bob", "start"]);
  await expect.poll(() => mesh.answers("hub", 3), { timeout: 20_000 }).toBe("yes");
  expect((await mesh.publicKey("ada")) === before[0]).toBe(false);
  expect(await mesh.publicKey("bob")).toBe(before[1]);
  await mesh.expectInOrder();
});

test.each([
  ["a host that is not in the mesh", ["--host", "zoe"], "zoe is not in the mesh of mesh: it has hub, ada, bob"],
])("%s is refused", async (_, args, message) =>
  expect(await mesh.rotate(...args)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(message) }),
);
