import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Changes } from "../../../src/engine/changes.ts";
import { OpenSsh } from "../../../src/transport/openssh.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";
import { meshFleet, spokeFile } from "./mesh-fleet.ts";

let fleet: Checkout;
beforeAll(async () => {
  fleet = await scratchCheckout("mesh", meshFleet);
});
afterAll(async () => fleet?.[Symbol.asyncDispose]());

const up = async () => expect(await fleet.up()).toMatchObject({ exitCode: 0, stderr: expect.any(String) });
const ping = (from: string, last: number) =>
  fleet.ssh(from, `ping -q -c 1 -W 2 10.84.0.${last} >/dev/null && echo answers || echo silent`);
const peers = async () =>
  (await fleet.ssh("hub", "tail -n +2 /etc/fleet/wireguard-peers.conf | sort")).split("\n").filter(Boolean);
const publicKey = (host: string) => fleet.ssh(host, "wg show wg0 public-key");
/** "create cid/wireguard" of everything that is not the same. */
const changed = ({ resources }: Changes) =>
  resources
    .filter((r) => r.op !== "same")
    .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
    .sort();
const preview = async () => JSON.parse((await fleet.fleet(["preview", "mesh", "--lab", "--json"])).stdout) as Changes;

/** Somebody has set an interface up by hand: prints its public key, and its number. */
const BY_HAND =
  "umask 077; wg genkey >/root/by-hand.key; ip link add wg0 type wireguard 2>/dev/null || wireguard-go wg0 >/dev/null 2>&1; " +
  "wg set wg0 private-key /root/by-hand.key; wg show wg0 public-key; cat /sys/class/net/wg0/ifindex";

test("a mesh comes up: tunnels to the hub, none between spokes; a hub that was there before is known as before", async () => {
  await fleet.fleet(["lab", "up", "mesh"]);
  const before = await fleet.ssh("hub", BY_HAND);
  await up();
  expect(await fleet.ssh("hub", "wg show wg0 public-key; cat /sys/class/net/wg0/ifindex")).toBe(before);
  expect(await Promise.all([ping("hub", 2), ping("hub", 3), ping("ada", 1), ping("bob", 1), ping("ada", 3)])).toEqual([
    "answers",
    "answers",
    "answers",
    "answers",
    "silent",
  ]);
  expect(await peers()).toEqual([
    `ada 10.84.0.2/32 - ${await publicKey("ada")}`,
    `bob 10.84.0.3/32 - ${await publicKey("bob")}`,
  ]);
  expect(
    await fleet.ssh(
      "bob",
      "systemctl is-active wireguard; stat -c '%a %U' /var/lib/wireguard /var/lib/wireguard/private.key",
    ),
  ).toBe("active\n700 root\n600 root");
});

test("private keys are on their machines and nowhere else", async () => {
  const keys = await Promise.all(
    ["hub", "ada", "bob"].map((host) => fleet.ssh(host, "cat /var/lib/wireguard/private.key")),
  );
  const kept = await readdir(join(fleet.lab, "state"), { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    kept.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), "utf8")),
  );
  expect(texts.join("")).toContain(await publicKey("ada"));
  for (const key of keys) expect(texts.filter((text) => text.includes(key))).toEqual([]);
  expect(
    await fleet.ssh(
      "ada",
      'grep -rl "$(cat /var/lib/wireguard/private.key)" /etc /run/fleet* 2>/dev/null || echo nowhere',
    ),
  ).toBe("nowhere");
});

test("a second up changes nothing, and nothing has drifted", async () => {
  expect(changed((await fleet.up()).changes)).toEqual([]);
  expect(await fleet.drift()).toMatchObject({ exitCode: 0, drift: { summary: { same: 6, drifted: 0, unknown: 0 } } });
});

test("a peer that somebody adds by hand is drift by its key; healing takes it away, and no tunnel", async () => {
  const key = `${"A".repeat(43)}=`;
  await fleet.ssh("hub", `wg set wg0 peer ${key} allowed-ips 10.84.0.99/32`);
  const { exitCode, drift } = await fleet.drift();
  expect([exitCode, drift.resources.filter(({ status }) => status !== "same")]).toMatchObject([
    2,
    [
      {
        name: "hub/wireguard",
        changes: [{ path: expect.stringContaining("unlisted"), found: `${key} 10.84.0.99/32` }],
      },
    ],
  ]);
  expect(await fleet.fleet(["drift", "mesh", "--lab", "--fix"])).toMatchObject({ exitCode: 0 });
  expect((await fleet.ssh("hub", "wg show wg0 peers")).split("\n").sort()).toEqual(
    (await Promise.all([publicKey("ada"), publicKey("bob")])).sort(),
  );
  expect(await Promise.all([ping("hub", 2), ping("hub", 3)])).toEqual(["answers", "answers"]);
});

