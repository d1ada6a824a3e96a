import { oneLine } from "../markup/visible.ts";
import type { Graph, GraphEdge, GraphNode } from "./types.ts";

/**
 * A fleet's dependencies as a tree of lines: hosts with what they run, then names and the edge; behind the arrow what
 * each needs.
 */
export function graphTree(graph: Graph): string {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const needs = Map.groupBy(
    graph.edges.filter((edge) => edge.kind !== "runs"),
    (edge) => edge.from,
  );
  const runs = Map.groupBy(
    graph.edges.filter((edge) => edge.kind === "runs"),
    (edge) => edge.from,
  );
  const line = (node: GraphNode) =>
    lineOf(
      node,
      (needs.get(node.id) ?? []).map((edge) => needWords(edge, node, byId.get(edge.to)!)),
    );
  const branches = [
    ...graph.nodes
      .filter((node) => node.kind === "host")
      .map((host) => [line(host), (runs.get(host.id) ?? []).map((edge) => line(byId.get(edge.to)!))] as const),
    ...graph.groups.flatMap(({ id, label }) => {
      const members = graph.nodes.filter(
        (node) => node.group === id && node.kind !== "host" && node.kind !== "service",
      );
      return members.length === 0 ? [] : [[oneLine(label), members.map(line)] as const];
    }),
  ];
  return [
    oneLine(graph.name),
    ...branches.flatMap(([head, leaves], i) => branchLines(head, leaves, i === branches.length - 1)),
  ].join("\n");
}

const lineOf = ({ label, note, planned }: GraphNode, needs: readonly string[]): string =>
  `${oneLine(label)}${note === "" ? "" : ` (${oneLine(note)})`}${planned ? " [planned]" : ""}` +
  (needs.length === 0 ? "" : ` → ${needs.join(", ")}`);

/** A service of the same host goes by its name alone. */
function needWords({ kind }: GraphEdge, from: GraphNode, to: GraphNode): string {
  const name = to.kind === "service" && to.group !== from.group ? to.id.slice("service/".length) : to.label;
  return `${kind === "dials" ? "hub " : kind === "through" ? "through " : ""}${oneLine(name)}`;
}

const branchLines = (head: string, leaves: readonly string[], last: boolean): string[] => [
  `${last ? "└─" : "├─"} ${head}`,
  ...leaves.map((leaf, i) => `${last ? "  " : "│ "} ${i === leaves.length - 1 ? "└─" : "├─"} ${leaf}`),
];
