/** What can go wrong with the whole of vault1984, which is up. The tests follow one another. */
import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changed } from "./changed.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";
import { giveGo } from "../../../src/bench/go.ts";
import { CEILING, names, spokes, World } from "./vault1984-world.ts";

let fleet: Checkout;
let world: World;
beforeAll(async () => {
  fleet = await scratchCheckout("vault1984", ["hosts/vault1984", "stacks/vault1984"]);
  await giveGo(fleet.root, "vault1984", CEILING);
  await fleet.broughtUp();
  world = new World(fleet);
});
afterAll(async () => fleet?.[Symbol.asyncDispose]());

test("a spoke that is down is unknown, and changes nothing for the others", async () => {
  await world.lab("machine", "vault1984", "seoul", "stop");
  const since = await world.now();
  expect(await world.notSame()).toEqual({ exitCode: 3, found: ["unknown seoul"] });
  expect(await world.silent(spokes.map(({ mesh }) => mesh!))).toEqual(["10.84.0.20"]);
  await world.expectInOrder(
    names.filter((name) => name !== "seoul"),
    since,
  );
  await world.lab("machine", "vault1984", "seoul", "start");
  await expect.poll(() => world.silent(["10.84.0.20"]), { timeout: 60_000 }).toEqual([]);
});

test("with the hub down spokes keep serving, all others are reached through it alone, and no region is opened", async () => {
  await world.lab("machine", "vault1984", "zurich", "stop");
  expect(await Promise.all(names.map((name) => world.serves(name)))).toEqual(names.map(() => "200"));
  expect((await world.notSame()).found).toEqual([...names, "zurich"].map((name) => `unknown ${name}`).sort());
  await world.open("tokyo", "ap-northeast-1");
  const { exitCode, changes, stderr } = await fleet.up(["--no-refresh"]);
  expect([exitCode, changed(changes, "create"), stderr]).toEqual([
    1,
    [],
    expect.stringMatching(/the go is refused[^]*virginia\/vault1984 is unknown[^]*was not touched/),
  ]);
  await world.lab("machine", "vault1984", "zurich", "start");
  await expect
    .poll(() => fleet.ssh("zurich", "curl -s -o /dev/null http://127.0.0.1:3001/ && echo answers || true"), {
      timeout: 60_000,
    })
    .toBe("answers");
  const since = await world.now();
  const again = await fleet.up(["--no-refresh"]);
  expect(again.exitCode, again.stderr).toBe(0);
  await world.expectInOrder([...names, "tokyo"], since);
  expect((await world.outside({ name: "tokyo", region: "ap-northeast-1" })).open).toEqual([80, 443]);
});

test("a spoke whose machine is lost gets its address in the mesh, its record and its monitor back with one up", async () => {
  const seoul = spokes.find(({ name }) => name === "seoul")!;
  const [before, { addresses }] = await Promise.all([world.outside(seoul), world.records()]);
  await (
    await world.ec2(seoul.region)
  ).send(new TerminateInstancesCommand({ InstanceIds: [(await world.instance(seoul))!.InstanceId!] }));
  await expect
    .poll(async () => (await fleet.status()).hosts.map((host) => host.name), { timeout: 60_000 })
    .not.toContain("seoul");
  const { exitCode, stderr } = await fleet.up();
  expect(exitCode, stderr).toBe(0);
  const since = await world.now();
  expect(await world.silent([seoul.mesh!])).toEqual([]);
  expect([await world.outside(seoul), (await world.records()).addresses]).toEqual([before, addresses]);
  await world.expectInOrder([...names, "tokyo"], since);
  expect(await world.notSame()).toEqual({ exitCode: 0, found: [] });
});
