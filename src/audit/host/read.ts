import { readAddress } from "./address.ts";
import { readCrontab, type CronEntry } from "./cron.ts";
import { readKeys, type AuthorizedKey } from "./keys.ts";
import { Parts } from "./parts.ts";

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

/** A container of root's, whether it runs or not. */
export interface Container {
  engine: string;
  name: string;
  image: string;
  /** As the engine shows them: "0.0.0.0:8000->80/tcp". */
  ports: string;
}

export interface Account {
  name: string;
  uid: number;
  home: string;
  shell: string;
  /** Groups besides its own. */
  groups: string[];
  /** Whether one can log in with a password, as far as the account is concerned; undefined when that is not known. */
  password: boolean | undefined;
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
  containers: Container[];
  cron: CronEntry[];
  keys: AuthorizedKey[];
  /** What could not be looked at, or not be understood, each with the reason. */
  unknown: string[];
}

/**
 * Reads what auditScript() printed on stdout and stderr. What could not be looked at is unknown, and the rest is told.
 * @throws Error when the answer was cut short, with what the host said
 */
export function readHost(output: string, said = ""): HostFacts {
  const parts = new Parts(output, said);
  const system = parts.lines("system");
  const [from, to] = (system.at(-1) ?? "").split(/\s+/).map(Number);
  const facts = {
    systems: ["ID", "ID_LIKE"].flatMap((key) =>
      (system.find((line) => line.startsWith(`${key}=`)) ?? "")
        .slice(key.length + 1)
        .replaceAll('"', "")
        .split(" ")
        .filter(Boolean),
    ),
    ephemeral: from && to ? ([from, to] as [number, number]) : EPHEMERAL,
    listeners: listenersOf(parts),
    units: enabledUnits(parts.lines("units")),
    accounts: accountsOf(parts),
    containers: containersOf(parts),
    cron: cronOf(parts),
    keys: keysOf(parts),
  };
  return { ...facts, unknown: parts.unknown };
}

/** Linux's own, where the host does not say. */
const EPHEMERAL: [number, number] = [32_768, 60_999];

function containersOf(parts: Parts): Container[] {
  return parts.lines("containers").flatMap((line): Container[] => {
    const [engine = "", name, image, ports = ""] = line.split("\t");
    if (name !== undefined && image !== undefined) return [{ engine, name, image, ports }];
    parts.isMissing("a container", `what its engine says cannot be read: ${JSON.stringify(line)}`);
    return [];
  });
}

const PERIODIC = /^\/etc\/cron\.(\w+ly)\//;

function cronOf(parts: Parts): CronEntry[] {
  const periodic = parts.lines("cron").flatMap((path): CronEntry[] => {
    const schedule = PERIODIC.exec(path)?.[1];
    return schedule === undefined ? [] : [{ path, schedule, user: "root", command: path }];
  });
  return [...parts.files("crontab").flatMap((file) => understood(parts, file, readCrontab)), ...periodic];
}

function keysOf(parts: Parts): AuthorizedKey[] {
  const command = parts.lines("sshd").find((line) => /^authorizedkeyscommand (?!none$)/.test(line));
  if (command !== undefined)
    parts.isMissing("keys that may log in", "sshd also takes those that a command of its own gives");
  return parts.files("keys").flatMap((file) => understood(parts, file, readKeys));
}

/** What a file holds; a line that cannot be read is unknown. It is not shown, since it may hold a secret. */
function understood<T>(
  parts: Parts,
  { path, text }: { path: string; text: string },
  read: (path: string, text: string) => { things: T[]; unread: number[] },
): T[] {
  const { things, unread } = read(path, text);
  if (unread.length > 0) parts.isMissing(`${path} line ${unread.join(", ")}`, "it cannot be read");
  return things;
}

function listenersOf(parts: Parts): Listener[] {
  const words = (part: "held" | "sockets") => parts.lines(part).map((line) => line.split(" "));
  const holders = new Map(words("held").map(([pid, inode]) => [inode!, pid!]));
  const byPid = (part: "names" | "programs") =>
    new Map(
      parts.lines(part).flatMap((line) => {
        const match = /^\/proc\/(\d+)(?:\/\w+:| )(.*)$/.exec(line);
        return match ? [[match[1]!, match[2]!.replace(/ \(deleted\)$/, "")] as const] : [];
      }),
    );
  const [names, programs, units] = [byPid("names"), byPid("programs"), unitsOf(parts.lines("groups"))];
  const packages = packagesOf(parts.lines("packages"));
  return words("sockets").flatMap(([protocol = "", at = "", inode = ""]): Listener[] => {
    const where = readAddress(at);
    const pid = holders.get(inode);
    if (where === undefined) {
      parts.isMissing("a port", `its address cannot be read: ${JSON.stringify(at)}`);
      return [];
    }
    const program = programs.get(pid ?? "");
    if (pid !== undefined && !program && parts.isWhole("programs"))
      parts.isMissing(`${where.port}/${protocol}`, "the program that holds it open cannot be seen");
    return [
      {
        protocol: protocol.startsWith("tcp") ? "tcp" : "udp",
        ...where,
        program: names.get(pid ?? "") ?? program?.split("/").at(-1),
        unit: units.get(pid ?? ""),
        package: program ? packageOf(program, packages) : undefined,
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

/** Of "wanted NAME", and of "link1 NAME TARGET", which masks a unit or gives it another name. */
function enabledUnits(lines: readonly string[]): string[] {
  const words = lines.map((line) => line.split(" "));
  const links = words.filter(([kind]) => kind === "link1");
  const [masks, others] = [true, false].map((isMask) =>
    links.filter(([, , target]) => (target === "/dev/null") === isMask),
  ) as [string[][], string[][]];
  const masked = new Set(masks.map(([, name]) => name!));
  const aliased = others.map(([, name, target = ""]) => [name, target.split("/").at(-1)!]);
  const linked = [
    ...words.filter(([kind]) => kind === "wanted").map(([, name]) => name!),
    ...aliased.filter(([name, unit]) => unit !== name).map(([, unit]) => unit!),
  ].filter((unit) => !masked.has(unit));
  return [...new Set(linked)].filter((unit) => !isTemplateOfInstance(unit, linked)).sort();
}

/** "getty@.service" says nothing that "getty@tty1.service" does not. */
const isTemplateOfInstance = (unit: string, all: readonly string[]): boolean => {
  const [, head, tail] = /^(.*@)(\.\w+)$/.exec(unit) ?? [];
  return head !== undefined && all.some((other) => other !== unit && other.startsWith(head) && other.endsWith(tail!));
};

function accountsOf(parts: Parts): Account[] {
  const groups = parts
    .lines("members")
    .map((line) => line.split(":"))
    .map(([name = "", , , members = ""]) => ({ name, members: members.split(",") }));
  const passwords = parts.isWhole("passwords") ? new Set(parts.lines("passwords")) : undefined;
  return parts.lines("passwd").flatMap((line, i): Account[] => {
    const [name = "", , uid = "", , , home = "", shell] = line.split(":");
    if (shell === undefined || !/^\d+$/.test(uid)) {
      parts.isMissing(`/etc/passwd line ${i + 1}`, "it cannot be read");
      return [];
    }
    const memberOf = groups.filter((group) => group.members.includes(name)).map((group) => group.name);
    return [{ name, uid: Number(uid), home, shell, groups: memberOf, password: passwords?.has(name) }];
  });
}
