import { dataPath } from "../nixos/data.ts";
import { sysctlFile } from "./observe.ts";
import { only, type Step } from "./steps.ts";
import { besidePath, fn, quote, quoteAll } from "../remote/sh.ts";

/** Parts of an apply script that come before any unit is touched; n is the service's number in the batch. */

/** Users, groups and directories. Two services of a batch may ask for the same one. */
export function accountsPart(n: number, steps: readonly Step[]): string[] {
  const lines = steps.flatMap((step): string[] => {
    switch (step.do) {
      case "group":
        return [`getent group ${step.name} >/dev/null || groupadd ${step.system ? "--system " : ""}${step.name}`];
      case "make-user":
        return [`getent passwd ${step.name} >/dev/null || ${useradd(step)}`];
      case "correct-user":
        return [`usermod ${userOptions(step)} ${step.name}`];
      case "directory":
        return [`install -d -m ${step.mode} -o ${step.owner} -g ${step.group} -- ${quote(step.path)}`];
      default:
        return [];
    }
  });
  return lines.length === 0
    ? []
    : [...fn(`accounts_${n}`, lines), `run ${n} 'users, groups or directories could not be made' accounts_${n}`];
}

const userOptions = ({ home, shell, groups }: { home?: string; shell?: string; groups?: string[] }): string =>
  [
    ...(home === undefined ? [] : ["-d", quote(home)]),
    ...(shell === undefined ? [] : ["-s", quote(shell)]),
    ...(groups === undefined ? [] : ["-G", quote(groups.join(","))]),
  ].join(" ");

/** The user's own group may exist already; the home of a system user is the business of `directories`. */
const useradd = (user: Extract<Step, { do: "make-user" }>): string =>
  `{ if getent group ${user.name} >/dev/null; then own='-g ${user.name}'; else own=-U; fi; ` +
  `useradd ${user.system ? "--system -M" : "-m"} $own ${userOptions(user)} ${user.name}; }`;

/** Every file that a service's plan changes, to be kept and, if need be, put back. */
export const touchedPaths = (steps: readonly Step[]): string[] => [
  ...only(steps, "write", "fetch", "attributes", "remove").map(({ path }) => path),
  ...only(steps, "retire").flatMap(({ paths }) => paths),
];

/** Files take their place by rename, complete with mode and owner. When that fails, the old ones come back at once. */
export function filesPart(n: number, steps: readonly Step[]): string[] {
  const touched = touchedPaths(steps);
  const lines = [...fileLines(n, steps, touched), ...settingLines(steps)];
  if (lines.length === 0) return [];
  return [
    ...restoreFunction(n, steps),
    ...fetchPart(n, only(steps, "fetch")),
    ...fn(`files_${n}`, lines),
    `run ${n} 'files could not be written' files_${n}`,
    `ok ${n} || restore_${n}`,
  ];
}

/** Commands that must succeed with the new files in place. */
export const validationsPart = (n: number, steps: readonly Step[]): string[] =>
  only(steps, "validate").flatMap(({ command }, i) => [
    ...fn(`validate_${n}_${i}`, [`set +e; eval ${quote(command)}`]),
    `run ${n} ${quote(`refused by its validation: ${command}`)} validate_${n}_${i}`,
  ]);

/** What is fetched lies beside its place before any file of the service changes. */
function fetchPart(n: number, fetches: Extract<Step, { do: "fetch" }>[]): string[] {
  if (fetches.length === 0) return [];
  const lines = fetches.flatMap(({ url, sha256, path }, i) => [
    ...fn(`fetch_${n}_${i}`, [...folderLines([path]), `fetch ${quoteAll([url, sha256, path])}`]),
    `run ${n} ${quote(`could not be fetched: ${path} from ${url}`)} fetch_${n}_${i}`,
  ]);
  return [...lines, `ok ${n} || rm -f -- ${quoteAll(fetches.map(({ path }) => besidePath(path)))}`];
}

