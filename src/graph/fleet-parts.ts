import type { FleetParts } from "../model/fleet-parts.ts";
import type { Host } from "../model/host.ts";
import { meshMembers } from "../model/mesh-members.ts";
import { isActive } from "../model/status.ts";
import { edgeThings } from "./edge-things.ts";
import { machineWords, placeWords } from "./host-words.ts";
import { type GraphEdge, type GraphGroup, type GraphNode, hostId } from "./types.ts";

/** What both pictures of a fleet have: its machines, what stands at Cloudflare, its mesh. */

export const hostNode = (host: Host): GraphNode => ({
  id: hostId(host.name),
  kind: "host",
  label: host.name,
  note: [machineWords(host), placeWords(host)].filter(Boolean).join(", "),
  planned: !isActive(host),
});

export const EDGE_GROUP: GraphGroup = { id: "edge", label: "Cloudflare" };
export const zoneGroup = (zone: string): GraphGroup => ({
  id: `zone/${zone}`,
  label: zone === "" ? "names of other zones" : `zone ${zone}`,
});

export const edgeNodes = ({ edge }: FleetParts): GraphNode[] =>
  edgeThings(edge).map(({ id, kind, label, note, planned }) => ({
    id,
    kind,
    label,
    note,
    planned,
    group: EDGE_GROUP.id,
  }));

export const edgeEdges = ({ edge }: FleetParts): GraphEdge[] =>
  edgeThings(edge).flatMap(({ id, needs, planned }) =>
    needs.map((to): GraphEdge => ({ from: id, to, kind: "needs", planned })),
  );

/** Spokes dial the hub, in the order of the hosts; what is reached through another host says so. */
export function roadEdges(fleet: FleetParts): GraphEdge[] {
  const { hub, spokes } = meshMembers(fleet);
  return [
    ...(hub
      ? spokes.map((spoke): GraphEdge => ({
          from: hostId(spoke.name),
          to: hostId(hub.name),
          kind: "dials",
          planned: false,
        }))
      : []),
    ...fleet.hosts.flatMap((host): GraphEdge[] =>
      host.jump ? [{ from: hostId(host.name), to: hostId(host.jump), kind: "through", planned: !isActive(host) }] : [],
    ),
  ];
}

/** "WireGuard mesh 10.84.0.0/24". */
export const meshWords = ({ mesh }: FleetParts): string | undefined =>
  mesh &&
  `${mesh.type === "wireguard" ? "WireGuard" : "Tailscale"} mesh ${mesh.network}${isActive(mesh) ? "" : " (planned)"}`;
