/**
 * The whole of vault1984 from nothing: 21 machines, their tunnels, and regions that are opened and closed. The tests
 * follow one another. What else can go wrong with it: vault1984-faults.test.ts.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DeregisterImageCommand, DescribeImagesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countWire } from "../../../src/bench/wire.ts";
import type { Changes } from "../../../src/engine/changes.ts";
import { giveGo } from "../../../src/bench/go.ts";
import { loadFleet } from "../../../src/load/fleet.ts";
import { pilotDigest } from "../../../src/model/rollout.ts";
import { root } from "../../../src/setup/paths.ts";
import { changed } from "./changed.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";
import { CEILING, names, spokes, World } from "./vault1984-world.ts";

let fleet: Checkout;
let world: World;
beforeAll(async () => {
  fleet = await scratchCheckout("vault1984", ["hosts/vault1984", "stacks/vault1984"]);
  world = new World(fleet);
});
afterAll(async () => fleet?.[Symbol.asyncDispose]());

const NONE = { create: 0, update: 0, replace: 0, delete: 0 };
/** What opening tokyo makes: nothing of it is another region's. */
const TOKYO = [
  "kuma-tokyo",
  "tokyo",
  "tokyo",
  "tokyo-address",
  "tokyo-association",
  "tokyo-firewall",
  "tokyo-host-key",
  "tokyo-key",
  "tokyo-mesh-key",
  "tokyo-region",
  "tokyo-running",
  "tokyo.vault1984.com A tokyo",
  "tokyo/certificate-watchdog",
  "tokyo/firewall",
  "tokyo/heartbeat",
  "tokyo/nix-gc",
  "tokyo/secrets-dir",
  "tokyo/ssh-mesh",
  "tokyo/time-sync",
  "tokyo/vault1984",
  "tokyo/wireguard",
  "zurich/kuma-monitor-tokyo",
];
const FIRST = ["frankfurt", "singapore", "virginia", "zurich"];
const running = async () =>
  (await fleet.status()).hosts
    .filter((host) => host.running)
    .map((host) => host.name)
    .sort();

test("it comes up from nothing to its pilot and no further", async () => {
  const { exitCode, changes, stderr } = await fleet.up();
  expect([exitCode, changes.summary], stderr).toEqual([0, { ...NONE, create: changes.resources.length, same: 0 }]);
  expect(await running()).toEqual(FIRST);
  expect(stderr).toContain(`pilot: "${pilotDigest((await loadFleet("vault1984")).fleet)}" }`);
});

test("a go is refused while a machine of the pilot is not as declared, and nothing beyond it is touched", async () => {
  await giveGo(fleet.root, "vault1984", CEILING);
  await fleet.ssh("frankfurt", "systemctl stop vault1984.service");
  expect(await fleet.up()).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/the go is refused[^]*frankfurt\/vault1984 was not as declared/),
  });
  expect(await running()).toEqual(FIRST);
});

test("with a go it comes up: machines, tunnels, records, heartbeats", async () => {
  const { exitCode, changes, stderr } = await fleet.up();
  expect([exitCode, { ...changes.summary, create: 0 }], stderr).toEqual([
    0,
    // The hub, which learns of the others.
    { ...NONE, update: 1, same: expect.any(Number) },
  ]);
  expect(await running()).toEqual([...names, "zurich"].sort());
  expect(await world.silent(spokes.map(({ mesh }) => mesh!))).toEqual([]);
  await world.expectInOrder(names, await world.now());
  await fleet.keepSnapshot();
});

test("records lead to the machines, none through a proxy, and nothing but 80 and 443 is open to the world", async () => {
  const { addresses, proxied } = await world.records();
  const outside = await Promise.all(spokes.map((spoke) => world.outside(spoke)));
  const hq = "185.218.204.47";
  expect(addresses).toEqual({
    ...Object.fromEntries(spokes.map(({ name }, i) => [`${name}.vault1984.com`, outside[i]!.address])),
    "noc.vault1984.com": hq,
    "soc.vault1984.com": hq,
  });
  expect(proxied).toEqual([]);
  expect(outside.map((o) => o.open)).toEqual(spokes.map(() => [80, 443]));
  expect(await fleet.ssh("seoul", "ss -Hltn 'sport = 22' | awk '{ print $4 }'; hostname")).toBe("10.84.0.20:22\nseoul");
});

test("a second up changes nothing; nothing has drifted, and a look at that makes one connection to each host", async () => {
  const { exitCode, changes } = await fleet.up();
  expect([exitCode, changes.summary]).toEqual([0, { ...NONE, same: changes.resources.length }]);
  const wires = await countWire(async (env) => expect(await world.notSame(env)).toEqual({ exitCode: 0, found: [] }));
  expect(Object.fromEntries([...wires].map(([host, { handshakes }]) => [host, handshakes]))).toEqual(
    Object.fromEntries([...names, "zurich"].map((host) => [host, 1])),
  );
});

