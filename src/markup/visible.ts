/**
 * Characters that do something instead of being seen: controls (escape sequences begin with one), direction marks,
 * zero-width and other invisible ones, halves of pairs, and what no encoding may carry.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const UNSEEN_IN_LINE = new RegExp(`(?!\\t)${UNSEEN.source}`, "gu");

const named = (character: string): string =>
  `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩`;

/**
 * Any text as one line in which every character can be seen: "a⟨U+001B⟩[31m". At most `limit` characters, cut in the
 * middle.
 */
export const oneLine = (text: string, limit = 200): string => clip(text.replace(UNSEEN, named), limit);

/** One line of a file: as oneLine(), but tabs stay. */
export const fileLine = (text: string, limit = 400): string => clip(text.replace(UNSEEN_IN_LINE, named), limit);

/** Cuts the middle out of a text that is too long, and says how much. */
function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = Math.max(limit - 40, 0);
  const head = whole(text.slice(0, Math.ceil(kept / 2)));
  const tail = whole(text.slice(text.length - Math.floor(kept / 2)));
  return `${head} … ${count(text.length - head.length - tail.length, "character")} … ${tail}`;
}

/** Without the half of a pair that a cut has left at an end. */
const whole = (text: string): string => text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");

/** "1 line", "1,204 lines". */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** The first and the last of a list, `limit` in all, and how many between them were left out. */
export function withoutMiddle<T>(
  list: readonly T[],
  limit: number,
): { head: readonly T[]; cut: number; tail: readonly T[] } {
  if (list.length <= limit) return { head: list, cut: 0, tail: [] };
  const head = Math.ceil(limit / 2);
  return { head: list.slice(0, head), cut: list.length - limit, tail: list.slice(list.length - (limit - head)) };
}
