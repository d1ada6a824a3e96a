import { isDeepStrictEqual } from "node:util";
import type { Check } from "../../model/bundle.ts";
import { optionsMayCutLine, throughSwitch } from "../nixos/plan.ts";
import { mayCutLine } from "./line.ts";
import { managedFiles, type ManagedFile } from "./managed.ts";
import { mayListen } from "./ports.ts";
import { planRecords } from "./records.ts";
import { only, type Step } from "./steps.ts";
import { plainOf, reveal, type Os, type Shape, type UnitShape } from "./types.ts";

/**
 * What leads from what was found to what is desired; empty when nothing is to be done. Things found beyond the desired
 * ones are removed.
 */
export function planService(service: string, desired: Shape, found: Shape, os?: Os): Step[] {
  const filesOf = (shape: Shape) => managedFiles(service, shape, os).filter(({ kind }) => kind !== "data");
  const files = planFiles(filesOf(desired), filesOf(found), desired.units);
  const artifacts = planArtifacts(desired.artifacts, found.artifacts);
  const filesChange =
    files.changed.some(({ kind }) => kind === "file") || only(artifacts, "fetch", "remove").length > 0;
  const packages = desired.packages.filter((name) => !found.packages.includes(name));
  const direct = [
    ...(packages.length > 0 ? [{ do: "install" as const, packages }] : []),
    ...planAccounts(desired, found),
    ...planDirectories(desired, found),
    ...artifacts,
    ...files.steps,
    ...planSettings(desired, found),
    ...planRetired(service, desired, found),
    ...planUnits(desired, found, files.changed, filesChange, packages.length > 0 || os === "nixos"),
    ...planRecords(desired.records, found.records, filesChange),
    ...abandonedDirectories(desired, found),
  ];
  const changes = os === "nixos" ? throughSwitch(service, direct, desired, found) : direct;
  if (changes.every((step) => step.do === "expect-active")) return [];
  const checks = desired.checks.map((check) => ({ do: "check" as const, check: reveal(check) as Check }));
  const validations =
    files.steps.length + artifacts.length + only(changes, "switch").length > 0
      ? desired.validations.map(({ command }) => ({ do: "validate" as const, command: String(reveal(command)) }))
      : [];
  const guard =
    mayCutLine(direct, desired, found) || optionsMayCutLine(desired, found) ? [{ do: "guard" as const }] : [];
  return [...guard, ...changes, ...validations, ...checks];
}

function planAccounts(desired: Shape, found: Shape): Step[] {
  const groups = Object.entries(desired.groups).filter(([name]) => !found.groups[name]);
  const users = Object.entries(desired.users).flatMap(([name, user]): Step[] => {
    const old = found.users[name];
    if (!old) return [{ do: "make-user", name, ...user }];
    const wrong = (["home", "shell", "groups"] as const).filter((key) => !isDeepStrictEqual(old[key], user[key]));
    return wrong.length === 0
      ? []
      : [{ do: "correct-user", name, ...Object.fromEntries(wrong.map((key) => [key, user[key]])) }];
  });
  return [...groups.map(([name, { system }]): Step => ({ do: "group", name, system })), ...users];
}

/** A parent comes before what lies in it. */
const planDirectories = (desired: Shape, found: Shape): Step[] =>
  Object.entries(desired.directories)
    .filter(([path, directory]) => !isDeepStrictEqual(directory, found.directories[path]))
    .sort(([a], [b]) => a.length - b.length)
    .map(([path, directory]) => ({ do: "directory", path, ...directory }));

const abandonedDirectories = (desired: Shape, found: Shape): Step[] =>
  Object.keys(found.directories)
    .filter((path) => !desired.directories[path])
    .sort((a, b) => b.length - a.length)
    .map((path) => ({ do: "remove-directory", path }));

/** Files of units that leave the bundle go with the unit. */
function planFiles(
  desired: ManagedFile[],
  found: ManagedFile[],
  units: Shape["units"],
): { steps: Step[]; changed: ManagedFile[] } {
  const old = new Map(found.map((file) => [file.path, file]));
  const kept = new Set(desired.map(({ path }) => path));
  const isRight = (file: ManagedFile) =>
    old.has(file.path) && plainOf(old.get(file.path)!.content) === plainOf(file.content);
  const written = desired.filter((file) => !isRight(file));
  const loosened = desired.filter((file) => isRight(file) && attributesOf(old.get(file.path)!) !== attributesOf(file));
  const removed = found.filter(({ path, unit }) => !kept.has(path) && (unit === undefined || unit in units));
  return {
    steps: [
      ...written.map(({ path, content, mode, owner, group }): Step => ({
        do: "write",
        path,
        content: plainOf(content),
        mode,
        owner,
        group,
      })),
      ...loosened.map(({ path, mode, owner, group }): Step => ({ do: "attributes", path, mode, owner, group })),
      ...removed.map(({ path }): Step => ({ do: "remove", path })),
      ...written.filter(({ kind }) => kind === "unit").map(({ path }): Step => ({ do: "verify", path })),
    ],
    changed: [...written, ...removed],
  };
}

