import { filesOf, type Finding } from "../model/view.ts";
import type { Rule } from "./view.ts";

/** Names by which parts of a fleet refer to each other must mean one thing. */
export const uniqueNames: Rule = ({ fleet, placed, fileOf }) => [
  ...repeated(
    "host",
    fleet.hosts.map((h) => ({ name: h.name, file: fileOf.host(h) })),
  ),
  ...repeated("member of the mesh", [
    ...fleet.hosts.filter((h) => h.mesh !== undefined).map((h) => ({ name: h.name, file: fileOf.host(h) })),
    ...(fleet.mesh?.peers ?? []).map(({ name }) => ({ name, file: fileOf.fleet })),
  ]),
  ...repeated(
    "key of a peer",
    fleet.mesh?.type === "wireguard" ? fleet.mesh.peers.map((p) => ({ name: p.publicKey, file: fileOf.fleet })) : [],
  ),
  ...fleet.hosts.flatMap((host) =>
    repeated(
      `service on ${host.name}`,
      placed.filter((p) => p.host === host).map((p) => ({ name: p.service.name, file: p.file })),
    ),
  ),
  ...repeated(
    "zone",
    fleet.zones.map((z) => ({ name: z.name, file: fileOf.zone(z.name) })),
  ),
  ...repeated(
    "secret",
    fleet.secrets.map((s) => ({ name: s.name, file: fileOf.secrets })),
  ),
  ...(["buckets", "workers", "pages", "kv", "d1", "tunnels", "loadBalancers"] as const).flatMap((kind) =>
    repeated(
      `name in edge.${kind}`,
      fleet.edge[kind].map((thing) => ({ name: thing.name, file: fileOf.edge })),
    ),
  ),
];

const repeated = (kind: string, things: { name: string; file: string }[]): Finding[] =>
  [...Map.groupBy(things, (t) => t.name)]
    .filter(([, same]) => same.length > 1)
    .map(([name, same]) => ({
      rule: "unique-name",
      files: filesOf(...same.map((t) => t.file)),
      message: `the ${kind} "${name}" is there ${same.length} times`,
      remedy: "rename all but one, or remove what was copied by mistake",
    }));
