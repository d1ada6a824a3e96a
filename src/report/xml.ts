import { fileLine, oneLine } from "../markup/visible.ts";

/** Writers of XML for any text. What XML cannot carry, such as control characters, is named instead. */

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/**
 * `name="value"` for each value, on one line. An empty value is written as a dash, because some readers want a
 * character.
 */
const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(oneLine(String(value), 1000)).trim() || "-"}"`)
    .join("");

/** An element around others; without any nothing stands in it, because some must be empty. */
export const element = (
  name: string,
  values: Readonly<Record<string, string | number>>,
  children: readonly string[] = [],
): string =>
  [
    `<${name}${attributes(values)}>`,
    ...children.flatMap((child) => ["\n", child]),
    ...(children.length > 0 ? ["\n"] : []),
    `</${name}>`,
  ].join("");

/** An element around lines of text. */
export const textElement = (
  name: string,
  values: Readonly<Record<string, string | number>>,
  lines: readonly string[],
): string => `<${name}${attributes(values)}>${lines.map((line) => escape(fileLine(line))).join("\n")}</${name}>`;