test("a wrong region, a taken name and a used address are refused with file and field, and leave no file", async () => {
  const refused = async (args: string[], words: RegExp) =>
    expect(await fleet.fleet(["new", "host", "vault1984", ...args])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(words),
    });
  await refused(
    ["tokyo", "--kind", "aws", "--region", "ap-northeast-9"],
    /hosts\/vault1984\/tokyo\.ts[^]*region:[^]*ap-northeast-9/,
  );
  await refused(["london", "--kind", "aws", "--region", "ap-northeast-1"], /hosts\/vault1984\/london\.ts/);
  await refused(
    ["tokyo", "--kind", "aws", "--region", "ap-northeast-1", "--mesh", "10.84.0.7"],
    /hosts\/vault1984\/london\.ts, hosts\/vault1984\/tokyo\.ts[^]*10\.84\.0\.7/,
  );
  await expect(fleet.read("hosts/vault1984/tokyo.ts")).rejects.toThrow(/ENOENT/);
});

test("a region is opened by one file, over connections to its machine, the hub and the pilot alone, though its API is busy; without the file it is gone", async () => {
  expect(await world.open("tokyo", "ap-northeast-1")).toMatchObject({
    exitCode: 0,
    stdout: "hosts/vault1984/tokyo.ts\n",
  });
  const plan = JSON.parse(
    (await fleet.fleet(["preview", "vault1984", "--lab", "--json", "--no-refresh"])).stdout,
  ) as Changes;
  expect([changed(plan, "create"), changed(plan, "update"), plan.summary]).toEqual([
    TOKYO,
    ["zurich/wireguard"],
    { ...NONE, create: TOKYO.length, update: 1, same: expect.any(Number) },
  ]);
  const { stdout: text } = await fleet.fleet(["preview", "vault1984", "--lab", "--no-refresh"]);
  expect(await readFile(join(root, "docs/open-a-region.md"), "utf8")).toContain(
    text
      .split("\n")
      .filter((line) => !line.startsWith("    "))
      .join("\n")
      .trim(),
  );
  await world.lab(
    "fault",
    "vault1984",
    "503",
    "--code",
    "RequestLimitExceeded",
    "--path",
    "/ap-northeast-1/*",
    "--times",
    "3",
  );
  const since = await world.now();
  const wires = await countWire(async (env) => {
    const { exitCode, changes, stderr } = await fleet.up(["--no-refresh"], env);
    expect([exitCode, changed(changes, "create"), changed(changes, "update")], stderr).toEqual([
      0,
      TOKYO,
      ["zurich/wireguard"],
    ]);
  });
  // The pilot is what the go is held against.
  expect([...wires.keys()].sort()).toEqual([...FIRST, "tokyo"].sort());
  expect(await world.silent(["10.84.0.22"])).toEqual([]);
  await world.expectInOrder([...names, "tokyo"], since);

  await fleet.remove("hosts/vault1984/tokyo.ts");
  const gone = await fleet.up(["--no-refresh", "--allow-deletes", String(TOKYO.length)]);
  expect([gone.exitCode, changed(gone.changes, "delete"), changed(gone.changes, "update")]).toEqual([
    0,
    TOKYO,
    ["zurich/wireguard"],
  ]);
  expect((await fleet.status()).hosts.map((host) => host.name).sort()).toEqual([...names, "zurich"].sort());
});

test("a region without quota and one without an image fail by their names, and the one beside them opens", async () => {
  await world.open("osaka", "ap-northeast-3");
  await world.open("calgary", "ca-west-1");
  await world.open("dublin", "eu-west-1");
  await world.lab("fault", "vault1984", "400", "--code", "VcpuLimitExceeded", "--path", "/ap-northeast-3/RunInstances");
  const calgary = await world.ec2("ca-west-1");
  const { Images = [] } = await calgary.send(new DescribeImagesCommand({ Owners: ["427812963091"] }));
  for (const { ImageId } of Images) await calgary.send(new DeregisterImageCommand({ ImageId }));
  const since = await world.now();
  const { exitCode, stderr } = await fleet.up(["--no-refresh"]);
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(/^(?=[^]*osaka[^]*VcpuLimitExceeded)(?=[^]*calgary[^]*no image[^]*ca-west-1)/),
  ]);
  await world.expectInOrder([...names, "dublin"], since);
  for (const name of ["osaka", "calgary", "dublin"]) await fleet.remove(`hosts/vault1984/${name}.ts`);
  await world.lab("fault", "vault1984", "off");
  expect(await fleet.up(["--no-refresh", "--allow-deletes", String(2 * TOKYO.length)])).toMatchObject({
    exitCode: 0,
    stderr: expect.any(String),
    changes: { summary: { create: 0, replace: 0 } },
  });
});
