import * as lists from "./harmless-lists.ts";

/** What a change touches on a host: makes, changes, moves, starts, stops or removes. */
export interface Touched {
  /** Files and folders, and those whose owner or mode changes. */
  paths: readonly string[];
  /** Texts: the unit file if it is ours, and the drop-ins, as they will be; of a unit that goes, as they are. */
  units: readonly { name: string; texts: readonly string[] }[];
  accounts: readonly string[];
  /** Groups themselves, and those that accounts come into or leave. */
  groups: readonly string[];
  /** Kernel settings. */
  kernel: readonly string[];
  /** Paths of NixOS options. */
  options: readonly string[];
}

/** How we come into a host. */
export interface Line {
  /** Who logs in. */
  user: string;
  home?: string;
  port?: number;
}

/**
 * The first thing of a change that may cut the line to the host; undefined when all of it is known to be harmless. What
 * is not known may cut: a guard costs one new connection, a line that is cut costs the host.
 */
export function cutting(touched: Touched, line: Line): string | undefined {
  const { units, accounts, groups, kernel, options } = touched;
  const named = new Set(units.map(({ name }) => name));
  const paths = touched.paths.filter((path) => !named.has(unitOf(path) ?? ""));
  const ofService = (group: string) => GROUPS.test(group) || (accounts.includes(group) && isOther(group, line));
  const first = (what: string, names: readonly string[], isHarmless: (name: string) => boolean) => {
    const name = names.find((one) => !isHarmless(one));
    return name === undefined ? undefined : `${what} ${name}`;
  };
  return (
    first("the path", paths, (path) => isHarmlessPath(path, line)) ??
    first("the unit", [...named], (name) =>
      units.every((unit) => unit.name !== name || isHarmlessUnit(unit, line, ofService)),
    ) ??
    first("the account", accounts, (account) => isOther(account, line)) ??
    first("the group", groups, ofService) ??
    first("the kernel setting", kernel, isHarmlessSetting) ??
    first("the option", options, (option) => isHarmlessOption(option, line))
  );
}

