/**
 * A far side for tests that need none: what a host with a given world answers to a look. What is asked is read from the
 * script itself, and all that the world does not name is absent, as the real scripts say it (world.test.ts).
 */
import { basename, dirname } from "node:path";
import { hexPort } from "../../src/provider/aspects/checks/ports.ts";
import { sha256 } from "../../src/provider/aspects/files/sha256.ts";
import { settingFile } from "../../src/provider/aspects/kernel/question.ts";
import { vendorPath, unitPath } from "../../src/provider/aspects/units/paths.ts";
import { plainOf, type Os, type Shape } from "../../src/provider/aspects/shape.ts";
import { systemOf } from "../../src/provider/systems/systems.ts";
import type { Before } from "../../src/provider/remote/journal.ts";

export interface Owned {
  mode?: string;
  owner?: string;
  group?: string;
  /** What plain attributes don't show, such as "immutable". */
  extra?: string;
}

export interface World {
  packages: string[];
  users: Record<string, { uid?: string; gid: string; home: string; shell: string }>;
  groups: Record<string, { gid: string; members: string[] }>;
  files: Record<string, Owned & { text: string | Buffer; type?: "link" }>;
  directories: Record<string, Owned>;
  /** Properties of systemd, beside those of a unit that runs and is enabled. */
  units: Record<string, Record<string, string>>;
  /** Why systemctl can't show a unit. */
  unshown: Record<string, string>;
  /** As the kernel prints them; what files say of them at boot is in the files. */
  settings: Record<string, string>;
  timeZone?: string;
  /** What an engine tells of a container, beside what is declared; why it can't tell, and nothing where it is not there. */
  containers: Record<string, Record<string, unknown>>;
  engines: Partial<Record<"podman" | "docker", string>>;
  /** What keepers keep; why one can't tell. */
  records: Record<string, Shape["records"][string] | string>;
  /** "tcp 80". */
  ports: string[];
  journal: Record<string, { unfinished?: string[]; before?: Before[] }>;
}

export const EMPTY: World = {
  packages: [],
  users: {},
  groups: {},
  files: {},
  directories: {},
  units: {},
  unshown: {},
  settings: {},
  containers: {},
  engines: { podman: "", docker: "" },
  records: {},
  ports: [],
  journal: {},
};

/** A world in which a service is as it is declared. */
export function worldOf(service: string, shape: Shape, os?: Os): World {
  const gids = Object.fromEntries(
    [...Object.keys(shape.groups), ...Object.keys(shape.users)].map((name, i) => [name, `${900 + i}`]),
  );
  const members = (group: string) =>
    Object.keys(shape.users).filter((user) => shape.users[user]!.groups.includes(group));
  const groups = new Set([...Object.keys(gids), ...Object.values(shape.users).flatMap((user) => user.groups)]);
  const files = systemOf(os).files(shape, { service, ...(os && { os }) });
  return {
    ...EMPTY,
    packages: [...shape.packages],
    users: mapped(shape.users, ({ home, shell }, name) => ({ gid: gids[name]!, home, shell })),
    groups: Object.fromEntries(
      [...groups].map((name, i) => [name, { gid: gids[name] ?? `${700 + i}`, members: members(name) }]),
    ),
    files: {
      ...Object.fromEntries(
        files
          .filter(({ kind, content }) => kind !== "data" || content !== "")
          .map(({ path, content, mode, owner, group }) => [path, { text: plainOf(content), mode, owner, group }]),
      ),
      ...mapped(shape.artifacts, ({ mode, owner, group }, path) => ({ text: path, mode, owner, group })),
    },
    directories: mapped(shape.directories, ({ mode, owner, group }) => ({ mode, owner, group })),
    units: mapped(shape.units, ({ text, enabled, active }, name) => ({
      ...(text === undefined ? {} : { FragmentPath: unitPath(name) }),
      ...(enabled ? {} : { UnitFileState: "disabled" }),
      ...(active ? {} : { ActiveState: "inactive", SubState: "dead" }),
      DropInPaths: files
        .filter(({ kind, unit }) => kind === "dropIn" && unit === name)
        .map(({ path }) => path)
        .join(" "),
    })),
    settings: { ...shape.sysctl },
    ...(shape.timeZone !== undefined && { timeZone: shape.timeZone }),
    containers: mapped(shape.containers, runningAs),
    records: structuredClone(shape.records),
    ports: shape.checks.flatMap((check) => ("port" in check ? [`${check.kind} ${check.port}`] : [])),
    journal: { [service]: { before: [] } },
  };
}

