import { joinText, type Text } from "../model/text.ts";
import { oneLine, RenderError } from "./one-line.ts";

/** A value of a key: a list repeats the key, undefined leaves it out. */
export type IniValue<T extends Text = Text> = T | number | boolean | readonly (T | number)[] | undefined;
export type IniSection<T extends Text = Text> = Record<string, IniValue<T>>;
/** Sections in order; a list of pairs may repeat a section's name, as WireGuard's [Peer] does. */
export type IniSections<T extends Text = Text> =
  | Record<string, IniSection<T> | undefined>
  | readonly (readonly [string, IniSection<T>])[];

export interface IniStyle {
  /** Between key and value. */
  equals?: string;
  /** How true and false are written. */
  yes?: string;
  no?: string;
}

/**
 * Writes sections of keys and values. Sections without a key are left out.
 * @throws RenderError when a name or value would not stay what it is in the file.
 */
export function ini(sections: IniSections<string>, style?: IniStyle): string;
export function ini(sections: IniSections, style?: IniStyle): Text;
export function ini(sections: IniSections, { equals = " = ", yes = "true", no = "false" }: IniStyle = {}): Text {
  const list = Array.isArray(sections) ? sections : Object.entries(sections);
  const blocks = list.flatMap(([name, keys]: readonly [string, IniSection | undefined]) => {
    const lines = Object.entries(keys ?? {}).flatMap(([key, value]) => linesOf(`[${name}] ${key}`, key, value));
    return lines.length ? [joinText([`[${checkName(name)}]`, ...lines, ""], "\n")] : [];
  });
  return joinText(blocks, "\n");

  function linesOf(where: string, key: string, value: IniValue): Text[] {
    const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return values.map((v) =>
      joinText([
        `${checkKey(where, key)}${equals}`,
        typeof v === "boolean" ? (v ? yes : no) : oneLine(where, typeof v === "number" ? String(v) : v),
      ]),
    );
  }
}

const checkName = (name: string): string => {
  if (!/^[^\s[\]][^\n\r[\]]*$/.test(name))
    throw new RenderError(`[${JSON.stringify(name).slice(1, -1)}]`, "a section's name is one line without brackets");
  return name;
};

const checkKey = (where: string, key: string): string => {
  if (!/^[A-Za-z][\w.-]*$/.test(key))
    throw new RenderError(JSON.stringify(where), "a key is letters, digits, _, . and -");
  return key;
};
