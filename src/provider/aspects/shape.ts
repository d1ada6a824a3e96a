import type { Bundle, Check } from "../../model/bundle.ts";
import { Secret, type Properties } from "../../plugin/types.ts";
import type { Connection } from "../../transport/types.ts";
import { mapValues, reveal, secretAt } from "./secrets.ts";

/** Text of a file or unit: Secret when it must never be shown. */
export type Content = string | Secret;

export interface Attributes {
  /** Four octal digits. */
  mode: string;
  owner: string;
  group: string;
  /** Only found: what mode and owners do not say, such as "immutable". */
  extra?: string;
}

export interface FileShape extends Attributes {
  content: Content;
}

export interface ArtifactShape extends Attributes {
  url: string;
  sha256: string;
}

export interface DirectoryShape extends Attributes {
  /** Only found: what stands in its place, such as "symbolic link". */
  is?: string;
}

export interface UserShape {
  system: boolean;
  home: string;
  shell: string;
  groups: string[];
  /** Only found: it is root by another name. */
  uid?: "0";
  /** Only found: a primary group that is not the account's own. */
  primaryGroup?: string;
}

export interface UnitShape {
  text?: Content;
  dropIns: Record<string, Content>;
  /** The words are only ever found. */
  enabled: boolean | "masked" | "masked-runtime" | "enabled-runtime";
  /** "failed" is only ever found. */
  active: boolean | "failed";
  onChange: "restart" | "reload" | "nothing";
  /** Only found: what runs is older than the unit's files. */
  needsReload?: true;
  /** Only found: "0666 root:root" on a unit file or drop-in that should be 0644 root:root. */
  attributes?: string;
  /** Only found: the file that systemd reads instead of the unit's own. */
  readFrom?: string;
}

export interface ContainerShape extends Omit<Bundle["containers"][string], "health"> {
  /** Other words than "healthy" are only ever found. */
  health?: string;
  /** Only found: "exited", when it does not run. */
  state?: string;
}

export interface CronShape {
  schedule: string;
  user: string;
  command: Content;
  /** Only found, as for units. */
  attributes?: string;
  /** Only found: why cron takes no notice of it. */
  problem?: string;
}

/** Only found: what is wrong, such as "nothing listens on tcp port 80" while the service's units run. */
export type CheckShape = Check & { problem?: string };

/** A bundle with its texts resolved, as declared or as found on a host; what was not found is left out of its map. */
export interface Shape extends Omit<
  Bundle,
  "users" | "directories" | "files" | "artifacts" | "units" | "containers" | "cron" | "checks"
> {
  users: Record<string, UserShape>;
  directories: Record<string, DirectoryShape>;
  files: Record<string, FileShape>;
  /** Of a found one, sha256 is what it has, or what stands in its place: "[directory]". */
  artifacts: Record<string, ArtifactShape>;
  units: Record<string, UnitShape>;
  containers: Record<string, ContainerShape>;
  /** A found entry that is not one line "schedule user command" is its text. */
  cron: Record<string, CronShape | string>;
  checks: CheckShape[];
  /** Only found: what a change that was cut off has left to be done, such as "restart nginx.service". */
  unfinished?: string[];
}

/** One service on one host: the inputs of a resource, and its state. */
export interface Target {
  host: string;
  service: string;
  connection: Connection;
  /** "nixos" where the system is made by nixos-rebuild; nothing for systems that are changed in place. */
  os?: Os;
}

export type Os = "nixos";

export const NOTHING: Shape = {
  packages: [],
  groups: {},
  users: {},
  directories: {},
  files: {},
  artifacts: {},
  units: {},
  containers: {},
  records: {},
  cron: {},
  sysctl: {},
  options: {},
  validations: [],
  checks: [],
};

/** Whether nothing at all is declared. */
export const isEmpty = (shape: Shape): boolean =>
  Object.values(shape).every(
    (part) => part === undefined || (typeof part === "object" && Object.keys(part as object).length === 0),
  );

/** The value behind a content. */
export const plainOf = (content: Content): string => (content instanceof Secret ? String(content.value) : content);

/** Reads inputs or state; values that are secret as a whole branch are secret in each of the branch's texts. */
export function shapeOf(properties: Properties): Shape {
  const plain = { ...NOTHING, ...(reveal(properties) as Partial<Shape>) };
  const { packages, groups, users, directories, artifacts, containers, records, sysctl, timeZone, options } = plain;
  const { validations, checks, unfinished } = plain;
  const keep = (content: Content, ...path: string[]): Content =>
    secretAt(properties, path) ? new Secret(content) : content;
  return {
    packages,
    groups,
    users,
    directories,
    artifacts,
    containers,
    records,
    sysctl,
    timeZone,
    options,
    validations,
    checks,
    ...(unfinished !== undefined && { unfinished }),
    files: mapValues(plain.files, (file, path) => ({ ...file, content: keep(file.content, "files", path, "content") })),
    units: mapValues(plain.units, (unit, name) => ({
      ...unit,
      ...(unit.text !== undefined && { text: keep(unit.text, "units", name, "text") }),
      dropIns: mapValues(unit.dropIns ?? {}, (text, dropIn) => keep(text, "units", name, "dropIns", dropIn)),
    })),
    cron: mapValues(plain.cron, (entry, name) =>
      typeof entry === "string" ? entry : { ...entry, command: keep(entry.command, "cron", name, "command") },
    ),
  };
}

/** Whose inputs or state it is. Names that are missing are empty; check has refused those before. */
export function targetOf(properties: Properties): Target {
  const { host = "", service = "", connection = {}, os } = reveal(properties) as Partial<Target>;
  return { host, service, connection, ...(os !== undefined && { os }) };
}

export const propertiesOf = (target: Target, shape: Shape): Properties =>
  withoutEmpty({ ...target, ...shape } as unknown as Properties);

/**
 * Without the maps and lists that hold nothing, which are most: the engine sends and writes down whatever is there
 * again and again.
 */
export const withoutEmpty = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties).filter(
      ([, value]) =>
        typeof value !== "object" || value === null || value instanceof Secret || Object.keys(value).length > 0,
    ),
  );

/** What to look for on a host to tell `desired` from what is there, and to find what `previous` left behind. */
export const union = (previous: Shape, desired: Shape): Shape => ({
  ...desired,
  packages: [...desired.packages, ...previous.packages.filter((name) => !desired.packages.includes(name))],
  groups: { ...previous.groups, ...desired.groups },
  users: { ...previous.users, ...desired.users },
  directories: { ...previous.directories, ...desired.directories },
  files: { ...previous.files, ...desired.files },
  artifacts: { ...previous.artifacts, ...desired.artifacts },
  units: { ...previous.units, ...desired.units },
  containers: { ...previous.containers, ...desired.containers },
  records: mergeRecords(previous.records, desired.records),
  cron: { ...previous.cron, ...desired.cron },
  sysctl: { ...previous.sysctl, ...desired.sysctl },
  options: { ...previous.options, ...desired.options },
  timeZone: desired.timeZone ?? previous.timeZone,
});

/** Both together, by keeper and name; what both have is as in the second. */
export const mergeRecords = (a: Shape["records"], b: Shape["records"]): Shape["records"] =>
  mapValues({ ...a, ...b }, (_, keeper) => ({ ...a[keeper], ...b[keeper] }));
