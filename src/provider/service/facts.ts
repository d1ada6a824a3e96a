import { createHash } from "node:crypto";
import { decode, sectionsOf } from "../remote/sh.ts";
import type { Shape } from "./types.ts";

export interface PathFacts {
  type: "file" | "directory" | "symbolic link" | "special file";
  /** Four octal digits. */
  mode: string;
  owner: string;
  group: string;
  size: number;
}

/** What one observation found on a host. */
export interface Facts {
  paths: Map<string, PathFacts>;
  hashes: Map<string, string>;
  /** By hash: the bytes of files that hold something unexpected, cut at TEXT_LIMIT + 1. */
  texts: Map<string, Buffer>;
  packages: Set<string>;
  users: Map<string, { home: string; shell: string }>;
  /** Members by group. */
  groups: Map<string, string[]>;
  /** Properties as systemd names them, by unit. */
  units: Map<string, Record<string, string>>;
  sysctl: Map<string, string>;
  timeZone?: string;
  /** What keepers told of their records, by the keeper's path. */
  records: Map<string, Shape["records"][string]>;
  /** Why a keeper could not tell. */
  unreadable: Map<string, string>;
  /** What is listened on of the ports that were asked for, as "tcp 1F90". */
  ports: Set<string>;
}

export const sha256 = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");

/**
 * Reads what observeScript() printed.
 * @throws Error when the output is cut short.
 */
export function parseFacts(output: string): Facts {
  const facts: Facts = {
    paths: new Map(),
    hashes: new Map(),
    texts: new Map(),
    packages: new Set(),
    users: new Map(),
    groups: new Map(),
    units: new Map(),
    sysctl: new Map(),
    records: new Map(),
    unreadable: new Map(),
    ports: new Set(),
  };
  const sections = sectionsOf(output);
  if (sections.at(-1)?.name !== "end") throw new Error("the host's answer was cut short");
  for (const { name, args, lines } of sections) READERS[name]?.(facts, lines, args);
  return facts;
}

const READERS: Record<string, (facts: Facts, lines: string[], args: string[]) => void> = {
  stat: (facts, lines) =>
    each(lines, /^(\w+) (\S+) (\S+) (\d+) (.*)$/, ([raw, owner, group, size, path]) => {
      const bits = parseInt(raw!, 16);
      const mode = (bits & 0o7777).toString(8).padStart(4, "0");
      facts.paths.set(path!, {
        type: TYPES[bits >> 12] ?? "special file",
        mode,
        owner: owner!,
        group: group!,
        size: Number(size),
      });
    }),
  // sha256sum marks names with a backslash or line feed by a leading backslash
  hash: (facts, lines) =>
    each(lines, /^(\\?)(\w{64}) [ *](.*)$/, ([escaped, hash, path]) => {
      facts.hashes.set(escaped ? path!.replaceAll("\\\\", "\\") : path!, hash!);
    }),
  text: (facts, lines, [hash]) => void facts.texts.set(hash!, decode(lines)),
  packages: (facts, lines) => each(lines, /^installed (\S+)$/, ([name]) => void facts.packages.add(name!)),
  passwd: (facts, lines) => {
    for (const [name, , , , , home, shell] of lines.map((line) => line.split(":")))
      if (shell !== undefined) facts.users.set(name!, { home: home!, shell });
  },
  group: (facts, lines) => {
    for (const [name, , , members] of lines.map((line) => line.split(":")))
      if (members !== undefined) facts.groups.set(name!, members.split(",").filter(Boolean));
  },
  // One block a unit, in the order asked for: the Id in a block may be another name of the unit.
  units: (facts, lines, names) => {
    const blocks = lines.join("\n").trim().split("\n\n");
    names.forEach((name, i) =>
      facts.units.set(name, Object.fromEntries((blocks[i] ?? "").split("\n").map(assignment))),
    );
  },
  sysctl: (facts, [value], [key]) => {
    if (value) facts.sysctl.set(key!, value.trim().replace(/\s+/g, " "));
  },
  ports: (facts, lines) => each(lines, /^((?:tcp|udp) \w{4})$/, ([port]) => void facts.ports.add(port!)),
  records: (facts, lines, keeper) => {
    try {
      facts.records.set(keeper.join(" "), JSON.parse(decode(lines).toString("utf8")) as Shape["records"][string]);
    } catch {
      facts.unreadable.set(keeper.join(" "), "it printed no JSON");
    }
  },
  unreadable: (facts, lines, keeper) =>
    void facts.unreadable.set(keeper.join(" "), decode(lines).toString("utf8").trim()),
  timezone: (facts, [link]) => {
    facts.timeZone = link?.split("/zoneinfo/")[1];
  },
};

const assignment = (line: string): [string, string] => [
  line.slice(0, line.indexOf("=")),
  line.slice(line.indexOf("=") + 1),
];

const TYPES: Record<number, PathFacts["type"]> = { 0x8: "file", 0x4: "directory", 0xa: "symbolic link" };

function each(lines: string[], pattern: RegExp, use: (groups: (string | undefined)[]) => void): void {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match) use(match.slice(1));
  }
}
