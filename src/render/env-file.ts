import { joinText, type Text } from "../model/text.ts";
import { mapPlain, oneLine, RenderError } from "./one-line.ts";

/**
 * The text of an environment file, read alike by systemd's EnvironmentFile= and by `. file` in a shell. Values are quoted, so that a
 * space, $ or # in them means nothing.
 * A secret's value must not have a quotation mark or a line break: declare its format so.
 * @throws RenderError
 */
export function envFile(variables: Record<string, string | number>): string;
export function envFile(variables: Record<string, Text | number>): Text;
export function envFile(variables: Record<string, Text | number>): Text {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new RenderError("environment file", `${JSON.stringify(name)} is not a variable's name`);
    return joinText([`${name}="`, mapPlain(oneLine(`environment file: ${name}`, typeof value === "number" ? String(value) : value), (plain) => plain.replace(/[\\"$`]/g, "\\$&")), '"\n']);
  });
  return joinText(lines);
}
