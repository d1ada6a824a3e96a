import { builtText, installOf } from "../nixos/data.ts";
import { foundOnNixos } from "../nixos/found.ts";
import { Secret } from "../../plugin/types.ts";
import { sha256, type Facts } from "./facts.ts";
import {
  cronPath,
  cronText,
  dropInFolder,
  dropInPath,
  managedFiles,
  parseCron,
  sysctlPath,
  unitPath,
  USUAL_ATTRIBUTES,
} from "./managed.ts";
import { TEXT_LIMIT, type Expectation } from "./observe.ts";
import { hexPort, mayListen, watchedPort } from "./ports.ts";
import { foundRecords } from "./records.ts";
import {
  plainOf,
  secretsIn,
  type ArtifactShape,
  type CheckShape,
  type Content,
  type CronShape,
  type FileShape,
  type Os,
  type Shape,
  type UnitShape,
} from "./types.ts";

/** Stands for a secret text that is not the declared one: what was found is never kept. */
export const DIFFERS = "[differs]";

/**
 * What was found of a service, in the shape of its declaration: things that are not there are left out, things that
 * cannot be observed (validations, most checks …) are as declared, and what counts as right is as declared to the
 * letter. So a plain comparison with the declaration is the drift.
 */
export function foundShape({ service, shape, os }: Expectation, facts: Facts): Shape {
  const look: Look = lookWith(facts, secretsIn(shape));
  const units = pickFound(shape.units, (unit, name) => foundUnit(name, unit, facts, look, os));
  const persisted = look(sysctlPath(service), "");
  const found: Shape = {
    ...shape,
    packages: shape.packages.filter((name) => facts.packages.has(name)),
    groups: pickFound(shape.groups, (group, name) => (facts.groups.has(name) ? group : undefined)),
    users: pickFound(shape.users, ({ system, groups }, name) => {
      const found = facts.users.get(name);
      return (
        found && { system, home: found.home, shell: found.shell, groups: inOrderOf(groups, groupsOf(name, facts)) }
      );
    }),
    directories: pickFound(shape.directories, (_, path) => attributesAt(`${path}/.`, facts)),
    files: pickFound(shape.files, ({ content }, path): FileShape | undefined => {
      const found = look(path, content);
      return found === undefined ? undefined : { content: found, ...attributesAt(path, facts)! };
    }),
    artifacts: pickFound(shape.artifacts, ({ url }, path): ArtifactShape | undefined => {
      const found = facts.paths.get(path);
      return found && { url, sha256: facts.hashes.get(path) ?? `[${found.type}]`, ...attributesAt(path, facts)! };
    }),
    units,
    records: foundRecords(shape.records, facts.records),
    cron: pickFound(shape.cron, (entry, name) => foundCron(name, entry, facts, look)),
    sysctl: pickFound(shape.sysctl, (_, key) => {
      const value = facts.sysctl.get(key);
      const kept = persisted !== undefined && plainOf(persisted).split("\n").includes(`${key} = ${shape.sysctl[key]}`);
      return value === undefined || kept || os === "nixos" ? value : `${value} (not kept over a reboot)`;
    }),
    checks: foundChecks(shape, units, facts),
    timeZone: shape.timeZone === undefined ? undefined : facts.timeZone,
  };
  return os === "nixos" ? foundOnNixos(service, shape, found, look) : found;
}

/** Puts the texts that the expectations hold beside those that came back: for them the host sends the hash alone. */
export function recallTexts(facts: Facts, expectations: readonly Expectation[]): void {
  const files = expectations.flatMap(({ service, shape, os }) => managedFiles(service, shape, os));
  for (const { content } of files)
    if (!(content instanceof Secret)) facts.texts.set(sha256(content), Buffer.from(content));
}

function foundUnit(
  name: string,
  declared: UnitShape,
  facts: Facts,
  look: Look,
  os: Os | undefined,
): UnitShape | undefined {
  const { LoadState, ActiveState, SubState, UnitFileState = "", NeedDaemonReload } = facts.units.get(name) ?? {};
  const text = declared.text === undefined ? undefined : foundText(name, declared, look, os);
  const folder = `${dropInFolder(name)}/`;
  const present = [...facts.paths.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\.conf$/, ""));
  const dropIns = Object.fromEntries(
    present.map((dropIn) => [dropIn, look(dropInPath(name, dropIn), declared.dropIns[dropIn] ?? "")!]),
  );
  if ((LoadState === undefined || LoadState === "not-found") && text === undefined && present.length === 0)
    return undefined;

  const paths = [...(text === undefined ? [] : [unitPath(name)]), ...present.map((dropIn) => dropInPath(name, dropIn))];
  const attributes =
    os === "nixos"
      ? undefined
      : paths.map((path) => unusualAttributes(path, facts)).find((found) => found !== undefined);
  return {
    ...(text !== undefined && { text }),
    dropIns,
    enabled:
      os === "nixos" && isLinked(UnitFileState, declared)
        ? declared.enabled
        : foundEnabled(UnitFileState, declared.enabled),
    active: foundActive(ActiveState, SubState, declared.active),
    onChange: declared.onChange,
    ...(NeedDaemonReload === "yes" && { needsReload: true as const }),
    ...(attributes !== undefined && { attributes }),
  };
}