const folderLines = (paths: string[]): string[] =>
  [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/")) || "/"))].map(
    (folder) => `[ -d ${quote(folder)} ] || mkdir -p -- ${quote(folder)}`,
  );

/** restore_N, which puts back every file that the service's plan changes. */
export function restoreFunction(n: number, steps: readonly Step[]): string[] {
  const touched = touchedPaths(steps);
  return fn(`restore_${n}`, [
    touched.length > 0 ? `restore ${n} ${quoteAll(touched)}` : ":",
    ...only(steps, "switch").map(({ service }) => `restore ${n}.data ${quote(dataPath(service))}`),
  ]);
}

function fileLines(n: number, steps: readonly Step[], touched: string[]): string[] {
  if (touched.length === 0) return [];
  const writes = only(steps, "write");
  const corrections = only(steps, "attributes");
  const removed = only(steps, "remove").map(({ path }) => path);
  const fetches = only(steps, "fetch");
  return [
    `keep ${n} ${quoteAll(touched)}`,
    ...folderLines(writes.map(({ path }) => path)),
    ...writes.flatMap(writeLines),
    ...ownerLines(
      [...writes, ...fetches].filter(({ owner, group }) => owner !== "root" || group !== "root").map(beside),
    ),
    ...modeLines([...writes.filter(({ mode }) => !isPlainMode(mode)), ...fetches].map(beside)),
    ...[...writes, ...fetches].map(({ path }) => `mv -fT -- ${quote(besidePath(path))} ${quote(path)}`),
    ...ownerLines(corrections),
    ...modeLines(corrections),
    ...(removed.length > 0 ? [`rm -f -- ${quoteAll(removed)}`] : []),
  ];
}

/**
 * printf is part of the shell: the text is never an argument of a process. The file is never open to more than its mode
 * says.
 */
const writeLines = ({ path, content, mode }: Extract<Step, { do: "write" }>): string[] => [
  `umask ${isPlainMode(mode) ? (0o777 & ~parseInt(mode, 8)).toString(8).padStart(3, "0") : "077"}`,
  `printf '%s' ${quote(content)} >${quote(besidePath(path))}`,
];

/** Modes that a new file can have by umask alone. */
const isPlainMode = (mode: string): boolean => /^0[0246]{3}$/.test(mode);

interface Attributes {
  path: string;
  mode: string;
  owner: string;
  group: string;
}

/** One process for each owner that occurs. Goes before modeLines, because a change of owner clears set-user-ID bits. */
const ownerLines = (files: Attributes[]): string[] =>
  groupBy(files, ({ owner, group }) => `${owner}:${group}`).map(
    ([owner, group]) => `chown -h -- ${owner} ${quoteAll(group.map(({ path }) => path))}`,
  );

const beside = ({ path, ...rest }: Attributes): Attributes => ({ ...rest, path: besidePath(path) });

const modeLines = (files: Attributes[]): string[] =>
  groupBy(files, ({ mode }) => mode).map(
    ([mode, group]) => `chmod -- ${mode} ${quoteAll(group.map(({ path }) => path))}`,
  );

const groupBy = <T>(items: T[], key: (item: T) => string): [string, T[]][] => [...Map.groupBy(items, key)];

const settingLines = (steps: readonly Step[]): string[] => [
  ...only(steps, "set-kernel").map(({ key, value }) => `printf '%s\\n' ${quote(value)} >${quote(sysctlFile(key))}`),
  ...only(steps, "set-time-zone").flatMap(({ zone }) => [
    `[ -f ${quote(`/usr/share/zoneinfo/${zone}`)} ] || ` +
      `{ echo ${quote(`there is no time zone ${zone} on this host: install tzdata or correct the name`)}; exit 1; }`,
    `ln -sfn -- ${quote(`/usr/share/zoneinfo/${zone}`)} /etc/localtime`,
    `if [ -e /etc/timezone ]; then printf '%s\\n' ${quote(zone)} >/etc/timezone; fi`,
    // cron reads the zone when it starts
    "systemctl try-restart cron.service crond.service || true",
  ]),
];
