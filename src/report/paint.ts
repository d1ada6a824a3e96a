/** Colours a text for a terminal, or leaves it as it is. */
export type Paint = (style: "bold" | "dim" | "green" | "red" | "yellow" | "magenta" | "cyan", text: string) => string;

export const plain: Paint = (_style, text) => text;
