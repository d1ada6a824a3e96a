import { joinText, type Ref, type Text } from "../model/text.ts";

/** A value that would change the meaning of the file that it is written to. */
export class RenderError extends Error {
  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
    this.name = "RenderError";
  }
}

/**
 * Refuses text that would not stay one line of a file. References pass: their values are known later.
 * @throws RenderError
 */
export function oneLine<T extends Text>(where: string, value: T): T {
  const plain = typeof value === "string" ? [value] : value.parts.filter((p) => typeof p === "string");
  const bad = plain.join("").match(/[\n\r\0]/);
  if (bad)
    throw new RenderError(
      where,
      `a value with a ${bad[0] === "\0" ? "NUL byte" : "line break"} would break the file: remove it`,
    );
  return value;
}

/** Maps the plain pieces of a text; references stay as they are. */
export const mapPlain = (value: Text, change: (plain: string) => string): Text =>
  typeof value === "string"
    ? change(value)
    : joinText(value.parts.map((p): string | Ref => (typeof p === "string" ? change(p) : p)));
