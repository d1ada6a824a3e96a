import { filesOf, type FleetView } from "../model/view.ts";
import type { Rule } from "./view.ts";

/** Services that wait for each other, or hosts that are reached through each other, would never come up. */
export const cycles: Rule = (view) => {
  const { edges, fileOf } = graphOf(view);
  return findCycles(edges).map((cycle) => ({
    rule: "cycle",
    files: filesOf(...cycle.map((node) => fileOf.get(node)!)),
    message: `these wait for each other: ${[...cycle, cycle[0]].join(" → ")}`,
    remedy: `remove one of the dependencies (dependsOn of a service, jump of a host)`,
  }));
};

function graphOf({ fleet, placed, fileOf }: FleetView): { edges: Map<string, string[]>; fileOf: Map<string, string> } {
  const edges = new Map<string, string[]>();
  const files = new Map<string, string>();
  for (const p of placed) {
    edges.set(
      p.label,
      p.service.dependsOn.map((name) => (name.includes("/") ? name : `${p.host.name}/${name}`)),
    );
    files.set(p.label, p.file);
  }
  for (const host of fleet.hosts) {
    edges.set(host.name, host.jump ? [host.jump] : []);
    files.set(host.name, fileOf.host(host));
  }
  return { edges, fileOf: files };
}

/** One cycle for every group of nodes that reach each other by a back edge, in the order of dependence. */
function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): void => {
    const at = path.indexOf(node);
    if (at >= 0) return void found.push(path.slice(at));
    if (done.has(node) || !edges.has(node)) return;
    path.push(node);
    edges.get(node)!.forEach(visit);
    path.pop();
    done.add(node);
  };
  for (const node of edges.keys()) visit(node);
  return found;
}
