import { readState } from "../../engine/read-state.ts";
import { meshMembers } from "../../model/mesh-members.ts";
import { OpenSsh } from "../../transport/openssh.ts";
import { Pool } from "../../transport/pool.ts";
import { UnreachableError, type Connection } from "../../transport/types.ts";
import { lookAtClouds, viewOf, waitsForMesh, withCloudView } from "../../deploy/cloud-view.ts";
import { connectionsIn } from "../../deploy/connections-in-state.ts";
import { settle } from "../../deploy/last-up.ts";
import { CliError, elapsed, say, sayStyle } from "../../terminal/output.ts";
import { changesOrFail, runStack } from "../../deploy/run-stack.ts";
import { openStack, type OpenStack } from "../../deploy/stack.ts";
import { MeshMachines } from "./machines.ts";
import { stageOf, type Stage } from "./rotation.ts";

interface Mesh {
  stack: OpenStack;
  hub: string;
  spokes: string[];
  /** All hosts of the fleet that are deployed; those of later stages are not. */
  deployed: string[];
  machines: MeshMachines;
}

/**
 * Gives hosts of the mesh new keys: first their peers learn the next keys, then the hosts switch one by one, then the
 * peers forget the old ones. What was begun before is finished first; where a host is, is told by the machines alone.
 */
export async function rotate(name: string, options: { lab?: boolean; host?: string }): Promise<void> {
  const start = performance.now();
  const stack = await openStack(name, options);
  const connections = connectionsIn(await readState(stack.target));
  const { hub, spokes } = namesOf(stack, connections);
  if (options.host !== undefined && ![hub, ...spokes].includes(options.host))
    throw new CliError(`${options.host} is not in the mesh of ${name}: it has ${[hub, ...spokes].join(", ")}`);
  const pool = new Pool(new OpenSsh({ include: stack.target.env.FLEET_SSH_CONFIG }));
  try {
    const changed = await changeKeys(
      { stack, hub, spokes, deployed: [...connections.keys()], machines: new MeshMachines(pool, connections) },
      options.host === undefined ? spokes : [options.host],
    );
    say(sayStyle("bold", `${name}: ${changed} new key${changed === 1 ? "" : "s"} in ${elapsed(start)}`));
  } finally {
    await pool.close();
  }
}

/** Who is in the mesh and deployed. @throws CliError when there is no mesh */
function namesOf(
  { name, fleet }: OpenStack,
  deployed: ReadonlyMap<string, Connection>,
): { hub: string; spokes: string[] } {
  const { hub, spokes } = meshMembers(fleet);
  if (!hub) throw new CliError(`${name} has no WireGuard mesh: give mesh in stacks/${name}/fleet.ts`);
  if (!deployed.has(hub.name))
    throw new CliError(`${hub.name}, the hub of the mesh, is not deployed yet: run up first`);
  return { hub: hub.name, spokes: spokes.map((host) => host.name).filter((host) => deployed.has(host)) };
}

/** @returns how many hosts have a new key now. @throws CliError naming those that have not, after the others */
async function changeKeys(mesh: Mesh, hosts: readonly string[]): Promise<number> {
  const { stages, missed } = await look(mesh, hosts);
  const at = (stage: Stage) => [...stages].filter(([, s]) => s === stage).map(([host]) => host);
  const announced = at("announce");
  if (announced.length > 0) await announce(mesh, announced);
  const switched = at("forget");
  for (const host of [...at("switch"), ...announced]) {
    const start = performance.now();
    await mesh.machines.switchKey(host).catch((error: Error) => {
      throw new CliError(
        `${error.message}. Its tunnel works as before, and so do the others, whether they have switched already or ` +
          "not. Look at what it says, then run this again",
      );
    });
    say(`  ${host} uses its new key ${sayStyle("dim", elapsed(start))}`);
    switched.push(host);
  }
  if (switched.length > 0) await tellPeers(mesh, switched, "forgetting the old keys");
  if (missed.length > 0)
    throw new CliError(
      `${missed.map(({ host, reason }) => `${host} keeps its key: ${reason}`).join("\n")}\n` +
        `Run this again for ${missed.length === 1 ? "it" : "them"} with --host`,
    );
  return switched.length;
}

/** Next keys are made on the hosts, and the peers learn them. */
async function announce(mesh: Mesh, hosts: readonly string[]): Promise<void> {
  await Promise.all(hosts.map((host) => mesh.machines.makeNextKey(host)));
  await tellPeers(mesh, hosts, `announcing ${hosts.length} next key${hosts.length === 1 ? "" : "s"}`);
  const { stages } = await look(mesh, hosts);
  const unknown = hosts.filter((host) => stages.get(host) !== "switch");
  if (unknown.length > 0)
    throw new CliError(
      `the next keys of ${unknown.join(", ")} are not in the lists of their peers, so nothing was switched: ` +
        "run up, then this again",
    );
}

/** Where each host is. A host that cannot be reached is left out; a list of peers that cannot be read is an error. */
async function look(
  mesh: Mesh,
  hosts: readonly string[],
): Promise<{ stages: Map<string, Stage>; missed: { host: string; reason: string }[] }> {
  const peers = new Map(
    await Promise.all(
      peersOf(mesh, hosts).map(async (peer) => [peer, await mesh.machines.peers(peer).catch(tellBlind(peer))] as const),
    ),
  );
  const stages = new Map<string, Stage>();
  const missed: { host: string; reason: string }[] = [];
  await Promise.all(
    hosts.map(async (host) => {
      const keys = await mesh.machines.keys(host).catch((error: unknown) => {
        if (!(error instanceof UnreachableError)) throw error;
        missed.push({ host, reason: error.message });
      });
      if (keys)
        stages.set(
          host,
          stageOf(
            keys,
            peersOf(mesh, [host]).map((peer) => peers.get(peer)!.get(host) ?? { key: "", next: "" }),
          ),
        );
    }),
  );
  return { stages, missed };
}

/** A peer that does not learn of a new key would lose its tunnel. */
const tellBlind =
  (peer: string) =>
  (error: Error): never => {
    throw new CliError(`no key was changed, because ${peer} has to learn of the new ones first: ${error.message}`);
  };

/** Who has these hosts in its list: the hub has the spokes, every spoke has the hub. */
const peersOf = ({ hub, spokes }: Mesh, hosts: readonly string[]): string[] => [
  ...(hosts.includes(hub) ? spokes : []),
  ...(hosts.some((host) => host !== hub) ? [hub] : []),
];

/** Brings the lists of the hosts' peers to the keys that are on the hosts now, and touches nothing else. */
async function tellPeers(mesh: Mesh, hosts: readonly string[], what: string): Promise<void> {
  const target = [
    ...hosts.map((host) => `**::${host}-mesh-key`),
    ...peersOf(mesh, hosts).map((host) => `**::${host}/wireguard`),
  ];
  const look = await lookAtClouds(mesh.stack);
  const view = viewOf(look, true, {
    adopt: [],
    asFound: false,
    hosts: mesh.deployed,
    firstBoot: waitsForMesh(mesh.stack.fleet, look),
  });
  const { resources } = changesOrFail(
    mesh.stack,
    await withCloudView(mesh.stack, view, (viewed) => runStack("up", viewed, what, { refresh: true, target })),
  );
  await settle(mesh.stack.target, new Set(resources.filter(({ op }) => op !== "same").map(({ urn }) => urn)));
}
