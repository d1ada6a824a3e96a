import { Secret } from "../../plugin/types.ts";
import { settledPart } from "./apply-names.ts";
import { dropInFolder, managedFiles } from "./managed.ts";
import { sha256 } from "./facts.ts";
import { mayListen, portsPart, watchedPort } from "./ports.ts";
import { readRecordsPart } from "./records.ts";
import { quote, quoteAll } from "../remote/sh.ts";
import { plainOf, type Os, type Shape } from "./types.ts";

/** What to look for on a host for one service. */
export interface Expectation {
  service: string;
  shape: Shape;
  os?: Os;
}

/** Text of files that differ comes back up to this size, in bytes. */
export const TEXT_LIMIT = 256 * 1024;

/**
 * One POSIX sh script that observes all the services at once. The number of processes it starts does not grow with
 * them; only each text that differs from what is expected costs one more. Secret files and artifacts come back as
 * hashes alone. Read with parseFacts().
 * @param run the name of this run, with which the tokens of its applies begin
 */
export function observeScript(expectations: readonly Expectation[], run: string): string {
  const shapes = expectations.map(({ shape }) => shape);
  const files = expectations.flatMap(({ service, shape, os }) => managedFiles(service, shape, os));
  const isSecret = (file: (typeof files)[number]) => file.content instanceof Secret;
  const keys = (pick: (shape: Shape) => object) => unique(shapes.flatMap((shape) => Object.keys(pick(shape))));

  const directories = keys((shape) => shape.directories);
  const units = keys((shape) => shape.units);
  const users = keys((shape) => shape.users);
  const packages = unique(expectations.flatMap(({ shape, os }) => (os === "nixos" ? [] : shape.packages)));
  const linkedPaths = unique(files.filter(({ built }) => built === "link").map(({ path }) => path));
  // On NixOS they hold what its own modules say, too.
  const dropInFolders = unique(
    expectations.flatMap(({ shape, os }) => (os === "nixos" ? [] : Object.keys(shape.units).map(dropInFolder))),
  );
  const hashedPaths = unique([...files.filter(isSecret).map(({ path }) => path), ...keys((shape) => shape.artifacts)]);
  const plainPaths = unique(
    files.filter((file) => !isSecret(file) && file.built !== "link").map(({ path }) => path),
  ).filter((path) => !hashedPaths.includes(path));
  const ports = shapes.flatMap((shape) =>
    Object.entries(shape.units).some(([name, unit]) => mayListen(name, unit))
      ? shape.checks.flatMap((check) => watchedPort(check) ?? [])
      : [],
  );
  const hashes = unique(files.filter((file) => !isSecret(file)).map(({ content }) => sha256(plainOf(content))));

  return [
    "LC_ALL=C; export LC_ALL",
    // An apply whose connection was lost may still be running: wait for its end.
    "exec 9>/run/fleet.lock; flock -s -w 120 9",
    settledPart(run),
    ...(files.length + hashedPaths.length + directories.length + units.length > 0
      ? [filesPart({ hashedPaths, plainPaths, linkedPaths, dropInFolders, directories, hashes })]
      : []),
    ...(units.length > 0 ? [unitsPart(units)] : []),
    ...(packages.length > 0 ? [packagesPart(packages)] : []),
    ...(users.length > 0 ? [`echo '#fleet:passwd'; getent passwd -- ${quoteAll(users)}`] : []),
    ...(users.length + keys((shape) => shape.groups).length > 0 ? ["echo '#fleet:group'; getent group"] : []),
    ...keys((shape) => shape.sysctl).map(sysctlPart),
    ...(shapes.some((shape) => shape.timeZone !== undefined)
      ? ["echo '#fleet:timezone'; readlink /etc/localtime"]
      : []),
    ...readRecordsPart(shapes),
    ...(ports.length > 0 ? [portsPart(ports)] : []),
    "echo '#fleet:end'; exit 0",
  ].join("\n");
}

interface Looked {
  /** Files of which only the hash may come back. */
  hashedPaths: string[];
  /** Files whose text comes back, unless its hash is one of `hashes`. */
  plainPaths: string[];
  /** The same where a link is as good as a file. */
  linkedPaths: string[];
  dropInFolders: string[];
  directories: string[];
  hashes: string[];
}

function filesPart({ hashedPaths, plainPaths, linkedPaths, dropInFolders, directories, hashes }: Looked): string {
  return `
known=${quote(`\n${[...hashedPaths, ...plainPaths].join("\n")}\n`)}
hashes=${quote(` ${hashes.join(" ")} `)}
regular() { # prints the hashes of those of its arguments that are regular files
  for path; do shift; if [ -f "$path" ] && [ ! -L "$path" ]; then set -- "$@" "$path"; fi; done
  if [ $# -gt 0 ]; then sha256sum -- "$@"; fi
}
set -- ${quoteAll(plainPaths)}
for folder in ${quoteAll(dropInFolders)}; do
  for path in "$folder"/*.conf; do
    [ -e "$path" ] || continue
    case $known in *"
$path
"*) ;; *) set -- "$@" "$path" ;; esac
  done
done
echo '#fleet:stat'
stat -c '%f %U %G %s %n' -- "$@" ${quoteAll([...hashedPaths, ...directories.map((path) => `${path}/.`)])}${
    linkedPaths.length > 0 ? `\nstat -L -c '%f %U %G %s %n' -- ${quoteAll(linkedPaths)}` : ""
  }
echo '#fleet:hash'
regular ${quoteAll(hashedPaths)}
{ regular "$@"${linkedPaths.length > 0 ? `; sha256sum -- ${quoteAll(linkedPaths)}` : ""}; } | while IFS= read -r line; do
  printf '%s\\n' "$line"
  hash=\${line%% *} path=\${line#*  }
  case $hash in \\\\*) hash=\${hash#?} path=$(printf '%b' "$path") ;; esac
  case $hashes in *" $hash "*) continue ;; esac
  printf '#fleet:text %s\\n' "$hash"
  head -c ${TEXT_LIMIT + 1} -- "$path" | base64
  echo '#fleet:hash'
done`;
}

const unitsPart = (units: string[]): string =>
  `echo ${quote(`#fleet:units ${units.join(" ")}`)}
systemctl show -p LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload -- ${quoteAll(units)}`;

const packagesPart = (packages: string[]): string =>
  `echo '#fleet:packages'
if command -v dpkg-query >/dev/null
then dpkg-query -W -f '\${db:Status-Status} \${Package}\\n' -- ${quoteAll(packages)}
else rpm -q --qf 'installed %{NAME}\\n' -- ${quoteAll(packages)} | grep '^installed '; fi`;

const sysctlPart = (key: string): string =>
  `echo '#fleet:sysctl ${key}'; if [ -r ${quote(sysctlFile(key))} ]; ` +
  `then IFS= read -r value < ${quote(sysctlFile(key))}; printf '%s\\n' "$value"; fi`;

/** net.ipv4.ip_forward or net/ipv4/ip_forward → /proc/sys/net/ipv4/ip_forward. */
export const sysctlFile = (key: string): string => `/proc/sys/${key.includes("/") ? key : key.replaceAll(".", "/")}`;

const unique = (items: string[]): string[] => [...new Set(items)];
