import { instance } from "@viz-js/viz";
import { dotName, graphDot, PIXELS_AN_INCH } from "./dot.ts";
import type { Graph } from "./types.ts";

export interface Point {
  x: number;
  y: number;
}
export interface Box extends Point {
  width: number;
  height: number;
}

/** Where everything of a graph stands, in pixels from the upper left corner. */
export interface Layout {
  width: number;
  height: number;
  /** By the index of the node; x and y are its upper left corner. */
  nodes: Box[];
  /** By the index of the group; nothing where no node is in it. */
  groups: (Box | undefined)[];
  /** By the index of the edge: the points of a row of Bézier curves, and where the arrow's head ends. */
  edges: { curve: Point[]; head: Point }[];
}

/** What Graphviz says of a graph in its format json0. */
interface GraphvizJson {
  bb: string;
  objects?: GraphvizObject[];
  edges?: { tail: number; head: number; pos: string }[];
}
interface GraphvizObject {
  _gvid: number;
  name: string;
  pos?: string;
  width?: string;
  height?: string;
  bb?: string;
}

/** Lays a graph out from left to right with Graphviz, compiled to WebAssembly: the same graph always the same way. */
export async function layoutOf(graph: Graph): Promise<Layout> {
  const viz = await instance();
  const { output, errors } = viz.render(graphDot(graph), { format: "json0", engine: "dot", yInvert: true });
  if (output === undefined)
    throw new Error(`Graphviz could not lay the graph out: ${errors.map(({ message }) => message).join("; ")}`);
  const { bb, objects = [], edges = [] } = JSON.parse(output) as GraphvizJson;
  const [, height, width] = numbers(bb) as [number, number, number, number];
  const clusters = new Map(
    objects.filter((object) => object.bb !== undefined).map((object) => [object.name, frame(object.bb!)]),
  );
  const byName = new Map(objects.filter((object) => object.pos !== undefined).map((object) => [object.name, object]));
  const nameOf = new Map(objects.map((object) => [object._gvid, object.name]));
  const splines = Map.groupBy(edges, ({ tail, head }) => `${nameOf.get(tail)}\n${nameOf.get(head)}`);
  return {
    width,
    height,
    nodes: graph.nodes.map(({ id }) => boxOf(byName.get(dotName(id))!)),
    groups: graph.groups.map((_, i) => clusters.get(`cluster_${i}`)),
    // Several edges between the same two are told in their order.
    edges: graph.edges.map(({ from, to }) => splineOf(splines.get(`${dotName(from)}\n${dotName(to)}`)!.shift()!.pos)),
  };
}

const numbers = (text: string): number[] => text.split(",").map(Number);

function boxOf({ pos, width, height }: GraphvizObject): Box {
  const [x, y] = numbers(pos!) as [number, number];
  const [w, h] = [Number(width) * PIXELS_AN_INCH, Number(height) * PIXELS_AN_INCH];
  return { x: x - w / 2, y: y - h / 2, width: w, height: h };
}

function frame(bb: string): Box {
  const [left, bottom, right, top] = numbers(bb) as [number, number, number, number];
  return { x: left, y: Math.min(top, bottom), width: right - left, height: Math.abs(bottom - top) };
}

/** "e,X,Y x,y x,y …": the arrow's end, then the curve. */
function splineOf(pos: string): { curve: Point[]; head: Point } {
  const points = pos
    .split(" ")
    .map((part) => part.replace(/^[es],/, ""))
    .map(numbers)
    .map(([x, y]): Point => ({ x: x!, y: y! }));
  const [head, ...curve] = pos.startsWith("e,") ? points : [points.at(-1)!, ...points];
  return { curve, head: head! };
}