/** What a look script prints on a host with that world. */
export function answer(script: string, world: World): string {
  return [
    ...journalLines(script, world),
    ...packageLines(script, world),
    ...accountLines(script, world),
    ...unitLines(script, world),
    ...settingLines(script, world),
    ...(script.includes("'#fleet:timezone'")
      ? ["#fleet:timezone", world.timeZone === undefined ? "none" : `/usr/share/zoneinfo/${world.timeZone}`]
      : []),
    ...containerLines(script, world),
    ...recordLines(script, world),
    ...portLines(script, world),
    ...pathLines(script, world),
    "#fleet:end",
    "",
  ].join("\n");
}

function journalLines(script: string, { journal }: World): string[] {
  const told = (lines: string[] | undefined) => (lines === undefined ? ["-"] : [...lines, `. ${lines.length}`]);
  return wordsAfter(script, /^for service in (.+); do$/m).flatMap((service) => [
    `#fleet:unfinished ${service}`,
    ...told(journal[service]?.unfinished),
    `#fleet:before ${service}`,
    ...told(journal[service]?.before?.map((record) => JSON.stringify(record))),
  ]);
}

function packageLines(script: string, { packages }: World): string[] {
  const names = wordsAfter(script, /^then dpkg-query -W -f .* -- (.+) 2>&1$/m);
  if (names.length === 0) return [];
  return [
    "#fleet:packages",
    ...names.map((name) =>
      packages.includes(name) ? `installed ${name}` : `dpkg-query: no packages found matching ${name}`,
    ),
  ];
}

function accountLines(script: string, { users, groups }: World): string[] {
  const names = wordsAfter(script, /getent passwd -- ([^;\n]+)/);
  if (names.length === 0) return [];
  const all: World["users"] = { root: { uid: "0", gid: "0", home: "/root", shell: "/bin/bash" }, ...users };
  return [
    "#fleet:passwd",
    ...names.flatMap((name, i) => {
      const user = all[name];
      return user ? [`${name}:x:${user.uid ?? 900 + i}:${user.gid}::${user.home}:${user.shell}`] : [];
    }),
    "#fleet:passwd-end",
    "#fleet:group",
    "root:x:0:",
    ...Object.entries(groups).map(([name, { gid, members }]) => `${name}:x:${gid}:${members.join(",")}`),
    "#fleet:group-end",
  ];
}

const RUNNING = { LoadState: "loaded", ActiveState: "active", SubState: "running", UnitFileState: "enabled" };
const NO_UNIT = { LoadState: "not-found", ActiveState: "inactive", SubState: "dead", UnitFileState: "" };

const propertiesOf = (name: string, unit: Record<string, string> | undefined): Record<string, string> => ({
  Id: name,
  Names: name,
  FragmentPath: unit ? vendorPath(name) : "",
  DropInPaths: "",
  NeedDaemonReload: "no",
  ...(unit ? RUNNING : NO_UNIT),
  ...unit,
});

const unitNames = (script: string) => wordsAfter(script, /^if shown=\$\(systemctl show -p \S+ -- (.+) 2>&1\); then$/m);

function unitLines(script: string, { units, unshown }: World): string[] {
  const names = unitNames(script);
  if (names.length === 0) return [];
  const shown = names.filter((name) => !(name in unshown));
  return [
    ...names.flatMap((name) => (name in unshown ? [`#fleet:unit-failed ${name}`, unshown[name]!] : [])),
    "#fleet:units",
    ...shown.flatMap((name) => [
      ...Object.entries(propertiesOf(name, units[name])).map(([key, value]) => `${key}=${value}`),
      "",
    ]),
  ];
}

