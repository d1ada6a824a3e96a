import { oneLine } from "../markup/visible.ts";
import type { Graph, GraphNode } from "./types.ts";

/**
 * How the texts of a node are written, and how much room they take. In pixels, for the widest of the fonts that a
 * reader may have in place of system-ui.
 */

export const LABEL_SIZE = 13;
export const NOTE_SIZE = 11;
/** Room left of the texts, for the mark, and right of them. */
export const PADDING = { left: 26, right: 12 };

const NARROW = /[ijlI.,:;'|!()[\]/ ]/;
const WIDE = /[mwMW@%]|[^\x20-\x7e]/;

const widthOf = (text: string, size: number): number =>
  Array.from(text).reduce(
    (sum, character) =>
      sum +
      size * (NARROW.test(character) ? 0.37 : WIDE.test(character) ? 0.98 : /[A-Z]/.test(character) ? 0.72 : 0.63),
    0,
  );

const LONGEST = { label: 36, note: 44 };

/** As much of a text as there is room for, on one line. */
function shorten(text: string, longest: number): string {
  const characters = Array.from(oneLine(text));
  return characters.length <= longest
    ? characters.join("")
    : `${characters.slice(0, longest - 11).join("")}…${characters.slice(-10).join("")}`;
}

/** What is written in a node. */
export const linesOf = (node: GraphNode): { label: string; note: string } => ({
  label: shorten(node.label, LONGEST.label),
  note: shorten([node.note, node.planned ? "planned" : ""].filter(Boolean).join(", "), LONGEST.note),
});

export interface Size {
  width: number;
  height: number;
}

function sizeOf(node: GraphNode): Size {
  const { label, note } = linesOf(node);
  const bold = node.kind === "host" ? 1.06 : 1;
  return {
    width: Math.ceil(
      PADDING.left + PADDING.right + Math.max(widthOf(label, LABEL_SIZE) * bold, widthOf(note, NOTE_SIZE)),
    ),
    height: note === "" ? 28 : 42,
  };
}

/**
 * By the index of the node. What stands in the same frame is equally large, but for a host among its services, so that
 * they stand in columns and rows.
 */
export function sizesOf({ nodes }: Graph): Size[] {
  const columnOf = ({ kind, group }: GraphNode) => JSON.stringify([kind === "host", group]);
  const largest = new Map(
    [...Map.groupBy(nodes, columnOf)].map(([column, inside]) => {
      const sizes = inside.map(sizeOf);
      return [
        column,
        { width: Math.max(...sizes.map((size) => size.width)), height: Math.max(...sizes.map((size) => size.height)) },
      ];
    }),
  );
  return nodes.map((node) => largest.get(columnOf(node))!);
}
