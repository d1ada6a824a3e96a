import { Answers, found, unknown, type Answer } from "../../remote/answer.ts";
import { linesOf, type Question } from "../../remote/question.ts";
import { fn, quoteAll } from "../../remote/sh.ts";
import { isTemplate } from "./paths.ts";

/** What systemd tells of a unit. */
export interface UnitFacts {
  /** The unit's own name; another one than asked for when that is an alias. */
  id: string;
  loadState: string;
  activeState: string;
  subState: string;
  unitFileState: string;
  needsReload: boolean;
  fragmentPath: string;
  dropInPaths: string[];
}

const PROPERTIES = "Id,Names,LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,FragmentPath,DropInPaths";

/** The files that $shown names, but for those that are asked for anyway or come with packages. */
const READ_FROM = fn("read_from", [
  `local - IFS='`,
  `' line path id=`,
  "set -f",
  "for line in $shown; do case $line in",
  "Id=*) id=${line#*=} ;;",
  `FragmentPath=/etc/* | FragmentPath=/run/* | DropInPaths=?*) IFS=' '`,
  `for path in \${line#*=}; do case $path in "/etc/systemd/system/$id" | /usr/* | /lib/* | /nix/*) ;; *) also="$also$path`,
  `" ;; esac; done`,
  `IFS='`,
  `' ;;`,
  "esac; done",
]);

/**
 * What systemd knows of units. systemctl stops at the first one that it cannot show: then each is asked for by itself.
 * Whatever systemd reads for them that a person wrote is looked at with the other paths ($also).
 */
export const UNITS: Question<string, (name: string) => Answer<UnitFacts>> = {
  ask(names) {
    const asked = quoteAll([...new Set(names)].filter((name) => !isTemplate(name)));
    if (asked === "") return [];
    return [
      `if shown=$(systemctl show -p ${PROPERTIES} -- ${asked} 2>&1); then`,
      `echo '#fleet:units'; printf '%s\\n' "$shown"`,
      "else",
      `shown=`,
      `for unit in ${asked}; do`,
      `one=$(systemctl show -p ${PROPERTIES} -- "$unit" 2>&1) || { echo "#fleet:unit-failed $unit"; printf '%s\\n' "$one"; continue; }`,
      `shown="$shown`,
      "",
      `$one"`,
      "done",
      `echo '#fleet:units'; printf '%s\\n' "$shown"`,
      "fi",
      ...READ_FROM,
      "read_from",
    ];
  },
  read(said, names) {
    const answers = new Answers<UnitFacts>(names, (name) => `unit ${name}`);
    for (const block of (linesOf(said, "units") ?? []).join("\n").split(/\n\n+/)) {
      const lines = block.split("\n").filter(Boolean).map(assignment);
      const properties = new Map(lines);
      // What is told twice in one block is a part of another one.
      for (const [key, value] of lines) if (properties.get(key) !== value) properties.delete(key);
      for (const name of (properties.get("Names") ?? "").split(" ")) answers.give(name, factsOf(properties));
    }
    for (const { args, lines } of said.get("unit-failed") ?? [])
      answers.give(args[0] ?? "", unknown(`unit ${args[0]}: systemd did not tell: ${lines.join(" ").trim()}`));
    return (name) => answers.of(name);
  },
};

const assignment = (line: string): [string, string] => {
  const equals = line.indexOf("=");
  return equals < 0 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)];
};

function factsOf(properties: ReadonlyMap<string, string>): Answer<UnitFacts> {
  const missing = PROPERTIES.split(",").filter((name) => !properties.has(name));
  const get = (name: string) => properties.get(name) ?? "";
  if (missing.length > 0 || get("LoadState") === "" || get("ActiveState") === "")
    return unknown(`unit ${get("Names")}: systemd's answer was cut short`);
  return found({
    id: get("Id"),
    loadState: get("LoadState"),
    activeState: get("ActiveState"),
    subState: get("SubState"),
    unitFileState: get("UnitFileState"),
    needsReload: get("NeedDaemonReload") === "yes",
    fragmentPath: get("FragmentPath"),
    dropInPaths: get("DropInPaths").split(" ").filter(Boolean),
  });
}
