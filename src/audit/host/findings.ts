import type { Baseline } from "../baseline.ts";
import type { Finding, Lines } from "../types.ts";
import { isLoopback } from "./address.ts";
import { shownCommand, type CronEntry } from "./cron.ts";
import type { DeclaredOnHost } from "./declared.ts";
import type { AuthorizedKey } from "./keys.ts";
import type { HostLines } from "./lines.ts";
import type { Account, HostFacts, Listener } from "./read.ts";

/**
 * What is on a host that neither is declared nor belongs to its system.
 * @param lines writes what would declare it
 */
export function findingsOn(
  host: string,
  facts: HostFacts,
  declared: DeclaredOnHost,
  baseline: Baseline,
  lines: HostLines,
): Finding[] {
  const found = (kind: Finding["kind"], name: string, detail: string, toDeclare?: Lines): Finding => ({
    place: host,
    host,
    kind,
    name,
    detail,
    ...(toDeclare && { lines: toDeclare }),
  });
  const ports = facts.listeners.filter(
    (listener) => !isDeclaredPort(listener, facts, declared) && !baseline.has("ports", inBaseline(listener)),
  );
  const packages = facts.listeners.filter(
    (listener) =>
      listener.package !== undefined &&
      !isDeclaredPackage(listener, declared) &&
      !baseline.has("packages", listener.package),
  );
  const units = facts.units.filter(
    (unit) => !declared.units.has(unit) && !declared.formerUnits.has(unit) && !baseline.has("units", unit),
  );
  const cron = facts.cron.filter(
    (entry) => !declared.paths.has(entry.path) && !baseline.has("cron", `${entry.path}: ${entry.command}`),
  );
  const keys = facts.keys.filter(
    ({ path, fingerprint }) => !declared.paths.has(path) && !declared.keys.has(fingerprint),
  );
  const accounts = facts.accounts.filter(
    (account) =>
      hasShell(account.shell) && !declared.accounts.has(account.name) && !baseline.has("users", account.name),
  );
  const containers = facts.containers.filter(({ engine, name }) => !declared.containers.has(`${engine} ${name}`));
  return [
    ...byName(ports, (listener) => `${showPort(listener)} ${heldBy(listener)}`).map(([, held]) =>
      found("port", showPort(held[0]!), `${heldBy(held[0]!)}, on ${addressesOf(held)}`),
    ),
    ...byName(packages, (listener) => listener.package!).map(([name, held]) =>
      found("package", name, `holds ${[...new Set(held.map(showPort))].join(", ")} open`, lines.package(name)),
    ),
    ...units.map((unit) => found("unit", unit, "enabled", lines.unit(unit))),
    ...cron.map((entry) => found("cron", entry.path, jobWords(entry), lines.cron(entry))),
    ...keys.map((key) => found("authorized-key", key.fingerprint, keyWords(key))),
    ...accounts.map((account) => found("user", account.name, accountWords(account), lines.user(account))),
    ...containers.map(({ engine, name, image, ports }) =>
      found("container", name, `${image} by ${engine}${ports ? `, open on ${ports}` : ""}`),
    ),
  ];
}

/**
 * A port that the program names; one of a unit that only the last `up` knows; and what a declared unit has open for the
 * host alone, or as the far end of what it asks others.
 */
function isDeclaredPort(
  listener: Listener,
  { ephemeral: [from, to] }: HostFacts,
  { ports, units, formerUnits }: DeclaredOnHost,
): boolean {
  const { protocol, port, address, unit = "" } = listener;
  if (ports.some((each) => each.protocol === protocol && each.range.from <= port && port <= each.range.to)) return true;
  if (units.has(unit)) return isLoopback(address) || (protocol === "udp" && from <= port && port <= to);
  return formerUnits.has(unit);
}

const isDeclaredPackage = (
  { package: name = "", unit = "" }: Listener,
  { packages, units, formerUnits }: DeclaredOnHost,
): boolean => packages.has(name) || units.has(unit) || formerUnits.has(unit);

const byName = <T>(things: readonly T[], nameOf: (thing: T) => string): [string, T[]][] => [
  ...Map.groupBy(things, nameOf),
];

const heldBy = ({ program, unit, package: name }: Listener): string =>
  [
    program ?? "a program that cannot be seen",
    ...(unit ? [`in ${unit}`] : []),
    ...(name ? [`of package ${name}`] : []),
  ].join(" ");

const jobWords = ({ schedule, user, command, path }: CronEntry): string =>
  command === path ? `${schedule} as ${user}` : `${schedule} as ${user}: ${shownCommand(command)}`;

const keyWords = ({ path, type, comment, options }: AuthorizedKey): string =>
  [
    `${type} in ${path}`,
    ...(options.length > 0 ? [`with ${options.join(", ")}`] : []),
    ...(comment ? [JSON.stringify(comment)] : []),
  ].join(", ");

const accountWords = ({ uid, shell, groups, password }: Account): string =>
  [
    `uid ${uid}`,
    shell || "/bin/sh",
    ...(groups.length > 0 ? [`in ${groups.join(", ")}`] : []),
    ...(password === undefined ? [] : [password ? "with a password" : "without a password"]),
  ].join(", ");

const hasShell = (shell: string): boolean => !/\/(nologin|false|sync|halt|shutdown)$/.test(shell);

const showPort = ({ port, protocol }: Listener): string => `${port}/${protocol}`;

/** "127.0.0.53:53/udp systemd-resolved.service". */
const inBaseline = (listener: Listener): string =>
  `${listener.address.includes(":") ? `[${listener.address}]` : listener.address}:${showPort(listener)} ` +
  (listener.unit ?? "");

/** "any address", "127.0.0.1", "192.0.2.7, 2001:db8::7". */
const addressesOf = (held: readonly Listener[]): string => {
  const addresses = new Set(held.map(({ address }) => address));
  return addresses.has("0.0.0.0") || addresses.has("::") ? "any address" : [...addresses].join(", ");
};
