import { structuredPatch } from "diff";

/** The lines in which two texts differ, each with its sign: "-old", "+new", with up to one line around them as " same". */
export const textLines = (from: string, to: string): string[] =>
  structuredPatch("", "", from, to, "", "", { context: 1 }).hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines.filter((line) => !line.startsWith("\\")),
  ]);
