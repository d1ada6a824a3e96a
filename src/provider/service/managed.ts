import { Secret } from "../../plugin/types.ts";
import { cronLine, plainCronCommand } from "../../render/cron.ts";
import { builtDataPaths, builtText, dataPath, dataText, isBuiltFile, MODULE, moduleText } from "../nixos/data.ts";
import { plainOf, type Content, type CronShape, type Os, type Shape } from "./types.ts";

/**
 * A file that a service keeps, wherever its bundle says so: as a file, a unit, a drop-in, a cron entry or kernel
 * settings.
 */
export interface ManagedFile {
  path: string;
  content: Content;
  mode: string;
  owner: string;
  group: string;
  kind: "file" | "unit" | "dropIn" | "cron" | "sysctl" | "data";
  /** The unit of a unit file or drop-in. */
  unit?: string;
  /** On NixOS, what nixos-rebuild puts there: a copy, or a link to what it has made. */
  built?: "copy" | "link";
}

const UNITS = "/etc/systemd/system";
export const unitPath = (unit: string): string => `${UNITS}/${unit}`;
export const dropInFolder = (unit: string): string => `${UNITS}/${unit}.d`;
export const dropInPath = (unit: string, name: string): string => `${dropInFolder(unit)}/${name}.conf`;
export const cronPath = (name: string): string => `/etc/cron.d/${name}`;
export const sysctlPath = (service: string): string => `/etc/sysctl.d/60-fleet-${service}.conf`;

export const USUAL_ATTRIBUTES = "0644 root:root";

/** Every file of a service, with unusual attributes as found. */
export const managedFiles = (service: string, shape: Shape, os?: Os): ManagedFile[] =>
  os === "nixos" ? filesOnNixos(service, shape) : filesInPlace(service, shape);

/** NixOS keeps kernel settings itself, and has no cron. */
function filesOnNixos(service: string, shape: Shape): ManagedFile[] {
  const own = filesInPlace(service, { ...shape, cron: {}, sysctl: {} });
  const data = [dataPath(service), ...builtDataPaths(service)];
  return [
    ...own.map((file): ManagedFile => {
      if (file.kind === "file") return isBuiltFile(file.path, file) ? { ...file, built: "copy" } : file;
      const content = file.kind === "unit" ? builtText(file.unit!, shape.units[file.unit!]!) : file.content;
      return { ...file, content, built: "link" };
    }),
    ...data.map((path): ManagedFile => ({
      path,
      content: dataText(shape) ?? "",
      ...attributesOf(undefined),
      kind: "data",
      built: "link",
    })),
    { path: MODULE, content: moduleText(), ...attributesOf(undefined), kind: "data" },
  ];
}

function filesInPlace(service: string, shape: Shape): ManagedFile[] {
  const files = Object.entries(shape.files).map(([path, file]): ManagedFile => ({ path, ...file, kind: "file" }));
  const units = Object.entries(shape.units).flatMap(([unit, { text, dropIns, attributes }]): ManagedFile[] => [
    ...(text === undefined
      ? []
      : [{ path: unitPath(unit), content: text, ...attributesOf(attributes), kind: "unit" as const, unit }]),
    ...Object.entries(dropIns).map(([name, content]) => ({
      path: dropInPath(unit, name),
      content,
      ...attributesOf(attributes),
      kind: "dropIn" as const,
      unit,
    })),
  ]);
  const cron = Object.entries(shape.cron).map(([name, entry]): ManagedFile => ({
    path: cronPath(name),
    content: cronText(entry),
    ...attributesOf(typeof entry === "string" ? undefined : entry.attributes),
    kind: "cron",
  }));
  const sysctl: ManagedFile[] =
    Object.keys(shape.sysctl).length === 0
      ? []
      : [{ path: sysctlPath(service), content: sysctlText(shape.sysctl), ...attributesOf(undefined), kind: "sysctl" }];
  return [...files, ...units, ...cron, ...sysctl];
}

function attributesOf(attributes: string | undefined): { mode: string; owner: string; group: string } {
  const [mode = "", accounts = ""] = (attributes ?? USUAL_ATTRIBUTES).split(" ");
  const [owner = "", group = ""] = accounts.split(":");
  return { mode, owner, group };
}

const CRON_HEADER = "# Managed by fleet: changes made here are put back.\n";

export function cronText(entry: CronShape | string): Content {
  if (typeof entry === "string") return entry;
  const text = `${CRON_HEADER}${cronLine({ ...entry, command: plainOf(entry.command) })}\n`;
  return entry.command instanceof Secret ? new Secret(text) : text;
}

/** Reads back a file with one entry and otherwise only comments. @returns the text itself when it is anything else. */
export function parseCron(text: string): CronShape | string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  const match = /^\s*((?:\S+\s+){4}\S+)\s+([a-z_][a-z0-9_-]*)\s+(.+?)\s*$/.exec(lines[0] ?? "");
  const command = plainCronCommand(match?.[3] ?? "");
  // cron ignores a last line without a line feed
  if (lines.length !== 1 || !match || command === undefined || !text.endsWith("\n") || /^\s*\w+\s*=/.test(lines[0]!))
    return text;
  return { schedule: match[1]!.split(/\s+/).join(" "), user: match[2]!, command };
}

export const sysctlText = (settings: Record<string, string>): string =>
  `# Managed by fleet: changes made here are put back.\n${Object.entries(settings)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join("")}`;
