import { refsIn } from "../model/references.ts";
import type { FleetView } from "../model/view.ts";
import { type GraphEdge, hostId, serviceId } from "./types.ts";

/** Services that are given another host's address or SSH host key. Keys of the mesh are told by the mesh. */
export function referenceEdges(view: FleetView): GraphEdge[] {
  const byLabel = new Map(view.placed.map((p) => [p.label, p]));
  const edges = refsIn(view).flatMap(({ from, ref }): GraphEdge[] => {
    const p = byLabel.get(from.label);
    return p === undefined || !["address", "host-key"].includes(ref.ref)
      ? []
      : [{ from: serviceId(p.label), to: hostId(ref.name), kind: "refers", planned: !p.active }];
  });
  return [...new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge])).values()];
}
