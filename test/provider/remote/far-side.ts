/** The far side's shells, here: what root's functions do to files of a throw-away folder. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { askPaths, type AskedPath, type AskOptions } from "../../../src/provider/remote/paths.ts";
import { readPaths, type PathAnswers } from "../../../src/provider/remote/path-answers.ts";
import { quote, sectionsOf } from "../../../src/provider/remote/sh.ts";
import { WRITES } from "../../../src/provider/remote/writes.ts";

export const isRoot = process.getuid?.() === 0 && process.platform === "linux";
export const SHELLS = ["dash", "bash"].filter((shell) => existsSync(`/bin/${shell}`));

/** An account without a name: nothing on this machine belongs to it. */
export const ACCOUNT = 31337;

/** A folder that only root can change, for what a test makes. */
export function madeFolder(): string {
  const folder = mkdtempSync("/run/fleet-hands-");
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "work"), { mode: 0o700 });
  return folder;
}

/** The same with a folder of the account's in it, and one of root's that nothing may touch. */
export function madeHome(): { base: string; home: string; canary: string } {
  const base = madeFolder();
  const [home, canary] = [join(base, "home"), join(base, "canary")];
  mkdirSync(home);
  chownSync(home, ACCOUNT, ACCOUNT);
  mkdirSync(canary);
  writeFileSync(join(canary, "x"), "canary", { mode: 0o600 });
  return { base, home, canary };
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

export interface Outcome {
  code: number | null;
  output: string;
}

export function sh(shell: string, script: string, path = process.env["PATH"]): Outcome {
  const env = { PATH: path, HOME: "/root" };
  const { status, stdout, stderr } = spawnSync(shell, { input: script, env, timeout: 30_000, maxBuffer: 1 << 26 });
  return { code: status, output: `${String(stdout)}${String(stderr)}` };
}

/** Runs lines of sh as a step of an apply does: what fails with its first command that does. */
export const write = (shell: string, folder: string, lines: readonly string[], path?: string): Outcome =>
  sh(shell, [...setUp(folder), "f() {", ...lines, "}", "( set -e; f ) 2>&1"].join("\n"), path);

export const setUp = (folder: string): string[] => [
  `fleet=${quote(join(folder, "work"))} staged=$fleet/staged old=$fleet/old; : >>"$staged"; mkdir -p "$old"`,
  WRITES,
];

export function ask(shell: string, asked: readonly AskedPath[], options: AskOptions = {}, before = ""): PathAnswers {
  const { output } = sh(shell, `${before}\n${askPaths(asked, options)}`);
  return readPaths(sectionsOf(output), asked, options);
}

/** Everything at and below a path, as far as somebody could see that it was touched. */
export function snapshot(path: string): string[] {
  const { mode, uid, gid, size, mtimeMs } = lstatSync(path);
  const isFolder = (mode & 0o170000) === 0o040000;
  const isFile = (mode & 0o170000) === 0o100000;
  const line = [
    path,
    mode.toString(8),
    uid,
    gid,
    isFolder ? "" : size,
    mtimeMs,
    isFile ? readFileSync(path, "latin1") : "",
  ];
  return [
    line.join(" "),
    ...(isFolder
      ? readdirSync(path)
          .sort()
          .flatMap((name) => snapshot(join(path, name)))
      : []),
  ];
}

/** Names that our functions gave to what had not taken its place, below a path. */
export function leftovers(path: string): string[] {
  if (!lstatSync(path).isDirectory()) return [];
  return readdirSync(path).flatMap((name) => [
    ...(name.startsWith(".fleet-") ? [join(path, name)] : []),
    ...leftovers(join(path, name)),
  ]);
}

/** Whether the file system takes the immutable bit. */
export const canFreeze = isRoot && takesImmutable();

function takesImmutable(): boolean {
  const folder = madeFolder();
  const could = spawnSync("chattr", ["+i", folder]).status === 0;
  spawnSync("chattr", ["-i", folder]);
  removeFolder(folder);
  return could;
}

/** Mode, owner and group of a path, and what is in it. */
export function seen(path: string): string {
  const stats = lstatSync(path);
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, "0");
  const holds = stats.isFile() ? readFileSync(path, "utf8") : stats.isSymbolicLink() ? "a link" : "/";
  return `${mode} ${stats.uid}:${stats.gid} ${holds}`;
}

/** What a step says that did what it should. */
export const ok: Outcome = { code: 0, output: "" };
