import { structuredPatch } from "diff";

/** Comparing two texts that have little in common takes the square of this in steps: half a second. */
const MOST_EDITS = 1000;

/**
 * The lines in which two texts differ, each with its sign: "-old", "+new", with up to one line around them as " same".
 * Texts that have too little in common are told whole.
 *
 * @param mostEdits how many changed lines are looked for at most
 */
export function textLines(from: string, to: string, mostEdits = MOST_EDITS): string[] {
  const isWhole = from === "" || to === "";
  const patch = isWhole
    ? undefined
    : structuredPatch("", "", from, to, "", "", { context: 1, maxEditLength: mostEdits });
  if (patch === undefined) return whole(linesOf(from), linesOf(to));
  return patch.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines.filter((line) => !line.startsWith("\\")),
  ]);
}

/** So that a report of many texts takes no longer than one of a single text. */
export const editsForEach = (texts: number): number =>
  Math.max(30, Math.min(MOST_EDITS, Math.floor(MOST_EDITS / Math.sqrt(Math.max(texts, 1)))));

function whole(from: readonly string[], to: readonly string[]): string[] {
  if (from.length + to.length === 0) return [];
  const range = (lines: readonly string[]) => `${Math.min(lines.length, 1)},${lines.length}`;
  return [`@@ -${range(from)} +${range(to)} @@`, ...from.map((line) => `-${line}`), ...to.map((line) => `+${line}`)];
}

const linesOf = (text: string): string[] =>
  text === "" ? [] : (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
