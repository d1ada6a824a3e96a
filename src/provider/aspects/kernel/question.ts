import { ABSENT, Answers, found, type Answer } from "../../remote/answer.ts";
import { linesOf, type Question, type Said } from "../../remote/question.ts";
import { quote, quoteAll } from "../../remote/sh.ts";

export interface Setting {
  /** As it is now, with single spaces. */
  value: string;
  /** What files say that are read at boot, in the order in which they are read: the last one wins. */
  atBoot: { path: string; value: string }[];
}

/** net.ipv4.ip_forward or net/ipv4/ip_forward → /proc/sys/net/ipv4/ip_forward. */
export const settingFile = (key: string): string => `/proc/sys/${key.includes("/") ? key : key.replaceAll(".", "/")}`;

/**
 * As sysctl.d(5) has them: of files with the same name the first folder's counts. /etc/sysctl.conf is read by a link in
 * them where it is read at all.
 */
const FOLDERS = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d"];
/** Kernel settings as they are, and as they will be after a reboot. */
export const KERNEL: Question<string, (key: string) => Answer<Setting>> = {
  // The kernel gives a setting to the first read of its file alone, so the shell's own byte by byte won't do.
  ask(keys) {
    const all = [...new Set(keys)];
    return [
      "echo '#fleet:settings'",
      `grep -H '' -- ${quoteAll(all.map(settingFile))} 2>&1`,
      `boot=$(grep -HEs ${quote(`^[[:space:]]*-?[[:space:]]*(${all.map(pattern).join("|")})[[:space:]]*=`)} ` +
        `${FOLDERS.map((folder) => `${folder}/*.conf`).join(" ")})`,
      "lines=0",
      "echo '#fleet:boot'",
      `while IFS= read -r line; do [ -z "$line" ] || { printf '%s\n' "$line"; lines=$((lines + 1)); }; done <<END\n$boot\nEND`,
      'echo "#fleet:boot-end $lines"',
    ];
  },
  read(said, keys) {
    const atBoot = bootLines(said);
    const lines = linesOf(said, "settings") ?? [];
    const answers = new Answers<Setting>(keys, (key) => `kernel setting ${key}`);
    for (const key of new Set(keys)) {
      const file = settingFile(key);
      if (lines.includes(`grep: ${file}: No such file or directory`)) answers.give(key, ABSENT);
      if (atBoot === undefined) continue;
      const ofKey = atBoot.filter((one) => one.key === dotted(key));
      // A setting that can be set has one line: another one is another answer.
      for (const line of lines)
        if (line.startsWith(`${file}:`))
          answers.give(key, found({ value: spaced(line.slice(file.length + 1)), atBoot: ofKey }));
    }
    return (key) => answers.of(key);
  },
};

/** Equal by meaning: white space as the kernel prints it, or as people write it. */
export const spaced = (value: string): string => value.trim().replace(/\s+/g, " ");

const pattern = (key: string): string => dotted(key).replaceAll(".", "[./]");
const dotted = (key: string): string => (key.includes("/") ? key.replaceAll("/", ".") : key);

/** Whether a file is read after another one. */
export const isReadAfter = (path: string, other: string): boolean => path !== other && nameOf(path) > nameOf(other);

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
