/** Helpers to write POSIX sh. */

/** One word of sh, whatever it holds. NUL cannot be written in sh and is refused by check. */
export const quote = (word: string): string =>
  /^[A-Za-z0-9_/.:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

export const quoteAll = (words: readonly string[]): string => words.map(quote).join(" ");

/** A function of sh. */
export const fn = (name: string, lines: readonly string[]): string[] => [`${name}() {`, ...lines, "}"];

export interface Section {
  name: string;
  args: string[];
  lines: string[];
}

/** Splits what a script printed into the parts it announced by lines "#fleet:name args". */
export function sectionsOf(output: string): Section[] {
  const sections: Section[] = [];
  for (const line of output.split("\n")) {
    if (line.startsWith("#fleet:")) {
      const [name = "", ...args] = line.slice("#fleet:".length).split(" ");
      sections.push({ name, args, lines: [] });
    } else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

export const decode = (lines: readonly string[]): Buffer => Buffer.from(lines.join(""), "base64");
