/** Colours a text for a terminal, or leaves it as it is. */
export type Paint = (style: "bold" | "dim" | "green" | "red" | "yellow" | "magenta" | "cyan", text: string) => string;

export const plain: Paint = (_style, text) => text;

/** A line of a comparison by its sign. */
export const paintLine = (line: string, paint: Paint): string =>
  paint(line.startsWith("+") ? "green" : line.startsWith("-") ? "red" : "dim", line);
