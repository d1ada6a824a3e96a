import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { withLock } from "../../setup/lock.mjs";
import { machineId, portName } from "./names.ts";
import { ip, run } from "./run.ts";
import { GATEWAY, addressIn, freeSubnet } from "./subnet.ts";

/**
 * A lab's network. The lab has a network namespace that holds only a switch (a bridge); each machine has one of its
 * own, with a cable (veth) to the switch. One more cable leads from the switch to the machine that runs the lab, and
 * nothing leads further: no routes to the outside, no address translation, and no firewall rules of the surroundings
 * apply inside.
 *
 *   root namespace           fl-1a2b3c4d                fl-1a2b3c4d-web
 *   fl-1a2b3c4d  10.x.y.1 ── uplink ─ switch ─ m2 ── eth0 10.x.y.2 and its public address
 */
const NETWORK_LOCK = "/run/lock/fleet-lab-network.lock";
const NAMESPACES = "/run/netns";

/**
 * Makes sure of the switch and its cable.
 * @param preferred the subnet that the lab had before
 * @returns the lab's subnet, "10.x.y"
 */
export async function ensureSwitch(lab: string, preferred?: string): Promise<string> {
  return withLock(NETWORK_LOCK, async () => {
    const current = await currentSubnet(lab);
    if (current) return current;
    await removeNamespace(lab);
    await removeInterface(lab);
    const routes = JSON.parse(await run("ip", ["-json", "route", "show", "table", "all"])) as { dst: string }[];
    const subnet = freeSubnet(
      routes.map((r) => r.dst),
      Number.parseInt(lab.slice(-4), 16),
      preferred,
    );
    await ip([
      `netns add ${lab}`,
      `link add ${lab} address ${macOf(subnet, GATEWAY)} type veth peer name uplink netns ${lab}`,
      `addr add ${addressIn(subnet, GATEWAY)}/24 dev ${lab}`,
    ]);
    await ip(
      ["link add switch type bridge", "link set switch up", "link set uplink master switch", "link set uplink up"],
      lab,
    );
    // The root namespace answers for its lab address only, and forwards nothing that comes from the lab.
    await run("sysctl", [
      "-qw",
      `net.ipv4.conf.${lab}.arp_ignore=1`,
      `net.ipv4.conf.${lab}.forwarding=0`,
      `net.ipv6.conf.${lab}.disable_ipv6=1`,
    ]);
    await ip([`link set ${lab} up`]);
    return subnet;
  });
}

/** The subnet of a lab whose network is complete; nothing when it has to be made. */
async function currentSubnet(lab: string): Promise<string | undefined> {
  if (!hasNamespace(lab)) return undefined;
  const shown = await run("ip", ["-json", "address", "show", "dev", lab, "up"]).catch(() => "[]");
  const links = JSON.parse(shown) as { addr_info?: { family: string; local: string }[] }[];
  const address = links[0]?.addr_info?.find((a) => a.family === "inet")?.local;
  return address?.split(".").slice(0, 3).join(".");
}

/**
 * Gives the switch an address of the world that machines reach like one another's public addresses: for what a lab
 * serves to them at its well-known place. It is served from the switch's namespace, where nothing else has any port.
 */
export const serveAtSwitch = (lab: string, address: string): Promise<string> =>
  ip(
    ["link set lo up", `addr replace ${address}/32 dev switch`, `route replace default dev switch src ${address}`],
    lab,
  );

/** Gives a machine a fresh namespace and a cable to the switch. What was left of an earlier one is removed first. */
export async function connectMachine(
  lab: string,
  machine: string,
  at: { subnet: string; index: number; publicAddress?: string },
): Promise<void> {
  await disconnectMachine(lab, machine);
  const id = machineId(lab, machine),
    port = portName(at.index);
  await ip([`netns add ${id}`]);
  await ip(
    [
      `link add ${port} type veth peer name eth0 address ${macOf(at.subnet, at.index)} netns ${id}`,
      `link set ${port} master switch`,
      `link set ${port} up`,
    ],
    lab,
  );
  // Every address is on the link: neighbours find one another by their public addresses too, anything else has no
  // answer.
  await ip(
    [
      "link set lo up",
      `addr add ${addressIn(at.subnet, at.index)}/24 dev eth0`,
      ...(at.publicAddress ? [`addr add ${at.publicAddress}/32 dev eth0`] : []),
      "link set eth0 up",
      routeOut("add", at.publicAddress),
    ],
    id,
  );
}

const routeOut = (verb: "add" | "replace", from: string | undefined): string =>
  `route ${verb} default dev eth0${from ? ` src ${from}` : ""}`;

/**
 * Gives a connected machine another public address, or none. Whoever talks to it by its lab address notices nothing.
 */
export async function changePublicAddress(
  lab: string,
  machine: string,
  before: string | undefined,
  after: string | undefined,
): Promise<void> {
  await ip(
    [
      ...(after ? [`addr add ${after}/32 dev eth0`] : []),
      routeOut("replace", after),
      ...(before ? [`addr del ${before}/32 dev eth0`] : []),
    ],
    machineId(lab, machine),
  );
}

export const disconnectMachine = (lab: string, machine: string): Promise<void> =>
  removeNamespace(machineId(lab, machine));

/** Removes the switch, its cable, and every namespace of the lab's machines. */
export async function removeNetwork(lab: string): Promise<void> {
  await withLock(NETWORK_LOCK, async () => {
    const names = await readdir(NAMESPACES).catch(() => []);
    for (const name of names) if (name === lab || name.startsWith(`${lab}-`)) await removeNamespace(name);
    await removeInterface(lab);
    // ip(8) mounts this folder when it is first used and leaves it so; with no namespace left, neither is the mount.
    if ((await readdir(NAMESPACES).catch(() => ["?"])).length === 0) await run("umount", [NAMESPACES]).catch(() => {});
  });
}

async function removeNamespace(name: string): Promise<void> {
  if (hasNamespace(name)) await ip([`netns delete ${name}`]);
}

/** An interface that hangs on a deleted namespace goes by itself, a little later. */
async function removeInterface(name: string): Promise<void> {
  if (existsSync(`/sys/class/net/${name}`))
    await ip([`link delete ${name}`]).catch(async (error) => {
      if (existsSync(`/sys/class/net/${name}`)) throw error;
    });
}

/** Fixed for an address, so that no neighbour keeps a stale one when a machine is replaced. */
const macOf = (subnet: string, index: number): string =>
  `02:00:${`${subnet}.${index}`
    .split(".")
    .map((n) => Number(n).toString(16).padStart(2, "0"))
    .join(":")}`;

const hasNamespace = (name: string): boolean => existsSync(`${NAMESPACES}/${name}`);
