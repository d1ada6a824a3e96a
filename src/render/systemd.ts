import type { Timer } from "../model/schedule.ts";
import { joinText, type Text } from "../model/text.ts";
import { ini, type IniSection, type IniSections } from "./ini.ts";
import { mapPlain, oneLine, RenderError } from "./one-line.ts";

/**
 * A unit's sections: `{ Unit: { Description: "…" }, Service: { ExecStart: "…", Environment: ["A=1", "B=2"] } }`. A list
 * repeats the key.
 */
export type UnitSections<T extends Text = Text> = {
  [Section in "Unit" | "Container" | "Service" | "Timer" | "Socket" | "Path" | "Mount" | "Install"]?: IniSection<T>;
};

/**
 * The text of a systemd unit or drop-in (systemd.syntax(7)). Values are written as they are, so that specifiers such as
 * %i work; use execStart() and environment() for words that must be taken literally.
 * @throws RenderError when a value has a line break, or a backslash at its end, which would swallow the next line.
 */
export function systemdUnit(sections: UnitSections<string>): string;
export function systemdUnit(sections: UnitSections): Text;
export function systemdUnit(sections: UnitSections): Text {
  for (const [section, keys] of Object.entries(sections)) {
    for (const [key, value] of Object.entries(keys ?? {})) {
      for (const v of Array.isArray(value) ? value : [value]) checkEnd(`[${section}] ${key}`, v);
    }
  }
  return ini(sections as IniSections, { equals: "=", yes: "yes", no: "no" });
}

/** A command line in which every word is taken literally: no variables, no specifiers. */
export function execStart(words: readonly [program: string, ...args: string[]]): string;
export function execStart(words: readonly [program: string, ...args: Text[]]): Text;
export function execStart(words: readonly Text[]): Text {
  return joinText(
    words.map((w) => quote("command line", w, (plain) => escape(plain).replaceAll("$", "$$$$"))),
    " ",
  );
}

/**
 * Values for Environment=: `Environment: environment({ OLLAMA_KEEP_ALIVE: "-1" })`. Never for secrets: units are
 * readable by all.
 */
export const environment = (variables: Record<string, string | number>): string[] =>
  Object.entries(variables).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new RenderError("Environment", `${JSON.stringify(name)} is not a variable's name`);
    return quote(`Environment ${name}`, `${name}=${value}`, escape) as string;
  });

/**
 * The timer for a service of the same name. A missed run is made up for after a boot unless `persistent` says false.
 */
export function timerUnit({
  description,
  timer,
  persistent = true,
}: {
  description: string;
  timer: Timer;
  persistent?: boolean;
}): string {
  const when =
    "every" in timer
      ? { OnActiveSec: timer.every, OnUnitActiveSec: timer.every, AccuracySec: "1s" }
      : { OnCalendar: timer.onCalendar, Persistent: persistent };
  return systemdUnit({ Unit: { Description: description }, Timer: when, Install: { WantedBy: "timers.target" } });
}

const escape = (plain: string): string => plain.replace(/[\\"]/g, "\\$&").replaceAll("%", "%%");

const quote = (where: string, word: Text, change: (plain: string) => string): Text => {
  oneLine(where, word);
  return typeof word === "string" && /^[\w@:,.+/=-]+$/.test(word) ? word : joinText(['"', mapPlain(word, change), '"']);
};

function checkEnd(where: string, value: unknown): void {
  const last =
    typeof value === "object" && value !== null && "parts" in value
      ? (value as { parts: unknown[] }).parts.at(-1)
      : value;
  if (typeof last === "string" && last.endsWith("\\"))
    throw new RenderError(where, "a backslash at the end would swallow the next line: remove it");
}
