import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { scratchCheckout, type Checkout } from "./checkout.ts";
import { meshFleet, spokeFile } from "./mesh-fleet.ts";
import { MeshWorld } from "./mesh-world.ts";
import { serveTraffic, traffic } from "./traffic.ts";

/** What becomes of traffic while the mesh changes. It is measured, so nothing else runs beside it. */

let fleet: Checkout;
let mesh: MeshWorld;
beforeAll(async () => {
  fleet = await scratchCheckout("mesh", meshFleet);
  await fleet.broughtUp();
  mesh = new MeshWorld(fleet);
  await serveTraffic(fleet);
  // Machines that have just booted are still calling one another.
  const tunnels = () => Promise.all([mesh.answers("ada", 1), mesh.answers("bob", 1)]);
  await vi.waitFor(async () => expect(await tunnels()).toEqual(["yes", "yes"]), { timeout: 60_000 });
});
afterAll(async () => fleet?.[Symbol.asyncDispose]());

test("one spoke gets a new key while its tunnel carries traffic; the others notice nothing", async () => {
  const before = await Promise.all(["hub", "ada", "bob"].map(mesh.publicKey));
  const rotating = mesh.rotate("--host", "ada");
  const [{ exitCode, stderr }, ofAda, ofBob] = await Promise.all([
    rotating,
    traffic(fleet, "ada", rotating),
    traffic(fleet, "bob", rotating),
  ]);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining("ada uses its new key")]);
  const after = await Promise.all(["hub", "ada", "bob"].map(mesh.publicKey));
  expect(after.map((key, i) => key === before[i])).toEqual([true, false, true]);
  await mesh.expectInOrder();
  expect(ofBob.pings.received).toBe(ofBob.pings.sent);
  expect(ofBob.stream.longestMs).toBeLessThan(1000);
  // Its own traffic stops for as long as a handshake takes, and the stream goes on where it was.
  expect(ofAda.pings.received / ofAda.pings.sent).toBeGreaterThan(0.9);
  expect(ofAda.stream.longestMs).toBeLessThan(4000);
});

test("the hub gets a new key too, and every tunnel goes on", async () => {
  const before = await mesh.publicKey("hub");
  const rotating = mesh.rotate("--host", "hub");
  const [{ exitCode, stderr }, ofAda] = await Promise.all([rotating, traffic(fleet, "ada", rotating)]);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining("hub uses its new key")]);
  expect(await mesh.publicKey("hub")).not.toBe(before);
  await mesh.expectInOrder();
  expect(ofAda.stream.longestMs).toBeLessThan(8000);
});

test("adding a spoke: what goes through the other tunnels loses nothing", async () => {
  await fleet.write("hosts/mesh/cid.ts", spokeFile("cid", 4));
  const adding = fleet.up();
  const [through, { exitCode }] = await Promise.all([traffic(fleet, "ada", adding), adding]);
  expect([exitCode, await mesh.answers("cid", 1)]).toEqual([0, "yes"]);
  expect(through.pings.received).toBe(through.pings.sent);
  expect(through.stream.longestMs).toBeLessThan(1000);
});
