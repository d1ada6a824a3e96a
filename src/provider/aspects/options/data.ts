import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../../plugin/types.ts";
import { plainOf, type FileShape, type Shape, type UnitShape } from "../shape.ts";

/** Where the one fixed module lies on every host with NixOS, and the data that it reads. */
export const MODULE = "/etc/nixos/fleet/module.nix";
let moduleRead: string | undefined;
export const moduleText = (): string => (moduleRead ??= readFileSync(join(import.meta.dirname, "module.nix"), "utf8"));
export const DATA_FOLDER = "/etc/nixos/fleet/services";

/** What the next nixos-rebuild will read of a service. */
export const dataPath = (service: string): string => `${DATA_FOLDER}/${service}.json`;
/** What the system of the next boot, and the running one, were made from. */
export const builtDataPaths = (service: string): string[] =>
  ["/nix/var/nix/profiles/system", "/run/current-system"].map(
    (system) => `${system}/etc/fleet/services/${service}.json`,
  );

/** The part of a service that NixOS itself puts in place, as module.nix reads it. Everyone on the host can read it. */
export interface NixData {
  /** Names in nixpkgs. */
  packages: string[];
  groups: string[];
  users: Shape["users"];
  files: Record<string, { text: string; mode: string; owner: string; group: string }>;
  units: Record<string, NixUnit>;
  sysctl: Record<string, string>;
  timeZone?: string;
  options: { path: string[]; value: unknown }[];
}

export interface NixUnit {
  text?: string;
  dropIns: Record<string, string>;
  wantedBy: string[];
  requiredBy: string[];
  aliases: string[];
}

/** Whether NixOS makes a file: one under /etc that everyone may read. The others are written there as on any host. */
export const isBuiltFile = (path: string, { content }: Pick<FileShape, "content">): boolean =>
  path.startsWith("/etc/") && path !== MODULE && !(content instanceof Secret);

/** What of a unit NixOS makes; undefined for a unit that NixOS' own modules bring. */
const isBuiltUnit = ({ text, dropIns }: UnitShape): boolean => text !== undefined || Object.keys(dropIns).length > 0;

/** @returns undefined when nothing of the service is NixOS' business. */
export function dataOf(shape: Shape): NixData | undefined {
  const { packages, users, sysctl, timeZone } = shape;
  const data: NixData = {
    packages,
    groups: Object.keys(shape.groups),
    users,
    files: picked(
      shape.files,
      (file, path) => isBuiltFile(path, file),
      ({ content, ...rest }) => ({ text: plainOf(content), ...rest }),
    ),
    units: picked(shape.units, isBuiltUnit, (unit, name) => ({
      ...(unit.text !== undefined && { text: builtText(name, unit) }),
      dropIns: picked(unit.dropIns, () => true, plainOf),
      ...installOf(unit),
    })),
    sysctl,
    ...(timeZone !== undefined && { timeZone }),
    options: Object.entries(shape.options)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, value]) => ({ path: optionNames(path), value })),
  };
  const isEmpty =
    timeZone === undefined && Object.values(data).every((part) => Object.keys(part as object).length === 0);
  return isEmpty ? undefined : data;
}

/** The text of the unit as NixOS gets it: what a switch must not restart has to say so itself. */
export const builtText = (name: string, { text = "", onChange }: UnitShape): string =>
  onChange === "nothing" && name.endsWith(".service")
    ? `${plainOf(text)}\n[Service]\nX-RestartIfChanged=false\n`
    : plainOf(text);

const texts = new WeakMap<Shape, string | undefined>();

/**
 * The same text for the same data, in whatever order it came. It is asked for many times of each shape, which nobody
 * changes.
 */
export function dataText(shape: Shape): string | undefined {
  if (!texts.has(shape)) texts.set(shape, sortedJson(dataOf(shape)));
  return texts.get(shape);
}

const sortedJson = (data: NixData | undefined): string | undefined =>
  data && `${JSON.stringify(data, (_, value: unknown) => (isMap(value) ? sorted(value) : value), 1)}\n`;

const sorted = (map: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Reads data back as far as it is whole; what somebody has broken holds nothing. */
export function readData(text: string | undefined): NixData {
  const nothing: NixData = { packages: [], groups: [], users: {}, files: {}, units: {}, sysctl: {}, options: [] };
  try {
    const data: unknown = JSON.parse(text ?? "{}");
    return isMap(data) ? { ...nothing, ...data } : nothing;
  } catch {
    return nothing;
  }
}

/** [Install] says what `systemctl enable` would link; NixOS takes the same as options. */
export function installOf({ text, dropIns, enabled }: UnitShape): Pick<NixUnit, "wantedBy" | "requiredBy" | "aliases"> {
  const lines = [text ?? "", ...Object.values(dropIns)].flatMap((content) => sectionLines(plainOf(content), "Install"));
  const named = (key: string) =>
    enabled !== true
      ? []
      : lines.flatMap((line) =>
          line.startsWith(`${key}=`)
            ? line
                .slice(key.length + 1)
                .split(/\s+/)
                .filter(Boolean)
            : [],
        );
  return { wantedBy: named("WantedBy"), requiredBy: named("RequiredBy"), aliases: named("Alias") };
}

function sectionLines(text: string, section: string): string[] {
  let current = "";
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => {
      if (line.startsWith("[")) current = line;
      return current === `[${section}]` && line !== current;
    });
}

/** boot.kernel.sysctl."net.ipv4.ip_forward" → boot, kernel, sysctl, net.ipv4.ip_forward. */
const optionNames = (path: string): string[] =>
  (path.match(/"[^"]+"|[^."]+/g) ?? []).map((name) => name.replaceAll('"', ""));

export const optionPath = (names: string[]): string =>
  names.map((name) => (/^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) ? name : `"${name}"`)).join(".");

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function picked<A, B>(
  record: Record<string, A>,
  take: (value: A, key: string) => boolean,
  to: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => (take(value, key) ? [[key, to(value, key)]] : [])),
  );
}
