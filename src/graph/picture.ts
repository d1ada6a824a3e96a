import { layoutOf } from "./layout.ts";
import { colours } from "./style.ts";
import { graphStyle, graphSvg } from "./svg.ts";
import type { Graph } from "./types.ts";

const PAPER = ".graph .paper { fill: var(--paper) }";

/** A graph as an SVG file of its own, light or dark as its reader likes it. */
export async function graphPicture(graph: Graph): Promise<string> {
  const description =
    `${graph.nodes.length} boxes and ${graph.edges.length} arrows; ` +
    `an arrow leads from what needs something to what it needs. \`fleet graph\` tells the same in lines.`;
  return graphSvg(graph, await layoutOf(graph), {
    title: graph.name,
    description,
    style: `${colours}\n${graphStyle}\n${PAPER}`,
  }).markup;
}
