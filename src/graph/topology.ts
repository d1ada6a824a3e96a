import type { Host } from "../model/host.ts";
import type { FleetView } from "../model/view.ts";
import { isActive } from "../model/status.ts";
import { EDGE_GROUP, edgeEdges, edgeNodes, hostNode, meshWords, roadEdges, zoneGroup } from "./fleet-parts.ts";
import { namesOf, type NameLead } from "./names.ts";
import { referenceEdges } from "./references.ts";
import { type Graph, type GraphEdge, type GraphNode, hostId, serviceId } from "./types.ts";

const MESH = "mesh";
const MACHINES = "machines";

/**
 * A fleet at a glance: which names lead to which machines, tunnels and things at the edge, and how machines are joined.
 * Names with the same end are one node; what leads to nothing of the fleet is left out.
 */
export function topologyGraph(view: FleetView): Graph {
  const { fleet } = view;
  const leads = [
    ...Map.groupBy(
      namesOf(fleet).filter((lead) => lead.to !== undefined),
      ({ zone, to, proxied, planned }) => JSON.stringify([zone, to, proxied, planned]),
    ).values(),
  ];
  const mesh = meshWords(fleet);
  const groupOf = (host: Host) => (mesh !== undefined && host.mesh !== undefined && isActive(host) ? MESH : MACHINES);
  const nodes = [
    ...leads.map(leadNode),
    ...fleet.hosts.map((host): GraphNode => ({
      ...hostNode(host),
      note: [hostNode(host).note, host.mesh].filter(Boolean).join(", "),
      group: groupOf(host),
    })),
    ...edgeNodes(fleet),
  ];
  const ids = new Set(nodes.map((node) => node.id));
  // A balancer that is only planned is no road yet, and has one to every machine.
  const roads = roadEdges(fleet);
  const edges = [
    ...leads.map(leadEdge),
    ...edgeEdges(fleet).filter((edge) => !edge.planned || !edge.from.startsWith("balancer/")),
    ...roads,
    ...betweenHosts(view, roads),
  ];
  return {
    name: fleet.name,
    nodes,
    edges: edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
    groups: [
      ...[...new Set(leads.map(([lead]) => lead!.zone))].map(zoneGroup),
      EDGE_GROUP,
      { id: MESH, label: mesh ?? "" },
      { id: MACHINES, label: "machines" },
    ],
  };
}

const leadEdge = (same: readonly NameLead[]): GraphEdge => ({
  from: leadNode(same).id,
  to: same[0]!.to!,
  kind: "leads",
  planned: same[0]!.planned,
});

/** A machine of which a service is given another's address or SSH host key. */
function betweenHosts(view: FleetView, roads: readonly GraphEdge[]): GraphEdge[] {
  const hostOf = new Map(view.placed.map(({ label, host }) => [serviceId(label), hostId(host.name)]));
  const edges = referenceEdges(view)
    .map((edge): GraphEdge => ({ ...edge, from: hostOf.get(edge.from)! }))
    .filter(({ from, to }) => from !== to);
  // Where there is a road, it tells enough.
  return [...new Map([...edges, ...roads].map((edge) => [`${edge.from} ${edge.to}`, edge])).values()].filter(
    (edge) => edge.kind === "refers",
  );
}

function leadNode(same: readonly NameLead[]): GraphNode {
  const [{ name, zone, to, proxied, planned }, ...others] = same as [NameLead, ...NameLead[]];
  const more = others.length > 1 ? ` and ${others.length - 1} more` : "";
  const isHost = to!.startsWith(hostId(""));
  return {
    id: `name/${zone}/${to}/${proxied}/${planned}`,
    kind: "name",
    label: name,
    planned,
    group: zoneGroup(zone).id,
    note: [others[0] ? `also ${others[0].name}${more}` : "", isHost && proxied ? "proxied" : ""]
      .filter(Boolean)
      .join(", "),
  };
}
