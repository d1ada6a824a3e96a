import type { FleetView, Placed } from "../model/view.ts";
import { showPort } from "../model/port.ts";
import { EDGE_GROUP, edgeEdges, edgeNodes, hostNode, meshWords, roadEdges, zoneGroup } from "./fleet-parts.ts";
import { namesOf, type NameLead } from "./names.ts";
import { referenceEdges } from "./references.ts";
import { type Graph, type GraphEdge, type GraphNode, hostId, serviceId } from "./types.ts";

/** Everything that a fleet declares and what it depends on: hosts with their services, names, the edge, the mesh. */
export function dependencyGraph(view: FleetView): Graph {
  const { fleet, placed } = view;
  const leads = namesOf(fleet);
  const zones = [...new Set([...fleet.zones.map((zone) => zone.name), ...leads.map((lead) => lead.zone)])];
  const nodes = [
    ...fleet.hosts.map((host) => ({ ...hostNode(host), group: hostId(host.name) })),
    ...placed.map(serviceNode),
    ...leads.map(nameNode),
    ...edgeNodes(fleet),
  ];
  const ids = new Set(nodes.map((node) => node.id));
  const edges = [
    ...placed.map((p): GraphEdge => ({
      from: hostId(p.host.name),
      to: serviceId(p.label),
      kind: "runs",
      planned: !p.active,
    })),
    ...placed.flatMap(needsOf),
    ...referenceEdges(view),
    ...leads.flatMap((lead, i): GraphEdge[] =>
      lead.to === undefined ? [] : [{ from: nameNode(lead, i).id, to: lead.to, kind: "leads", planned: lead.planned }],
    ),
    ...edgeEdges(fleet),
    ...roadEdges(fleet),
  ];
  const mesh = meshWords(fleet);
  return {
    name: mesh === undefined ? fleet.name : `${fleet.name}, ${mesh}`,
    nodes,
    // What is not declared is refused elsewhere, and is no reason to draw nothing.
    edges: edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
    groups: [
      ...fleet.hosts.map((host) => ({ id: hostId(host.name), label: host.name })),
      ...zones.map(zoneGroup),
      ...(edgeNodes(fleet).length > 0 ? [EDGE_GROUP] : []),
    ],
  };
}

const serviceNode = ({ host, service, label, active }: Placed): GraphNode => ({
  id: serviceId(label),
  kind: "service",
  label: service.name,
  note: service.ports.map(showPort).join(", "),
  planned: !active,
  group: hostId(host.name),
});

const nameNode = (lead: NameLead, index: number): GraphNode => ({
  id: `name/${index}/${lead.name}`,
  kind: "name",
  label: lead.name,
  planned: lead.planned,
  group: zoneGroup(lead.zone).id,
  note: [lead.type ?? "", lead.proxied && lead.type !== null ? "proxied" : "", lead.to === undefined ? lead.target : ""]
    .filter(Boolean)
    .join(", "),
});

const needsOf = (p: Placed): GraphEdge[] =>
  p.service.dependsOn.map((name) => ({
    from: serviceId(p.label),
    to: serviceId(name.includes("/") ? name : `${p.host.name}/${name}`),
    kind: "needs",
    planned: !p.active,
  }));
