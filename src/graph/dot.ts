import { oneLine } from "../markup/visible.ts";
import { type Size, sizesOf } from "./measure.ts";
import type { Graph, GraphEdge, GraphNode } from "./types.ts";

/** Graphviz counts in inches. */
export const PIXELS_AN_INCH = 72;
const inches = (pixels: number): string => (pixels / PIXELS_AN_INCH).toFixed(3);

/** Any text as a quoted string: Graphviz reads backslashes and entities in labels. */
const quote = (text: string): string =>
  `"${oneLine(text).replaceAll("&", "&amp;").replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
/** A node's name in the graph: Graphviz knows no escapes there but that of the quotation mark. */
export const dotName = (id: string): string => oneLine(id, 1000).replace(/["\\]/g, "_");
const name = (id: string): string => `"${dotName(id)}"`;

const NODE_STYLES: Record<GraphNode["kind"], string> = {
  host: 'style="rounded,bold"',
  service: "style=rounded",
  name: "style=filled, fillcolor=aliceblue, color=steelblue",
  tunnel: "shape=cds",
  balancer: "shape=hexagon",
  worker: "shape=component",
  pages: "shape=note",
  bucket: "shape=cylinder",
  kv: "shape=cylinder",
  database: "shape=cylinder",
};
const EDGE_STYLES: Record<GraphEdge["kind"], string> = {
  runs: "tailport=e, arrowhead=none",
  needs: "",
  refers: "style=dotted",
  leads: "tailport=e, headport=w, color=steelblue",
  dials: "tailport=e, color=seagreen",
  through: "style=dashed, color=seagreen",
};

/**
 * A fleet's graph in Graphviz' language. The boxes have the size that their texts take in the picture that is drawn of
 * it.
 */
export function graphDot(graph: Graph): string {
  const sizes = sizesOf(graph);
  const lines = Map.groupBy(
    graph.nodes.map((node, i) => ({ group: node.group, line: nodeLine(node, sizes[i]!) })),
    ({ group }) => group,
  );
  const frames = graph.groups.flatMap(({ id, label }, i) => {
    const inside = lines.get(id) ?? [];
    return inside.length === 0
      ? []
      : [
          `  subgraph cluster_${i} {`,
          `    label=${quote(label)}; style=rounded; color=gray60;`,
          ...inside.map(({ line }) => `    ${line}`),
          "  }",
        ];
  });
  return [
    `digraph ${quote(graph.name)} {`,
    '  rankdir=LR; nodesep=0.11; ranksep=0.8; fontname="Helvetica"; fontsize=11; labeljust=l;',
    '  node [shape=box, fixedsize=true, fontname="Helvetica", fontsize=11]; edge [arrowsize=0.6, color=gray40];',
    ...frames,
    ...(lines.get(undefined) ?? []).map(({ line }) => `  ${line}`),
    ...graph.edges.map(edgeLine),
    ...columnLines(graph),
    "}",
    "",
  ].join("\n");
}

function nodeLine(node: GraphNode, { width, height }: Size): string {
  const label = [node.label, node.note]
    .filter(Boolean)
    .map(quote)
    .map((text) => text.slice(1, -1))
    .join("\\n");
  return (
    `${name(node.id)} [label="${label}", width=${inches(width)}, height=${inches(height)}, ` +
    `${NODE_STYLES[node.kind]}${node.planned ? ", color=gray60, fontcolor=gray40" : ""}];`
  );
}

const edgeLine = ({ from, to, kind, planned }: GraphEdge): string => {
  const attributes = [EDGE_STYLES[kind], planned ? "style=dashed, color=gray60" : ""].filter(Boolean).join(", ");
  return `  ${name(from)} -> ${name(to)}${attributes === "" ? "" : ` [${attributes}]`};`;
};

/** What no name leads to stands in the same column as what names lead to. */
function columnLines({ nodes, edges }: Graph): string[] {
  const reached = new Set(edges.map((edge) => edge.to));
  const roots = nodes.filter((node) => node.kind !== "name" && node.kind !== "service" && !reached.has(node.id));
  if (roots.length === 0 || roots.length === nodes.length || !edges.some((edge) => edge.kind === "leads")) return [];
  return [
    '  "before the hosts" [style=invis, label="", width=0.01, height=0.01];',
    ...roots.map(({ id }) => `  "before the hosts" -> ${name(id)} [style=invis];`),
  ];
}
