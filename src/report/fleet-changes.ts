import { showSum } from "../model/cost.ts";
import type { ComparableFleet } from "./fleet-description.ts";

/** A port that opens or closes. */
export interface PortChange {
  host: string;
  port: string;
  /** For whom. */
  to: "public" | "mesh" | "private";
  op: "opens" | "closes";
}

/** Something of the mesh that changes; `before` or `after` is missing for what is new or gone. */
export interface MeshChange {
  /** "member", "peer", "hub", "network". */
  what: string;
  name: string;
  before?: string;
  after?: string;
}

/** One of the owner's rules that is new, gone or worded otherwise. */
export interface PolicyChange {
  id: string;
  before?: string;
  after?: string;
}

/** What a change does to a fleet besides its resources. */
export interface FleetChanges {
  /** In words: "€25 + $3/month". */
  cost: { before: string; after: string };
  ports: PortChange[];
  mesh: MeshChange[];
  policies: PolicyChange[];
}

/** Compares two descriptions of one fleet. */
export const compareFleets = (before: ComparableFleet, after: ComparableFleet): FleetChanges => ({
  cost: { before: showSum(before.monthlyCost.active), after: showSum(after.monthlyCost.active) },
  ports: portChanges(portsOf(before), portsOf(after)),
  mesh: changed(meshOf(before), meshOf(after)).map(([key, change]) => ({
    what: key.split(" ")[0]!,
    name: key.slice(key.indexOf(" ") + 1),
    ...change,
  })),
  policies: changed(new Map(Object.entries(before.policies)), new Map(Object.entries(after.policies))).map(
    ([id, change]) => ({ id, ...change }),
  ),
});

const isActive = (thing: { status: string }): boolean => thing.status === "active";

/** What others can reach: the firewall's holes, and what services offer inside the mesh and the private network. */
const portsOf = ({ hosts }: ComparableFleet): Map<string, Omit<PortChange, "op">> => {
  const ports = hosts
    .filter(isActive)
    .flatMap((host): Omit<PortChange, "op">[] => [
      ...host.publicPorts.map((port) => ({ host: host.name, port, to: "public" as const })),
      ...host.services
        .filter(isActive)
        .flatMap((service) => service.ports.flatMap((text) => insidePort(host.name, text))),
    ]);
  return new Map(ports.map((port) => [`${port.host} ${port.port} ${port.to}`, port]));
};

function insidePort(host: string, text: string): Omit<PortChange, "op">[] {
  const [port, to] = text.split(" ") as [string, string];
  return to === "mesh" || to === "private" ? [{ host, port, to }] : [];
}

function portChanges(before: ReturnType<typeof portsOf>, after: ReturnType<typeof portsOf>): PortChange[] {
  const opens = [...after]
    .filter(([key]) => !before.has(key))
    .map(([, port]): PortChange => ({ ...port, op: "opens" }));
  const closes = [...before]
    .filter(([key]) => !after.has(key))
    .map(([, port]): PortChange => ({ ...port, op: "closes" }));
  return [...opens, ...closes];
}

/** "member tokyo" → its address, "hub " → the hub's name, and so on. */
function meshOf({ mesh, hosts }: ComparableFleet): Map<string, string> {
  if (!mesh || !isActive(mesh)) return new Map();
  const members = hosts
    .filter(isActive)
    .flatMap((host) => (host.mesh === undefined ? [] : [[`member ${host.name}`, host.mesh] as const]));
  const own = [
    ["kind ", mesh.type],
    ["network ", mesh.network],
    ["hub ", mesh.hub],
    ["port ", mesh.port?.toString()],
  ] as const;
  return new Map([
    ...own.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
    ...members,
    ...mesh.peers.map((peer) => [`peer ${peer.name}`, peer.address] as const),
  ]);
}

function changed(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): [key: string, change: { before?: string; after?: string }][] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => [key, { before: before.get(key), after: after.get(key) }]);
}