function foundText(name: string, declared: UnitShape, look: Look, os: Os | undefined): Content | undefined {
  if (os !== "nixos") return look(unitPath(name), declared.text!);
  const built = builtText(name, declared);
  const found = look(unitPath(name), built);
  return found === built ? declared.text : found;
}

/** On NixOS every unit file is a link; a unit that nothing wants is no more. */
const isLinked = (state: string, declared: UnitShape): boolean =>
  state.startsWith("linked") && Object.values(installOf(declared)).flat().length === 0;

/** A unit that cannot be enabled (static, generated …) is as declared. */
function foundEnabled(state: string, declared: UnitShape["enabled"]): UnitShape["enabled"] {
  if (state.startsWith("enabled") || state === "alias") return true;
  if (state.startsWith("masked")) return declared === false ? false : "masked";
  return state === "disabled" || state === "" || state.startsWith("linked") ? false : declared;
}

/**
 * A unit between two automatic restarts has failed; one that is about to start is as declared, such as a job that its
 * timer runs right now.
 */
function foundActive(
  state: string | undefined,
  sub: string | undefined,
  declared: UnitShape["active"],
): UnitShape["active"] {
  if (state === "active" || state === "reloading" || state === "refreshing") return true;
  const failed = state === "failed" || sub?.startsWith("auto-restart");
  if (failed) return declared === false ? false : "failed";
  return state === "activating" ? declared : false;
}

/** A service whose units run and that does not listen is deaf; one whose units do not run has drifted enough. */
function foundChecks({ checks, units }: Shape, found: Shape["units"], facts: Facts): CheckShape[] {
  const isRunning = Object.entries(units).every(
    ([name, { active }]) => active !== true || found[name]?.active === true,
  );
  const mayBeDeaf = isRunning && Object.entries(units).some(([name, unit]) => mayListen(name, unit));
  return checks.map(({ problem: _, ...check }) => {
    const watched = mayBeDeaf ? watchedPort(check) : undefined;
    if (!watched || facts.ports.has(`${watched.protocol} ${hexPort(watched.port)}`)) return check;
    return { ...check, problem: `nothing listens on ${watched.protocol} port ${watched.port}` };
  });
}

function foundCron(
  name: string,
  declared: CronShape | string,
  facts: Facts,
  look: Look,
): CronShape | string | undefined {
  const expected = cronText(declared);
  const text = look(cronPath(name), expected);
  if (text === undefined) return undefined;
  const attributes = unusualAttributes(cronPath(name), facts);
  const mark = (entry: CronShape): CronShape => (attributes === undefined ? entry : { ...entry, attributes });
  if (typeof declared === "object" && plainOf(text) === plainOf(expected)) {
    return mark({ schedule: declared.schedule, user: declared.user, command: declared.command });
  }
  if (text instanceof Secret) return DIFFERS;
  const entry = parseCron(text);
  return typeof entry === "string" ? entry : mark(entry);
}

/** The text at a path: as declared when its hash says so, undefined when there is nothing. */
type Look = (path: string, declared: Content) => Content | undefined;

const lookWith =
  (facts: Facts, secrets: string[]): Look =>
  (path, declared) => {
    const found = facts.paths.get(path);
    if (!found) return undefined;
    const hash = facts.hashes.get(path);
    if (hash !== undefined && hash === sha256(plainOf(declared))) return declared;
    if (declared instanceof Secret) return new Secret(DIFFERS);
    if (hash === undefined) return `[${found.type}]`;
    const bytes = facts.texts.get(hash);
    if (!bytes || bytes.length > TEXT_LIMIT) return `[${found.size} bytes, sha256 ${hash}]`;
    const text = bytes.toString("utf8");
    if (text.includes("\0") || !Buffer.from(text).equals(bytes)) return `[binary, ${found.size} bytes, sha256 ${hash}]`;
    return secrets.some((secret) => secret !== "" && text.includes(secret)) ? new Secret(text) : text;
  };

function attributesAt(path: string, facts: Facts): { mode: string; owner: string; group: string } | undefined {
  const found = facts.paths.get(path);
  return found && { mode: found.mode, owner: found.owner, group: found.group };
}

function unusualAttributes(path: string, facts: Facts): string | undefined {
  const found = facts.paths.get(path);
  const attributes = found && `${found.mode} ${found.owner}:${found.group}`;
  return attributes === USUAL_ATTRIBUTES ? undefined : attributes;
}

const groupsOf = (user: string, facts: Facts): string[] =>
  [...facts.groups]
    .filter(([, members]) => members.includes(user))
    .map(([name]) => name)
    .sort();

/** `found` in the order of `declared` when both hold the same. */
const inOrderOf = (declared: string[], found: string[]): string[] =>
  declared.length === found.length && declared.every((item) => found.includes(item)) ? declared : found;

function pickFound<A, B>(
  declared: Record<string, A>,
  find: (value: A, key: string) => B | undefined,
): Record<string, B> {
  return Object.fromEntries(
    Object.entries(declared).flatMap(([key, value]) => {
      const found = find(value, key);
      return found === undefined ? [] : [[key, found]];
    }),
  );
}
