import { decode, sectionsOf } from "../../provider/remote/sh.ts";
import { readAddress } from "./address.ts";
import { readCrontab, type CronEntry } from "./cron.ts";
import { readKeys, type AuthorizedKey } from "./keys.ts";

/** A socket that waits for somebody. */
export interface Listener {
  protocol: "tcp" | "udp";
  /** "0.0.0.0", "127.0.0.1", "::". */
  address: string;
  port: number;
  /** The name that the program gave itself; where several hold it, those of the first. */
  program?: string;
  /** The systemd unit that the program runs in. */
  unit?: string;
  /** The package that the program came with. */
  package?: string;
}

export interface Account {
  name: string;
  uid: number;
  home: string;
  shell: string;
  /** Groups besides its own. */
  groups: string[];
  /** Whether one can log in with a password, as far as the account is concerned. */
  password: boolean;
}

/** Everything on a host, whoever put it there. */
export interface HostFacts {
  /** What os-release calls the system, and what it says that it comes from: "raspbian", "debian". */
  systems: string[];
  /** The first and last of the ports that programs get who ask for none. */
  ephemeral: [number, number];
  listeners: Listener[];
  /** Enabled units; instances by their own name. */
  units: string[];
  accounts: Account[];
  cron: CronEntry[];
  keys: AuthorizedKey[];
}

/** Reads what auditScript() printed. @throws Error when the answer was cut short, with what the host said */
export function readHost(output: string, said = ""): HostFacts {
  const sections = sectionsOf(output);
  if (sections.at(-1)?.name !== "end")
    throw new Error(`the host's answer was cut short${said.trim() ? `: ${said.trim().slice(-500)}` : ""}`);
  const linesOf = (name: string): string[] => {
    const section = sections.find((each) => each.name === name);
    return decode(section?.lines ?? [])
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "");
  };
  const files = (name: string) =>
    sections
      .filter((each) => each.name === name)
      .map(({ args, lines }) => ({ path: decode(args).toString("utf8"), text: decode(lines).toString("utf8") }));
  const system = linesOf("system");
  const [from, to] = (system.at(-1) ?? "").split(/\s+/).map(Number);
  return {
    systems: ["ID", "ID_LIKE"].flatMap((key) =>
      (system.find((line) => line.startsWith(`${key}=`)) ?? "")
        .slice(key.length + 1)
        .replaceAll('"', "")
        .split(" ")
        .filter(Boolean),
    ),
    ephemeral: from && to ? [from, to] : [32_768, 60_999],
    listeners: listenersOf(linesOf),
    units: enabledUnits(linesOf("units")),
    accounts: accountsOf(linesOf),
    cron: [
      ...files("crontab").flatMap(({ path, text }) => readCrontab(path, text)),
      ...linesOf("periodic").map((path): CronEntry => ({
        path,
        schedule: path.split("/")[2]!.replace("cron.", ""),
        user: "root",
        command: path,
      })),
    ],
    keys: files("keys").flatMap(({ path, text }) => readKeys(path, text)),
  };
}

type LinesOf = (section: string) => string[];

function listenersOf(linesOf: LinesOf): Listener[] {
  const words = (section: string) => linesOf(section).map((line) => line.split(" "));
  const holders = new Map(words("held").map(([pid, inode]) => [inode!, pid!]));
  const byPid = (section: string) =>
    new Map(
      linesOf(section).flatMap((line) => {
        const match = /^\/proc\/(\d+)(?:\/\w+:| )(.*)$/.exec(line);
        return match ? [[match[1]!, match[2]!] as const] : [];
      }),
    );
  const [names, programs, units] = [byPid("names"), byPid("programs"), unitsOf(linesOf("groups"))];
  const packages = packagesOf(linesOf("packages"));
  return words("sockets").flatMap(([protocol = "", at = "", inode = ""]): Listener[] => {
    const where = readAddress(at);
    const pid = holders.get(inode);
    if (where === undefined) return [];
    const program = programs.get(pid ?? "");
    return [
      {
        protocol: protocol.startsWith("tcp") ? "tcp" : "udp",
        ...where,
        program: names.get(pid ?? "") ?? program?.split("/").at(-1),
        unit: units.get(pid ?? ""),
        package: program && packageOf(program, packages),
      },
    ];
  });
}

/** The innermost unit of a process, by systemd's own hierarchy. */
function unitsOf(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const match = /^\/proc\/(\d+)\/cgroup:(?:0:|\d+:name=systemd):(.*)$/.exec(line);
      const unit = match?.[2]!.split("/").findLast((part) => /\.(service|scope|socket)$/.test(part));
      return unit ? [[match![1]!, unit] as const] : [];
    }),
  );
}

/** Path → package, from "nginx-core: /usr/sbin/nginx" (dpkg, which may name several, and an architecture). */
const packagesOf = (lines: readonly string[]): Map<string, string> =>
  new Map(
    lines.flatMap((line) => {
      const match = /^([^\s,:]+)(?::\w+)?(?:, [^/]*)?: (\/.*)$/.exec(line);
      return match ? [[match[2]!, match[1]!] as const] : [];
    }),
  );

/** On NixOS a program's package is part of its path. */
const packageOf = (program: string, packages: ReadonlyMap<string, string>): string | undefined =>
  packages.get(program) ??
  packages.get(program.replace(/^\/usr\//, "/")) ??
  /^\/nix\/store\/[a-z0-9]{32}-([^/]+)\//.exec(program)?.[1];

function enabledUnits(lines: readonly string[]): string[] {
  const masked = new Set(lines.flatMap((line) => (line.startsWith("masked ") ? [line.slice("masked ".length)] : [])));
  const linked = lines.filter((line) => !line.startsWith("masked ") && !masked.has(line));
  return [...new Set(linked)].filter((unit) => !isTemplateOfInstance(unit, linked)).sort();
}

/** "getty@.service" says nothing that "getty@tty1.service" does not. */
const isTemplateOfInstance = (unit: string, all: readonly string[]): boolean => {
  const [, head, tail] = /^(.*@)(\.\w+)$/.exec(unit) ?? [];
  return head !== undefined && all.some((other) => other !== unit && other.startsWith(head) && other.endsWith(tail!));
};

function accountsOf(linesOf: LinesOf): Account[] {
  const groups = linesOf("members")
    .map((line) => line.split(":"))
    .map(([name = "", , , members = ""]) => ({ name, members: members.split(",") }));
  const passwords = new Set(linesOf("passwords"));
  return linesOf("passwd")
    .map((line) => line.split(":"))
    .flatMap(([name = "", , uid, , , home = "", shell]): Account[] =>
      shell === undefined
        ? []
        : [
            {
              name,
              uid: Number(uid),
              home,
              shell,
              groups: groups.filter((group) => group.members.includes(name)).map((group) => group.name),
              password: passwords.has(name),
            },
          ],
    );
}
