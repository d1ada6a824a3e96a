import { ABSENT, found, unknown, type Answer } from "../../remote/answer.ts";
import type { Question, Said } from "../../remote/question.ts";
import { quote } from "../../remote/sh.ts";

export interface Setting {
  /** As it is now, with single spaces. */
  value: string;
  /** What files say that are read at boot, in the order in which they are read: the last one wins. */
  atBoot: { path: string; value: string }[];
}

/** net.ipv4.ip_forward or net/ipv4/ip_forward → /proc/sys/net/ipv4/ip_forward. */
export const settingFile = (key: string): string => `/proc/sys/${key.includes("/") ? key : key.replaceAll(".", "/")}`;

/** As sysctl.d(5) has them: of files with the same name the first folder's counts. */
const FOLDERS = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d"];
/** Read after the folders by procps' sysctl; a link in a folder to it has its place there. */
const LAST = "/etc/sysctl.conf";

/** Kernel settings as they are, and as they will be after a reboot. */
export const KERNEL: Question<string, (key: string) => Answer<Setting>> = {
  ask: (keys) => [
    "setting() {",
    `echo "#fleet:setting $1"`,
    `if [ ! -e "$2" ]; then echo absent; return; fi`,
    `if IFS= read -r value <"$2"; then printf 'is %s\\n' "$value"; else echo unreadable; fi`,
    "}",
    ...[...new Set(keys)].map((key) => `setting ${key} ${quote(settingFile(key))}`),
    "lines=0",
    `boot=$(grep -Hs -e '^[[:space:]]*-\\{0,1\\}[a-z0-9_./-]*[[:space:]]*=' ` +
      `${FOLDERS.map((folder) => `${folder}/*.conf`).join(" ")} ${LAST} | ` +
      `grep -E ${quote(`:[[:space:]-]*(${[...new Set(keys)].map(pattern).join("|")})[[:space:]]*=`)}`,
    ")",
    "[ $? -gt 1 ] || {",
    "echo '#fleet:boot'",
    `while IFS= read -r line; do [ -z "$line" ] || { printf '%s\\n' "$line"; lines=$((lines + 1)); }; done <<END\n$boot\nEND`,
    `echo "#fleet:boot-end $lines"; }`,
  ],
  read(said) {
    const atBoot = bootLines(said);
    return (key) => {
      const sections = said.get("setting")?.filter(({ args }) => args[0] === key) ?? [];
      const [line = "", ...more] = sections[0]?.lines.filter((text) => text !== "") ?? [];
      if (sections.length !== 1 || more.length > 0 || atBoot === undefined || !/^(is |absent$)/.test(line))
        return unknown(`kernel setting ${key}: the host could not tell it`);
      if (line === "absent") return ABSENT;
      return found({
        value: spaced(line.slice("is ".length)),
        atBoot: atBoot.filter((one) => one.key === dotted(key)),
      });
    };
  },
};

/** Equal by meaning: white space as the kernel prints it, or as people write it. */
export const spaced = (value: string): string => value.trim().replace(/\s+/g, " ");

const pattern = (key: string): string => dotted(key).replaceAll(".", "[./]");
const dotted = (key: string): string => (key.includes("/") ? key.replaceAll("/", ".") : key);

/** Whether a file is read after another one. */
export const isReadAfter = (path: string, other: string): boolean =>
  path !== other && other !== LAST && (path === LAST || nameOf(path) > nameOf(other));

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** In the order in which they are read; undefined when that was not told to its end. */
function bootLines(said: Said): { path: string; key: string; value: string }[] | undefined {
  if (said.get("boot")?.length !== 1 || said.get("boot-end")?.length !== 1) return undefined;
  const told = said.get("boot")![0]!.lines.filter((line) => line !== "");
  if (said.get("boot-end")![0]!.args[0] !== String(told.length)) return undefined;
  const lines = told.flatMap((line) => {
    const match = /^(\/[^:]+):\s*-?\s*([a-z0-9_./-]+?)\s*=\s*(.*)$/.exec(line);
    return match ? [{ path: match[1]!, key: dotted(match[2]!), value: spaced(match[3]!) }] : [];
  });
  const rank = (path: string) => FOLDERS.findIndex((folder) => path.startsWith(`${folder}/`));
  const isHidden = (path: string) =>
    lines.some(
      (other) => nameOf(other.path) === nameOf(path) && rank(other.path) < rank(path) && rank(other.path) >= 0,
    );
  return lines
    .filter(({ path }) => !isHidden(path))
    .sort((a, b) => Number(isReadAfter(a.path, b.path)) - Number(isReadAfter(b.path, a.path)));
}
