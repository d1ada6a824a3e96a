import type { Before } from "../../remote/journal.ts";
import type { Planning } from "../aspect.ts";
import { letGo } from "../before.ts";
import { configurationChanges } from "../changes.ts";
import { generatedUnits, unitsOfStale } from "../containers/index.ts";
import { mayListen } from "../checks/ports.ts";
import type { Shape, UnitShape } from "../shape.ts";
import { only, type Step } from "../steps.ts";
import { dropInFolder, unitPath } from "./paths.ts";
import type { UnitWas, Verb } from "./steps.ts";

/** Units that leave the bundle first, then what is wrong with the others. */
export function planUnits(desired: Shape, found: Shape, so: Planning): Step[] {
  const gone = Object.keys(found.units).filter((name) => !(name in desired.units));
  const unfinished = found.unfinished ?? [];
  const changes: Changes = {
    lacks: so.lacks,
    rewritten: new Set(rewrittenUnits(so, desired, found)),
    configuration: configurationChanges(so.planned),
    installs: only(so.planned, "install").length > 0 || so.os === "nixos",
    isDeaf: found.checks.some(({ problem }) => problem !== undefined),
    unfinished: new Set(unfinished),
    stale: new Set(unitsOfStale(desired, found)),
    generated: new Set(generatedUnits(desired)),
  };
  const retired = gone.flatMap((name) => retire(name, found, so));
  const isStale = Object.values(found.units).some(({ needsReload }) => needsReload);
  return [
    ...retired,
    ...(changes.rewritten.size > 0 || retired.length > 0 || isStale ? [{ do: "reread-units" as const }] : []),
    ...Object.entries(desired.units).flatMap(([name, unit]) => planUnit(name, unit, found.units[name], changes)),
  ];
}

/** What a host lacks when a unit's name is only another name of one. */
export const aliasOf = (name: string, real: string): string => `unit ${name} by its own name: ${real}`;

interface Changes {
  lacks: readonly string[];
  /** Units of which a file changes. */
  rewritten: ReadonlySet<string>;
  /** The service's programs have something new to read. */
  configuration: boolean;
  /** A package enables and starts its units as it likes while it is installed. */
  installs: boolean;
  /** The service does not listen where it should. */
  isDeaf: boolean;
  /** What a change that was cut off has left to be done. */
  unfinished: ReadonlySet<string>;
  /** Units whose container is not as it is declared. */
  stale: ReadonlySet<string>;
  /** Units that a generator writes and enables. */
  generated: ReadonlySet<string>;
}

/** What an unfinished change has to do with a unit that runs: as it is written down on the host. */
export const unfinishedOf = (steps: readonly Step[]): string[] =>
  only(steps, "unit").flatMap(({ unit, verbs, was }) =>
    was === "absent" || !was.active
      ? []
      : verbs.filter((verb) => verb === "restart" || verb === "reload").map((verb) => `${verb} ${unit}`),
  );

const rewrittenUnits = ({ planned, files }: Planning, desired: Shape, found: Shape): string[] => {
  const touched = new Set(only(planned, "write", "remove").map(({ path }) => path));
  return [...files(desired), ...files(found)].flatMap(({ path, unit }) =>
    unit !== undefined && touched.has(path) ? [unit] : [],
  );
};

function planUnit(name: string, desired: UnitShape, found: UnitShape | undefined, changes: Changes): Step[] {
  const verbs = [...enabling(name, desired, found, changes), ...running(name, desired, found, changes)];
  // Starting and stopping work by any name.
  const needsItsName = changes.rewritten.has(name) || verbs.some((verb) => /able|mask/.test(verb));
  const real = changes.lacks.find((lack) => lack.startsWith(aliasOf(name, "")))?.slice(aliasOf(name, "").length);
  if (real !== undefined && needsItsName)
    return [
      {
        do: "refuse",
        reason:
          `units["${name}"] is another name of ${real} on this host, which cannot be changed by it: ` +
          `declare units["${real}"]`,
      },
    ];
  const isMeant = desired.active === true;
  const restarted = verbs.includes("restart");
  return [
    ...(verbs.length > 0 ? [{ do: "unit" as const, unit: name, verbs, was: wasOf(found) }] : []),
    ...(isMeant ? [{ do: "expect-active" as const, unit: name, restarted }] : []),
  ];
}

export const wasOf = (found: UnitShape | undefined): UnitWas =>
  found === undefined ? "absent" : { enabled: found.enabled, active: found.active === true };