function planArtifacts(desired: Shape["artifacts"], found: Shape["artifacts"]): Step[] {
  const changes = Object.entries(desired).flatMap(([path, { url, sha256, ...attributes }]): Step[] => {
    const old = found[path];
    if (old?.sha256 !== sha256) return [{ do: "fetch", path, url, sha256, ...attributes }];
    return attributesOf(old) === attributesOf(attributes) ? [] : [{ do: "attributes", path, ...attributes }];
  });
  return [
    ...changes,
    ...Object.keys(found)
      .filter((path) => !(path in desired))
      .map((path): Step => ({ do: "remove", path })),
  ];
}

const attributesOf = ({ mode, owner, group }: Pick<ManagedFile, "mode" | "owner" | "group">): string =>
  `${mode} ${owner}:${group}`;

function planSettings(desired: Shape, found: Shape): Step[] {
  const kernel = Object.entries(desired.sysctl).filter(([key, value]) => found.sysctl[key] !== value);
  const zone = desired.timeZone !== undefined && desired.timeZone !== found.timeZone ? desired.timeZone : undefined;
  return [
    ...kernel.map(([key, value]): Step => ({ do: "set-kernel", key, value })),
    ...(zone === undefined ? [] : [{ do: "set-time-zone" as const, zone }]),
  ];
}

/**
 * Units that left the bundle stop when they are ours: when we wrote the unit, or when the service brought its package.
 * The way in to the host is never stopped.
 */
function planRetired(service: string, desired: Shape, found: Shape): Step[] {
  const files = managedFiles(service, found);
  return Object.entries(found.units)
    .filter(([unit]) => !(unit in desired.units))
    .map(([unit, { text, enabled, active }]): Step => {
      const ours = (text !== undefined || found.packages.length > 0) && !/^sshd?[.@]/.test(unit);
      const paths = files.filter((file) => file.unit === unit).map(({ path }) => path);
      return { do: "retire", unit, wasEnabled: ours && enabled === true, wasActive: ours && active === true, paths };
    });
}

function planUnits(
  desired: Shape,
  found: Shape,
  changed: ManagedFile[],
  filesChange: boolean,
  installed: boolean,
): Step[] {
  const rewritten = new Set(changed.flatMap(({ unit }) => unit ?? []));
  const retired = Object.keys(found.units).some((unit) => !(unit in desired.units));
  const stale = Object.values(found.units).some(({ needsReload }) => needsReload);
  const isDeaf = found.checks.some(({ problem }) => problem !== undefined);
  const steps = Object.entries(desired.units).flatMap(([name, unit]) =>
    planUnit(
      name,
      unit,
      found.units[name],
      rewritten.has(name) || (isDeaf && mayListen(name, unit)),
      filesChange,
      installed,
    ),
  );
  return [...(rewritten.size > 0 || retired || stale ? [{ do: "reread-units" as const }] : []), ...steps];
}

function planUnit(
  name: string,
  desired: UnitShape,
  found: UnitShape | undefined,
  rewritten: boolean,
  filesChange: boolean,
  installed: boolean,
): Step[] {
  const wasActive = found?.active === true;
  const steps: Step[] = [];
  if (found?.enabled === "masked") steps.push({ do: "unmask", unit: name });
  if (desired.enabled === true && found?.enabled !== true) steps.push({ do: "enable", unit: name });
  // A package enables and starts its units as it likes while it is installed.
  if (desired.enabled === false && (found?.enabled === true || (installed && !found)))
    steps.push({ do: "disable", unit: name });
  if (desired.active === false && (wasActive || (installed && !found))) steps.push({ do: "stop", unit: name });
  if (desired.active === true) {
    if (found?.active === "failed") steps.push({ do: "reset-failed", unit: name });
    const change = !wasActive ? "restart" : changeOf(name, desired, rewritten, filesChange);
    if (change === "restart") steps.push({ do: "restart", unit: name, wasActive });
    if (change === "reload") steps.push({ do: "reload", unit: name });
    steps.push({ do: "expect-active", unit: name, restarted: change === "restart" });
  }
  return steps;
}

/** Only services read the bundle's files: a timer or socket changes by its own text alone. */
function changeOf(
  name: string,
  { onChange }: UnitShape,
  rewritten: boolean,
  filesChange: boolean,
): UnitShape["onChange"] {
  if (onChange === "nothing") return "nothing";
  if (rewritten) return "restart";
  return filesChange && name.endsWith(".service") ? onChange : "nothing";
}
