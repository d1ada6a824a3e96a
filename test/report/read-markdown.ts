/**
 * What a reader of Markdown makes of a text, as far as breaking out of code goes: CommonMark's rules for fences and
 * code spans, read from scratch.
 */

/** The text outside of all code, with "▮" where code was. @throws Error when a fence is never closed */
export function outsideOfCode(markdown: string): string {
  const lines: string[] = [];
  let fence: { length: number } | undefined;
  for (const line of markdown.split("\n")) {
    const [, row, rest] = /^ {0,5}(`{3,})(.*)$/.exec(line) ?? [];
    if (fence) {
      if (row !== undefined && row.length >= fence.length && rest!.trim() === "") fence = undefined;
    } else if (row !== undefined && !rest!.includes("`")) {
      fence = { length: row.length };
      lines.push("▮");
    } else lines.push(line);
  }
  if (fence) throw new Error(`a fence of ${fence.length} is never closed`);
  return lines
    .map(withoutSpans)
    .join("\n")
    .replace(/<code>[^<>]*<\/code>/g, "▮");
}

/** A row of backticks is closed by the next row of the same length; without one it is text. */
function withoutSpans(line: string): string {
  let [out, at] = ["", 0];
  while (at < line.length) {
    const row = /^`+/.exec(line.slice(at))?.[0];
    if (!row) out += line[at++];
    else {
      const close = [...line.slice(at + row.length).matchAll(/`+/g)].find(([other]) => other.length === row.length);
      if (close) at += row.length + close.index + row.length;
      else at += row.length;
      out += close ? "▮" : row;
    }
  }
  return out;
}
