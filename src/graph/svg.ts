import { Html, html } from "../markup/html.ts";
import type { Box, Layout, Point } from "./layout.ts";
import { LABEL_SIZE, linesOf, NOTE_SIZE, PADDING } from "./measure.ts";
import type { Graph, GraphNode } from "./types.ts";

/** What is known of a node: the class that colours it, the sign in its dot, and the same in words. */
export interface Mark {
  tone: string;
  sign: string;
  words: string;
}

export interface SvgOptions {
  title: string;
  description: string;
  /** By the node's id. */
  marks?: ReadonlyMap<string, Mark>;
  /** Inside of the picture, for one that stands alone. */
  style?: string;
}

const MARGIN = 6;

/**
 * Draws a graph as it was laid out, as one SVG element without scripts or colours of its own: those come from classes.
 */
export function graphSvg(
  graph: Graph,
  layout: Layout,
  { title, description, marks = new Map(), style }: SvgOptions,
): Html {
  const [width, height] = [Math.ceil(layout.width) + 2 * MARGIN, Math.ceil(layout.height) + 2 * MARGIN];
  const paper =
    style &&
    html`<style>${new Html(style)}</style>
<rect class="paper" x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}"/>
`;
  const box = [-MARGIN, -MARGIN, width, height].join(" ");
  const size = html`width="${width}" height="${height}" viewBox="${box}"`;
  const name = html`role="img" aria-label="${title}. ${description}"`;
  const nodes = graph.nodes.map((node, i) => drawNode(node, layout.nodes[i]!, marks.get(node.id)));
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="graph" ${size} ${name}>
${paper}${frames(graph, layout)}${edges(graph, layout)}${nodes}</svg>`;
}

const frames = ({ groups }: Graph, layout: Layout): Html[] =>
  groups.flatMap(({ label }, i) => {
    const box = layout.groups[i];
    if (!box) return [];
    const text = html`<text x="${px(box.x + 14)}" y="${px(box.y + 17)}">${label}</text>`;
    return [html`<g class="frame">${rectangle(box, 12)}${text}</g>\n`];
  });

const edges = (graph: Graph, layout: Layout): Html[] =>
  graph.edges.map(({ kind, planned }, i) => {
    const {
      curve: [start, ...points],
      head,
    } = layout.edges[i]!;
    const line = html`<path d="M${at(start!)} C${points.map(at).join(" ")}"/>`;
    const tip = html`<path class="head" d="${arrow(points.at(-1)!, head)}"/>`;
    return html`<g class="edge ${kind}${planned ? " planned" : ""}">${line}${tip}</g>\n`;
  });

function drawNode(node: GraphNode, box: Box, mark: Mark | undefined): Html {
  const { label, note } = linesOf(node);
  const [left, dot, middle] = [px(box.x + PADDING.left), px(box.x + PADDING.left / 2 + 1), box.y + box.height / 2];
  const full = [node.label, node.note, mark?.words ?? (node.planned ? "planned" : "")].filter(Boolean).join(", ");
  const classes = ["node", node.kind, mark?.tone ?? "", node.planned && mark?.tone !== "planned" ? "planned" : ""]
    .filter(Boolean)
    .join(" ");
  const sign = mark && html`<text class="sign" x="${dot}" y="${px(middle + 4)}">${mark.sign}</text>`;
  const second = note === "" ? undefined : html`<text class="note" x="${left}" y="${px(middle + 12)}">${note}</text>`;
  const circle = html`<circle cx="${dot}" cy="${px(middle)}" r="${mark ? 7 : 3.5}"/>`;
  const y = px(note === "" ? middle + 4.5 : middle - 3);
  const first = html`<text class="label" x="${left}" y="${y}">${label}</text>`;
  const shape = html`${rectangle(box, 8)}${circle}${sign}`;
  return html`<g class="${classes}"><title>${full}</title>${shape}${first}${second}</g>\n`;
}

const rectangle = ({ x, y, width, height }: Box, radius: number): Html =>
  html`<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="${radius}"/>`;

const px = (value: number): string => String(Math.round(value * 10) / 10);
const at = ({ x, y }: Point): string => `${px(x)} ${px(y)}`;

const HEAD = 3.2;

function arrow(from: Point, to: Point): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [across, along] = [{ x: (-(to.y - from.y) / length) * HEAD, y: ((to.x - from.x) / length) * HEAD }, to];
  return (
    `M${at({ x: from.x + across.x, y: from.y + across.y })} L${at(along)} L` +
    `${at({ x: from.x - across.x, y: from.y - across.y })} Z`
  );
}

/** How a picture looks, from the colours that whoever shows it sets (src/graph/style.ts for one that stands alone). */
export const graphStyle = `.graph { font-family: system-ui, sans-serif }
.graph text { fill: var(--ink) }
.graph .label { font-size: ${LABEL_SIZE}px } .graph .note { font-size: ${NOTE_SIZE}px; fill: var(--soft) }
.graph .host .label { font-weight: 600 }
.graph .frame rect { fill: var(--frame); stroke: var(--line) }
.graph .frame text { font-size: ${NOTE_SIZE}px; font-weight: 600; letter-spacing: .02em; fill: var(--soft) }
.graph .node rect { fill: var(--paper); stroke: var(--edge) }
.graph .host rect { stroke-width: 1.5 }
.graph .node circle { fill: var(--soft) }
.graph .name rect { stroke: var(--line) } .graph .name circle { fill: var(--blue) }
.graph .edge { color: var(--edge) }
.graph .leads { color: var(--blue) }
.graph .dials, .graph .through { color: var(--teal) }
.graph .edge path { fill: none; stroke: currentColor; stroke-width: 1.4 }
.graph .edge .head { fill: currentColor; stroke: none }
.graph .through path, .graph .refers path { stroke-dasharray: 2 3 } .graph .edge.planned path { stroke-dasharray: 4 3 }
.graph .node.planned rect { stroke-dasharray: 4 3 } .graph .planned .label { fill: var(--soft) }
.graph .sign { font-size: 10px; font-weight: 700; text-anchor: middle; fill: var(--paper) }
.graph .same circle { fill: var(--green) }
.graph .drifted circle { fill: var(--amber) }
.graph .unknown circle { fill: var(--violet) }
.graph .new circle { fill: var(--blue) }
.graph .drifted rect { stroke: var(--amber) } .graph .unknown rect { stroke: var(--violet) }`;