/** What systemd reads for units beside their own files and those of packages. */
const readBeside = (script: string, { units, unshown }: World): string[] =>
  unitNames(script).flatMap((name) => {
    if (name in unshown) return [];
    const { Id: id, FragmentPath: fragment = "", DropInPaths: dropIns = "" } = propertiesOf(name, units[name]);
    return [...(/^\/(etc|run)\//.test(fragment) ? [fragment] : []), ...dropIns.split(" ")].filter(
      (path) => path !== "" && path !== unitPath(id!) && !/^\/(usr|lib|nix)\//.test(path),
    );
  });

function settingLines(script: string, { settings, files }: World): string[] {
  const asked = /^grep -H '' -- (.*) 2>&1$/m.exec(script)?.[1];
  if (asked === undefined) return [];
  const paths = wordsOf(asked);
  const keys = paths.map((path) => path.slice("/proc/sys/".length));
  const isAsked = (line: string) =>
    keys.some((key) => settingFile(/^[\s-]*([^\s=]+)\s*=/.exec(line)?.[1] ?? "") === `/proc/sys/${key}`);
  const valueAt = (path: string) => Object.entries(settings).find(([key]) => settingFile(key) === path)?.[1];
  const boot = Object.entries(files).flatMap(([path, { text }]) =>
    /\/sysctl\.d\/[^/]+\.conf$/.test(path)
      ? String(text)
          .split("\n")
          .filter(isAsked)
          .map((line) => `${path}:${line}`)
      : [],
  );
  return [
    "#fleet:settings",
    ...paths.map((path) =>
      valueAt(path) === undefined ? `grep: ${path}: No such file or directory` : `${path}:${valueAt(path)}`,
    ),
    "#fleet:boot",
    ...boot,
    `#fleet:boot-end ${boot.length}`,
  ];
}

function recordLines(script: string, { records }: World): string[] {
  return [...script.matchAll(/^read_records (.+)$/gm)].flatMap(([, line]) => {
    const [keeper = ""] = wordsOf(line!);
    const kept = records[keeper];
    const told = typeof kept === "string" ? kept : JSON.stringify(kept);
    if (kept === undefined) return [`#fleet:no-records ${keeper}`];
    return [`#fleet:${typeof kept === "string" ? "unreadable" : "records"} ${keeper}`, base64(`${told}\n`)];
  });
}

/** A container as its engine tells it when it runs as declared. */
const runningAs = ({ image, command, user, readOnly, mounts, ports, health }: Shape["containers"][string]) => ({
  image,
  digest: "",
  command: command ?? ["of", "the", "image"],
  user: user ?? "",
  readOnly,
  mounts: Object.entries(mounts).map(([path, from]) => ({
    Type: from.startsWith("/") ? "bind" : "volume",
    Name: from.replace(/:ro$/, ""),
    Source: from.startsWith("/") ? from.replace(/:ro$/, "") : `/volumes/${from}`,
    Destination: path,
    RW: !from.endsWith(":ro"),
  })),
  ports: mapped(ports, (at) =>
    at.split(" ").map((one) => ({ HostIp: one.replace(/:\d+$/, ""), HostPort: one.replace(/^.*:/, "") })),
  ),
  state: "running",
  health: health ?? "",
  answered: "200",
});

function containerLines(script: string, { containers, engines }: World): string[] {
  const asked = [...script.matchAll(/^containers (podman|docker) '[^']*' (.+)$/gm)];
  const urls = [...script.matchAll(/^echo "#fleet:answered (\S+) (\S+)"; curl/gm)];
  return [
    ...asked.flatMap(([, engine, names]) => {
      const why = engines[engine as "podman" | "docker"];
      if (why === undefined) return [`#fleet:no-engine ${engine}`];
      if (why !== "") return [`#fleet:engine-failed ${engine}`, base64(why)];
      const lines = wordsOf(names!).flatMap((name) => {
        const { answered: _, ...facts } = containers[name] ?? {};
        return containers[name] ? [JSON.stringify([name, ...Object.values(facts)])] : [];
      });
      return [`#fleet:containers ${engine}`, base64([...lines, `ended ${lines.length}`].join("\n"))];
    }),
    ...urls.flatMap(([, engine, name]) => [
      `#fleet:answered ${engine} ${name}`,
      (containers[name!]?.answered as string | undefined) ?? "000",
    ]),
  ];
}

function portLines(script: string, { ports }: World): string[] {
  if (!script.includes("'#fleet:ports'")) return [];
  const asked = (protocol: string) =>
    new RegExp(`^${protocol}=.*:\\(([0-9A-F|]+)\\)`, "m").exec(script)?.[1]?.split("|") ?? [];
  return [
    "#fleet:ports",
    ...ports.flatMap((port) => {
      const [protocol = "", number] = port.split(" ");
      return asked(protocol).includes(hexPort(Number(number))) ? [`${protocol} ${hexPort(Number(number))}`] : [];
    }),
    "#fleet:ports-end",
  ];
}

function pathLines(script: string, world: World): string[] {
  if (!script.includes("'#fleet:paths'")) return [];
  const asked = wordAfter(script, "asked")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [, as, path] = /^(?:follow )?(\w+)(\/.*)$/.exec(line)!;
      return { as: as!, path: path! };
    });
  const known = new Set(wordAfter(script, "known").split(" "));
  const folders = wordAfter(script, "folders").split("\n").filter(Boolean);
  const discovered = (path: string) =>
    asked.some((one) => one.path === path && one.as !== "attributes") ? [] : [{ as: "text", path }];
  const also = [...new Set(readBeside(script, world))].flatMap(discovered);
  const held = folders.map((folder) => ({
    folder,
    holds: Object.keys(world.files).filter((path) => dirname(path) === folder && basename(path).endsWith(".conf")),
  }));
  return [
    "#fleet:paths",
    ...held.flatMap(({ folder, holds }) =>
      holds.length === 0
        ? [`unlisted\t${folder}/`]
        : [...holds.map((path) => `holds\t${path}/`), `listed\t${holds.length}\t${folder}/`],
    ),
    ...[...asked, ...also, ...held.flatMap(({ holds }) => holds.flatMap(discovered))].flatMap(({ as, path }) =>
      factLines(as, path, world, known),
    ),
  ];
}

