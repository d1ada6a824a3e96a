import { folded, fenced, indented } from "../markup/markdown.ts";
import { editsForEach, textLines } from "./text-lines.ts";
import { count, withoutMiddle } from "../markup/visible.ts";

/** A text that changes. `summary` is HTML. */
export interface TextChange {
  summary: string;
  before: string;
  after: string;
}

/** One thing of a report. */
export interface Block {
  /** The heading that it stands under, with its neighbours. */
  group: string;
  line: string;
  /** Lines below it. */
  properties: readonly string[];
  texts: readonly TextChange[];
}

/** How much of each block is shown. */
interface Room {
  properties: number;
  /** Lines of each text. */
  lines: number;
}

const NO_ROOM: Room = { properties: 0, lines: 0 };
const LITTLE_ROOM: Room = { properties: 6, lines: 10 };
/** From all there is to only the first and last lines. */
const ROOMS: readonly Room[] = [
  { properties: 1e6, lines: 1e6 },
  { properties: 50, lines: 200 },
  { properties: 20, lines: 40 },
  LITTLE_ROOM,
];

/**
 * A head and below it as much of the blocks as fits into `limit` characters. First every text and list is cut in its
 * middle, more and more; then the blocks in the middle lose theirs; then the list of blocks loses its middle. The head
 * is never cut. What was cut is said where it was, and at the end.
 *
 * @param more where a reader finds all of it
 */
export function fit(head: string, blocks: readonly Block[], more: string, limit: number): string {
  const page: Page = { head, limit, linesOf: comparing(blocks) };
  for (const room of write(page, all(blocks, NO_ROOM), "") === undefined ? [] : ROOMS) {
    const whole = write(
      page,
      all(blocks, room),
      room === ROOMS[0] ? "" : `Texts and lists were cut in their middle to fit. ${more}`,
    );
    if (whole !== undefined) return whole;
  }
  return (
    mostThatFits(blocks.length, (n) => {
      const { head: first, cut, tail: last } = withoutMiddle(blocks, n);
      const middle = all(blocks.slice(first.length, first.length + cut), NO_ROOM);
      return write(
        page,
        [...all(first, LITTLE_ROOM), ...middle, ...all(last, LITTLE_ROOM)],
        `Most texts and lists were left out to fit. ${more}`,
      );
    }) ??
    mostThatFits(blocks.length, (n) => {
      const { head: first, cut, tail: last } = withoutMiddle(blocks, n);
      const note = `… ${count(cut, "entry", "entries")} here were cut to fit …`;
      return write(
        page,
        [...all(first, NO_ROOM), note, ...all(last, NO_ROOM)],
        `The middle of the list and all texts were cut to fit. ${more}`,
      );
    }) ??
    head
  );
}

const all = (blocks: readonly Block[], room: Room): Part[] => blocks.map((block) => [block, room]);

/** The longest of the texts for 0 to `limit` that is there; the texts grow, and from one on they are too long. */
function mostThatFits(limit: number, textFor: (n: number) => string | undefined): string | undefined {
  let best = textFor(0);
  let [fits, tooMany] = [0, limit];
  while (best !== undefined && tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    const text = textFor(middle);
    if (text === undefined) tooMany = middle;
    else [fits, best] = [middle, text];
  }
  return best;
}

/** A block with its room, or a remark between blocks. */
type Part = [Block, Room] | string;

interface Page {
  head: string;
  limit: number;
  linesOf: (change: TextChange) => readonly string[];
}

/** Blocks under their headings, and remarks between them; nothing when it is too long. */
function write({ head, limit, linesOf }: Page, parts: readonly Part[], note: string): string | undefined {
  let group: string | undefined;
  const lines = [head];
  let length = head.length + note.length + 2;
  for (const part of parts) {
    const line =
      typeof part === "string"
        ? `\n${part}`
        : (part[0].group === group ? "" : `\n${part[0].group}\n\n`) + blockText(...part, linesOf);
    group = typeof part === "string" ? undefined : part[0].group;
    lines.push(line);
    length += line.length + 1;
    if (length > limit) return undefined;
  }
  return `${[...lines, ...(note ? ["", note] : [])].join("\n")}\n`;
}

function blockText({ line, properties, texts }: Block, room: Room, linesOf: Page["linesOf"]): string {
  const changes = properties.length + texts.length;
  if (room === NO_ROOM) return changes === 0 ? line : `${line}: ${count(changes, "change")}`;
  const { head, cut, tail } = withoutMiddle(properties, room.properties);
  const remark = cut > 0 ? [`  - … ${count(cut, "more change")} …`] : [];
  return [
    line,
    ...head,
    ...remark,
    ...tail,
    ...texts.map((text) => textBlock(text, linesOf(text), room.lines)),
    ...(texts.length > 0 ? [""] : []),
  ].join("\n");
}

function textBlock({ summary }: TextChange, lines: readonly string[], limit: number): string {
  const { head, cut, tail } = withoutMiddle(lines, limit);
  const [added, removed] = ["+", "-"].map((sign) => lines.filter((line) => line.startsWith(sign)).length);
  const shown = cut > 0 ? [...head, `… ${count(cut, "line")} …`, ...tail] : head;
  const words = `${summary}: ${count(added!, "line")} added, ${removed!.toLocaleString("en")} removed`;
  return `\n${indented(folded(words, fenced(shown, "diff")))}`;
}

/** Compares each text once, however often it is tried with more or less room. */
function comparing(blocks: readonly Block[]): Page["linesOf"] {
  const mostEdits = editsForEach(blocks.reduce((n, block) => n + block.texts.length, 0));
  const known = new Map<TextChange, readonly string[]>();
  return (change) => {
    const lines = known.get(change) ?? textLines(change.before, change.after, mostEdits);
    known.set(change, lines);
    return lines;
  };
}