/** Tells by a list of names whether it holds one, or with `below` what follows one. */
function among(names: string | Record<string, string>, below = "$"): RegExp {
  const all = typeof names === "string" ? names : Object.values(names).join(" ");
  const patterns = all.split(" ").map((name) => name.replace(/[.[+]/g, String.raw`\$&`).replaceAll("*", "[^/]*"));
  return new RegExp(`^(?:${patterns.join("|")})(?:$|${below})`);
}
const PATHS = among(lists.PATHS, "/");
const PATHS_OF_THE_LINE = among(lists.PATHS_OF_THE_LINE, "/");
const PATHS_AT_HOME = among(lists.PATHS_AT_HOME, "/");
const DAEMONS = among(lists.DAEMONS);
const PROGRAMS = among(lists.PROGRAMS);
const PROGRAMS_OF_THE_LINE = among(lists.PROGRAMS_OF_THE_LINE);
const UNITS_OF_THE_LINE = among(lists.UNITS_OF_THE_LINE, "@");
const TARGETS = among(lists.TARGETS);
const STARTING = among(lists.STARTING);
const HINDERING = among(lists.HINDERING);
const ACCOUNTS_OF_THE_LINE = among(lists.ACCOUNTS_OF_THE_LINE);
const GROUPS = among(lists.GROUPS);
const KERNEL = among(lists.KERNEL);
const OPTIONS = among(lists.OPTIONS, String.raw`\.`);

function isHarmlessPath(path: string, { user, home }: Line): boolean {
  for (const one of [home ?? (user === "root" ? "/root" : `/home/${user}`), "/root"]) {
    if (`${one}/`.startsWith(path === "/" ? path : `${path}/`)) return false;
    if (path.startsWith(`${one}/`)) return PATHS_AT_HOME.test(path.slice(one.length + 1));
  }
  const parts = path.split("/");
  // Who logs in may have a home that we don't know, and sshd may read the keys in any place.
  if (parts.includes(user)) return false;
  if (home === undefined && user !== "root" && /\/\.ssh(\/|$)|authorized_keys/.test(path)) return false;
  if (/^\/usr\/local\/s?bin\//.test(path) && PROGRAMS_OF_THE_LINE.test(parts[4]!)) return false;
  const ofDaemon = /^\/etc(?:\/default|\/sysconfig)?\/([^/]+?)(?:\.conf)?(?:\/|$)/.exec(path)?.[1];
  return (
    !PATHS_OF_THE_LINE.test(path) && (PATHS.test(path) || DAEMONS.test(ofDaemon ?? "") || isOfDaemon(unitOf(path)))
  );
}

/** The unit whose file or drop-in a path is. */
const unitOf = (path: string): string | undefined =>
  /^\/(?:etc|run|usr\/lib|usr\/local\/lib|lib)\/systemd\/system\/([^/]+?)(?:\.d\/[^/]+)?$/.exec(path)?.[1];

const isOfDaemon = (unit = ""): boolean => DAEMONS.test(unit.replace(/(@.*)?\.(service|timer|socket|path)$/, ""));

function isHarmlessUnit(
  { name, texts }: Touched["units"][number],
  line: Line,
  isHarmlessGroup: (group: string) => boolean,
): boolean {
  if (name.endsWith(".mount")) return isHarmlessPath(mountPoint(name), line);
  if (!isOfDaemon(name) && isOfTheLine(name)) return false;
  const settings = settingsOf(texts);
  const words = (key: string) => settings.flatMap((one) => (one.key === key ? one.value.split(/\s+/) : []));
  if (settings.some(({ key, value }) => reachesOut(key, value, line.port ?? 22))) return false;
  const commands = settings.flatMap(({ key, value }) => (key.startsWith("Exec") && value ? [value] : []));
  const account = words("User").at(-1) || (/^(yes|true|on|1)$/.test(words("DynamicUser").at(-1) ?? "") ? "-" : "root");
  const isConfined =
    isOther(account, line) &&
    !/^\d|%/.test(account) &&
    words("AmbientCapabilities").every((right) => right === "CAP_NET_BIND_SERVICE") &&
    [...words("Group"), ...words("SupplementaryGroups")].every(
      (group) => group === account || isHarmlessGroup(group),
    ) &&
    words("PermissionsStartOnly").length === 0 &&
    commands.every((command) => !/^[-@:|]*[+!]/.test(command));
  if (isConfined) return true;
  const isKnown = isOfDaemon(name) || /\.(timer|socket|path)$/.test(name) || commands.length > 0;
  return isKnown && commands.flatMap(programsOf).every((program) => DAEMONS.test(program) || PROGRAMS.test(program));
}

const isOfTheLine = (unit: string): boolean =>
  unit.endsWith(".target") || (UNITS_OF_THE_LINE.test(unit.replace(/\.[a-z]+$/, "")) && !isOfDaemon(unit));

/** Whether a unit's setting changes another unit of the line, takes the line's port, or ends the system. */
function reachesOut(key: string, value: string, port: number): boolean {
  const words = value.split(/\s+/).filter(Boolean);
  if (STARTING.test(key)) return words.some((word) => isOfTheLine(word) && !TARGETS.test(word));
  if (HINDERING.test(key)) return words.some((word) => isOfTheLine(word) && word !== "shutdown.target");
  if (key.startsWith("Listen")) return new RegExp(`(?:^|:)${port}$`).test(value);
  return key.endsWith("Action") && value !== "none";
}

/** "srv-my\x2ddata.mount" → /srv/my-data. */
const mountPoint = (unit: string): string =>
  `/${unit
    .replace(/\.mount$/, "")
    .replace(/^-$/, "")
    .replaceAll("-", "/")}`.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );

const settingsOf = (texts: readonly string[]): { key: string; value: string }[] =>
  texts
    .join("\n")
    .replace(/\\\n/g, " ")
    .split("\n")
    .flatMap((row) => {
      const [, key, value] = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(row) ?? [];
      return key === undefined ? [] : [{ key, value: value! }];
    });

/** What a line of Exec…= runs; for a shell what it runs in turn, when that is plain enough to be read. */
function programsOf(command: string): string[] {
  const [, path = "", rest = ""] = /^[-@:|+!]*"?([^\s"]+)"?\s*(.*)$/.exec(command) ?? [];
  const program = path.split("/").at(-1)!;
  const script = /^-c\s+(["'])(.*)\1$/.exec(rest)?.[2];
  if (!/^(ba|da)?sh$/.test(program) || script === undefined || /[`$<>(){}]/.test(script)) return [program];
  return script.split(/\|\||&&|[|;&]/).map((part) => part.trim().split(/\s/)[0]!);
}

/** An account that neither logs in for us nor carries a part of the system. */
const isOther = (account: string, { user }: Line): boolean => account !== user && !ACCOUNTS_OF_THE_LINE.test(account);

const isHarmlessSetting = (setting: string): boolean => KERNEL.test(setting.replaceAll("/", "."));

function isHarmlessOption(option: string, line: Line): boolean {
  const [first, second = "", third = "", fourth = ""] = [...option.matchAll(/"([^"]*)"|[^."]+/g)].map(
    ([part, quoted]) => quoted ?? part,
  );
  switch (`${first}.${second}`) {
    case "environment.etc":
      return isHarmlessPath(`/etc/${third}`, line);
    case "users.users":
      return third !== "" && isOther(third, line);
    case "boot.kernel":
      return third === "sysctl" && isHarmlessSetting(fourth);
    case "systemd.services":
    case "systemd.timers":
      return DAEMONS.test(third);
  }
  return first === "services" ? DAEMONS.test(second) : OPTIONS.test(option);
}