function factLines(as: string, path: string, { files, directories }: World, known: Set<string>): string[] {
  const file = files[path];
  const there = file ?? directories[path];
  if (!there) return [`absent\t${path}/`];
  const { mode = file ? "0644" : "0755", owner = "root", group = "root", extra } = there;
  const type = file?.type === "link" ? 0xa000 : file ? 0x8000 : 0x4000;
  const raw = (type | parseInt(file?.type === "link" ? "0777" : mode, 8)).toString(16).padStart(4, "0");
  const text = Buffer.from(file?.text ?? "");
  const hash = sha256(text);
  const isRead = type === 0x8000 && as !== "attributes";
  const isSent = isRead && as === "text" && !known.has(hash);
  if (isSent) known.add(hash);
  return [
    `found\t${raw}\t${owner}\t0\t${group}\t0\t${type === 0x8000 ? text.length : 4096}\t${path}/`,
    ...(extra === undefined ? [] : [`extra\t${extra}\t${path}/`]),
    ...(isRead ? [`hash\t${hash}\t${path}/`] : []),
    ...(isSent ? [`#fleet:text ${hash}`, base64(text), "#fleet:paths"] : []),
  ];
}

const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64");

const mapped = <A, B>(record: Record<string, A>, to: (value: A, key: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]));

/** The words of a line of sh that has nothing but words. */
const wordsOf = (line: string): string[] =>
  (line.match(/(?:'[^']*'|\\'|[^\s'\\])+/g) ?? []).map((word) => word.replaceAll(/'([^']*)'|\\(')/g, "$1$2"));

const wordsAfter = (script: string, pattern: RegExp): string[] => wordsOf(pattern.exec(script)?.[1] ?? "");

/** What a variable is set to, over more than one line. */
function wordAfter(script: string, variable: string): string {
  const match = new RegExp(`^${variable}=((?:'[^']*'|\\\\'|[^\\s'\\\\])*)$`, "m").exec(script);
  return wordsOf(match?.[1] ?? "")[0] ?? "";
}
