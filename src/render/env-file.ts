import { joinText, type Ref, type Text } from "../model/text.ts";
import { oneLine, RenderError } from "./one-line.ts";

/**
 * The text of an environment file, read alike by systemd's EnvironmentFile= and by `. file` in a shell. Values are
 * quoted, so that a space, $ or # in them means nothing. References go between single quotation marks: what they stand
 * for must have neither such a mark nor a line break.
 * @throws RenderError
 */
export function envFile(variables: Record<string, string | number>): string;
export function envFile(variables: Record<string, Text | Ref | number>): Text;
export function envFile(variables: Record<string, Text | Ref | number>): Text {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new RenderError("environment file", `${JSON.stringify(name)} is not a variable's name`);
    const text = oneLine(`environment file: ${name}`, joinText([value]));
    const pieces = typeof text === "string" ? [text] : text.parts;
    return joinText([
      `${name}=`,
      ...pieces.map((p) => (typeof p === "string" ? quoted(p) : joinText(["'", p, "'"]))),
      "\n",
    ]);
  });
  return joinText(lines);
}

const quoted = (plain: string): string => `"${plain.replace(/[\\"$`]/g, "\\$&")}"`;