const declareDevices = (...devices: string[]) =>
  fleet.write(
    "stacks/mesh/fleet.ts",
    meshFleet["stacks/mesh/fleet.ts"]!.replace('hub: "hub"', `hub: "hub", peers: [${devices.join(", ")}]`),
  );

test("a person's device joins with what is printed once, reaches the hub alone, stays, and goes with its line", async () => {
  await fleet.write("hosts/mesh/laptop.ts", spokeFile("laptop", 77).replace(/, mesh: "[^"]*"/, ""));
  await fleet.fleet(["lab", "up", "mesh"]);
  const { exitCode, stdout: configuration, stderr } = await fleet.fleet(["mesh", "peer", "mesh", "phone", "--lab"]);
  const [entry] = /\{ name: .*\}/.exec(stderr) ?? [];
  expect([exitCode, entry]).toEqual([
    0,
    expect.stringContaining('{ name: "phone", address: "10.84.0.4", publicKey: "'),
  ]);
  await declareDevices(entry!);
  expect(changed((await fleet.up()).changes)).toEqual(["create laptop", "update hub/wireguard"]);

  await fleet.ssh(
    "laptop",
    `umask 077; cat >/root/wg0.conf <<'END'\n${configuration}END\nwg-quick up /root/wg0.conf 2>&1`,
  );
  await expect.poll(() => ping("laptop", 1), { timeout: 20_000 }).toBe("answers");
  expect(await ping("hub", 4)).toBe("answers");
  expect(
    await fleet.ssh("laptop", "ping -q -c 1 -W 2 -I wg0 10.84.0.2 >/dev/null 2>&1 && echo answers || echo silent"),
  ).toBe("silent");
  expect([changed((await fleet.up()).changes), (await fleet.drift()).exitCode]).toEqual([[], 0]);
  const secret = /PrivateKey = (.*)/.exec(configuration)![1]!;
  const found = await fleet.run("grep", ["-rlF", "--exclude-dir=node_modules", "--exclude-dir=machines", secret, "."]);
  expect([found.exitCode, found.stdout]).toEqual([1, ""]);

  await declareDevices();
  await fleet.remove("hosts/mesh/laptop.ts");
  expect(changed((await fleet.up()).changes)).toEqual(["delete laptop", "update hub/wireguard"]);
  expect([await ping("laptop", 1), await ping("ada", 1)]).toEqual(["silent", "answers"]);
});

test("adding a spoke changes the hub's peers alone", async () => {
  await fleet.write("hosts/mesh/cid.ts", spokeFile("cid", 4));
  expect(changed(await preview())).toEqual([
    "create cid",
    "create cid-mesh-key",
    "create cid/wireguard",
    "update hub/wireguard",
  ]);
  expect((await fleet.fleet(["preview", "mesh", "--lab"])).stdout).toContain("+cid 10.84.0.4/32 - (made by up)\n");
  const { changes } = await fleet.up();
  expect(changes.resources.find((r) => r.op === "update")).toMatchObject({
    paths: ['files["/etc/fleet/wireguard-peers.conf"].content'],
  });
  expect(await ping("cid", 1)).toBe("answers");
});

test("taking it away takes exactly that away", async () => {
  await fleet.remove("hosts/mesh/cid.ts");
  const { exitCode, changes } = await fleet.up();
  expect(exitCode).toBe(0);
  expect(changed(changes)).toEqual([
    "delete cid",
    "delete cid-mesh-key",
    "delete cid/wireguard",
    "update hub/wireguard",
  ]);
  expect(
    await fleet.ssh(
      "cid",
      "ls /var/lib/wireguard/*.key /etc/fleet/wireguard* 2>/dev/null; ip -br link show wg0 2>/dev/null; " +
        "systemctl is-active wireguard || true",
    ),
  ).toBe("inactive");
  expect(await peers()).toHaveLength(2);
});

test("a spoke that cannot be reached holds up no other, and comes in with the next up", async () => {
  await fleet.write("hosts/mesh/dan.ts", spokeFile("dan", 5));
  await fleet.write("hosts/mesh/eve.ts", spokeFile("eve", 6));
  await fleet.fleet(["lab", "up", "mesh"]);
  await fleet.fleet(["lab", "machine", "mesh", "dan", "stop"]);
  expect((await fleet.up()).exitCode).toBe(1);
  expect([await ping("eve", 1), await ping("ada", 1)]).toEqual(["answers", "answers"]);
  expect((await peers()).map((line) => line.replace(/[\w+/]{43}=/, "KEY"))).toEqual([
    "ada 10.84.0.2/32 - KEY",
    "bob 10.84.0.3/32 - KEY",
    "dan 10.84.0.5/32 - ",
    "eve 10.84.0.6/32 - KEY",
  ]);
  await fleet.fleet(["lab", "machine", "mesh", "dan", "start"]);
  await up();
  expect(await ping("dan", 1)).toBe("answers");
});

test("one that is down stays in the hub's list, is unknown in drift, and holds up nobody", async () => {
  const before = await peers();
  await fleet.fleet(["lab", "machine", "mesh", "dan", "stop"]);
  const { exitCode, drift } = await fleet.drift();
  expect([exitCode, drift.resources.filter((r) => r.status !== "same").map((r) => `${r.status} ${r.name}`)]).toEqual([
    3,
    ["unknown dan-mesh-key", "unknown dan/wireguard"],
  ]);
  await fleet.remove("hosts/mesh/eve.ts");
  await fleet.up();
  expect(await peers()).toEqual(before.filter((line) => !line.startsWith("eve")));
  await fleet.fleet(["lab", "machine", "mesh", "dan", "start"]);
  await expect.poll(() => ping("dan", 1), { timeout: 20_000 }).toBe("answers");
  await up();
});

test("the hub down and back: the spokes keep running, and their tunnels come back by themselves", async () => {
  await fleet.fleet(["lab", "machine", "mesh", "hub", "stop"]);
  expect(await fleet.ssh("ada", "systemctl is-active wireguard")).toBe("active");
  const { drift } = await fleet.drift();
  expect(drift.resources.filter((r) => r.status !== "same").map((r) => `${r.status} ${r.host}`)).toEqual([
    "unknown hub",
    "unknown hub",
  ]);
  await fleet.fleet(["lab", "machine", "mesh", "hub", "start"]);
  for (const last of [2, 3]) await expect.poll(() => ping("hub", last), { timeout: 10_000 }).toBe("answers");
});

test("an interface that somebody takes away comes back by itself", async () => {
  const restarts = async () => Number(await fleet.ssh("bob", "systemctl show -p NRestarts --value wireguard"));
  const before = await restarts();
  await fleet.ssh("bob", "ip link delete wg0");
  // Its program notices a moment later.
  await expect.poll(restarts, { timeout: 15_000 }).toBeGreaterThan(before);
  await expect
    .poll(() => fleet.ssh("bob", "systemctl is-active wireguard || true"), { timeout: 15_000 })
    .toBe("active");
  await expect.poll(() => ping("bob", 1), { timeout: 15_000 }).toBe("answers");
});

test("a spoke made anew has another key, and is in again after one up", async () => {
  const before = await publicKey("ada");
  await fleet.ssh(
    "ada",
    "systemctl disable -q --now wireguard; " +
      "rm -rf /var/lib/wireguard /etc/fleet /etc/systemd/system/wireguard.service; systemctl daemon-reload",
  );
  const { exitCode, changes } = await fleet.up();
  expect([exitCode, changed(changes)]).toEqual([
    0,
    ["create ada-mesh-key", "update ada/wireguard", "update hub/wireguard"],
  ]);
  expect(await publicKey("ada")).not.toBe(before);
  expect([await ping("ada", 1), await ping("hub", 2), await ping("hub", 3)]).toEqual(["answers", "answers", "answers"]);
});

test("who listens in the mesh alone is reached through the hub, by the program and by people, also after a reboot", async () => {
  await fleet.ssh(
    "bob",
    "echo 'ListenAddress 10.84.0.3' >/etc/ssh/sshd_config.d/20-mesh.conf; " +
      "mkdir -p /etc/systemd/system/ssh.service.d; " +
      "printf '[Unit]\\nAfter=wireguard.service\\n' >/etc/systemd/system/ssh.service.d/mesh.conf; " +
      "systemctl restart ssh",
  );
  const transport = new OpenSsh({ include: (await fleet.target()).env.FLEET_SSH_CONFIG });
  const overMesh = { address: "10.84.0.3", jump: "hub", jumpConnection: {} };
  const atBob = async () => {
    const session = await transport.open("bob", overMesh);
    const { stdout } = await session.run("hostname; echo ${SSH_CONNECTION#* * }", { timeoutSeconds: 10 });
    await session.close();
    return stdout;
  };
  try {
    expect(await atBob()).toBe("bob\n10.84.0.3 22\n");
    await expect(transport.open("bob", { address: "203.0.113.3" })).rejects.toThrow(
      /^bob is unreachable: .*Connection refused/,
    );
    expect((await fleet.fleet(["ssh", "mesh", "bob", "--lab", "--", "hostname"])).stdout).toBe("bob\n");
    expect(await fleet.fleet(["lab", "machine", "mesh", "bob", "stop"])).toMatchObject({ exitCode: 0 });
    await expect(transport.open("bob", overMesh)).rejects.toThrow(/^bob is unreachable: via hub: /);
    expect(await fleet.fleet(["lab", "machine", "mesh", "bob", "start"])).toMatchObject({ exitCode: 0 });
    await expect.poll(() => atBob().catch(String), { timeout: 20_000 }).toBe("bob\n10.84.0.3 22\n");
    await fleet.fleet(["lab", "machine", "mesh", "hub", "stop"]);
    await expect(transport.open("bob", overMesh)).rejects.toThrow(
      /^bob is unreachable: via hub, which cannot be reached itself: /,
    );
  } finally {
    await transport.close();
  }
});