function enabling(
  name: string,
  desired: UnitShape,
  found: UnitShape | undefined,
  { installs, generated }: Changes,
): Verb[] {
  const now = found?.enabled;
  const masked: Verb[] = now === "masked" ? ["unmask"] : now === "masked-runtime" ? ["unmask-runtime"] : [];
  if (generated.has(name)) return masked;
  const runtime: Verb[] = now === "enabled-runtime" ? ["disable-runtime"] : [];
  if (desired.enabled === true) return [...masked, ...runtime, ...(now === true ? [] : (["enable"] as const))];
  if (desired.enabled === false)
    return [...masked, ...runtime, ...(now === true || (installs && !found) ? (["disable"] as const) : [])];
  return [];
}

function running(name: string, desired: UnitShape, found: UnitShape | undefined, changes: Changes): Verb[] {
  const isActive = found?.active === true;
  if (desired.active === false) return isActive || (changes.installs && !found) ? ["stop"] : [];
  if (desired.active !== true) return [];
  const reset: Verb[] = found?.active === "failed" ? ["reset-failed"] : [];
  const change = isActive ? changeOf(name, desired, found, changes) : "restart";
  return [...reset, ...(change === "nothing" ? [] : [change])];
}

/** Only services read the bundle's files: a timer or socket changes by its own text alone. */
function changeOf(
  name: string,
  { onChange, ...desired }: UnitShape,
  found: UnitShape | undefined,
  { rewritten, configuration, isDeaf, unfinished, stale }: Changes,
): "restart" | "reload" | "nothing" {
  if (onChange === "nothing") return "nothing";
  const isDeafNow = isDeaf && mayListen(name, { ...desired, onChange });
  if (
    rewritten.has(name) ||
    stale.has(name) ||
    isDeafNow ||
    found?.readFrom !== undefined ||
    unfinished.has(`restart ${name}`)
  )
    return "restart";
  if (unfinished.has(`reload ${name}`)) return "reload";
  return configuration && name.endsWith(".service") ? onChange : "nothing";
}

/**
 * A unit that leaves the bundle is again as it was before the service. Where nothing is known of that, it stops when it
 * is ours: when we wrote it, or when the service brought its package. The way in to the host is never stopped.
 */
function retire(unit: string, found: Shape, so: Planning): Step[] {
  const now = found.units[unit]!;
  const was = wasOf(now);
  const paths = so
    .files(found)
    .filter((file) => file.unit === unit)
    .map(({ path }) => path);
  const letting = [...new Set([...paths, ...recordedFiles(unit, so.before)])].map(
    (path) => [path, letGo(so.before, "file", path)] as const,
  );
  const remove = letting.filter(([, how]) => how === "remove").map(([path]) => path);
  const bringBack = letting.filter(([, how]) => typeof how === "object").map(([path]) => path);
  const verbs = /^sshd?[.@]/.test(unit) ? [] : retiring(unit, now, found, so.before);
  if (verbs.length + remove.length + bringBack.length === 0) return [];
  return [{ do: "retire", unit, verbs, was, paths: [...remove, ...bringBack], remove, bringBack }];
}

function retiring(unit: string, now: UnitShape, found: Shape, before: readonly Before[] | undefined): Verb[] {
  const how = letGo(before, "unit", unit);
  if (how === "leave") return [];
  if (how === "remove") {
    const isGenerated = generatedUnits(found).includes(unit);
    const isOurs = before !== undefined || now.text !== undefined || found.packages.length > 0;
    if (!isOurs) return [];
    return [
      ...(now.active === true ? (["stop"] as const) : []),
      ...(now.enabled === true && !isGenerated ? (["disable"] as const) : []),
    ];
  }
  const { enabled, active } = how.restore;
  return [
    ...(enabled === true && now.enabled !== true ? (["enable"] as const) : []),
    ...(enabled !== true && now.enabled === true ? (["disable"] as const) : []),
    ...(enabled === "masked" && now.enabled !== "masked" ? (["mask"] as const) : []),
    ...(active && now.active !== true ? (["restart"] as const) : []),
    ...(!active && now.active === true ? (["stop"] as const) : []),
  ];
}

/** Files of a unit that were there before the service. */
const recordedFiles = (unit: string, before: readonly Before[] | undefined): string[] =>
  (before ?? []).flatMap((record) =>
    "file" in record &&
    record.was === "kept" &&
    (record.file === unitPath(unit) || record.file.startsWith(`${dropInFolder(unit)}/`))
      ? [record.file]
      : [],
  );
