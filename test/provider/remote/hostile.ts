/** Trees that an account could have laid out to lead root astray, and a process of that account that keeps changing them. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ACCOUNT } from "./far-side.ts";

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What must never be told. */
export const CANARY = "canary-that-sings";

export interface Hostile {
  /** What must stay as it is. */
  canary: string;
  /** Folders and files below the account's folder that a service declares. */
  folders: string[];
  files: string[];
}

const NAMES = ["data", "it's", "a b", "-rf", "ü€", "back\\slash", '"q"', "$(id)", "*", "x".repeat(60)];

/** Builds one of them below `base`. */
export function hostileTree(base: string, random: () => number): Hostile {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const canary = join(base, "canary");
  makeCanary(canary);
  const home = join(base, "home");
  mkdirSync(home);
  chownSync(home, ACCOUNT, ACCOUNT);

  const folders: string[] = [];
  const files: string[] = [];
  let at = home;
  const depth = 1 + Math.floor(random() * 3);
  for (let level = 0; level < depth; level++) {
    at = join(at, pick(NAMES));
    folders.push(at);
    files.push(join(at, `${pick(NAMES)}.conf`), join(at, "secret"));
  }
  for (const path of folders)
    lay(path, pick(["folder", "folder", "folder", "odd folder", "link", "loop", "nothing"]), canary);
  for (const path of files) {
    lay(
      path,
      pick(["file", "file", "nothing", "link", "hard link", "fifo", "socket", "device", "folder", "immutable"]),
      canary,
    );
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (random() < 0.3) lay(join(dirname(path), `.${name}.fleet-new`), pick(["link", "fifo", "file"]), canary);
  }
  for (const path of folders) if (random() < 0.1) mountAt(path, base);
  return { canary, folders, files };
}

function makeCanary(canary: string): void {
  mkdirSync(join(canary, "data"), { recursive: true });
  for (const name of ["shadow", "secret", "data/secret"]) {
    writeFileSync(join(canary, name), `${CANARY} ${name}`);
    chmodSync(join(canary, name), 0o600);
  }
  symlinkSync("shadow", join(canary, "link"));
}

/** Mounts another folder of root's on a folder, if there is one. */
function mountAt(path: string, base: string): void {
  const source = join(base, "mounted");
  mkdirSync(source, { recursive: true });
  try {
    if (!lstatSync(path).isDirectory() || realpathSync(path) !== path) return;
  } catch {
    // behind a loop, or not there
    return;
  }
  spawnSync("mount", ["--bind", source, path]);
}

/** Lays something at a path, if that is still free and its folder a folder. */
function lay(path: string, what: string, canary: string): void {
  try {
    if (realpathSync(dirname(path)) !== dirname(path)) return;
    if (what.endsWith("folder")) mkdirSync(path);
    else if (what === "link") symlinkSync(path.endsWith("secret") ? join(canary, "secret") : canary, path);
    else if (what === "loop") symlinkSync(path, path);
    else if (what === "hard link") return linkSync(join(canary, "shadow"), path);
    else if (what === "fifo") spawnSync("mkfifo", ["--", path]);
    else if (what === "socket") spawnSync(process.execPath, ["-e", SOCKET, path]);
    else if (what === "device") return void spawnSync("mknod", ["--", path, "c", "1", "5"]);
    else if (what !== "nothing") writeFileSync(path, "of the account", { flag: "wx" });
    if (what === "nothing") return;
    lchownSync(path, ACCOUNT, ACCOUNT);
    if (what === "odd folder") chmodSync(path, 0o3777);
    if (what === "immutable") spawnSync("chattr", ["+i", "--", path]);
  } catch (error) {
    if (!["EEXIST", "ENOENT", "ENOTDIR", "ELOOP", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
  }
}

/** Starts the process that swaps what is declared for links into the canary and back, as fast as it can. */
export async function startSwapping({ canary, folders, files }: Hostile): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ["--input-type=module", "-e", SWAPPER, JSON.stringify({ canary, folders, files })],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => {
      throw new Error("the process that swaps has ended");
    }),
  ]);
  return child;
}

const SOCKET = `require("net").createServer().listen(process.argv[1], () => process.exit())`;

const SWAPPER = `
import { linkSync, mkdirSync, readdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
const { canary, folders, files } = JSON.parse(process.argv[1]);
process.setgroups([]); process.setgid(${ACCOUNT}); process.setuid(${ACCOUNT});
const pick = (items) => items[Math.floor(Math.random() * items.length)];
const tried = (...all) => { for (const each of all) try { each(); } catch {} };
const away = (path) => path + ".away";
process.stdout.write("started");
const pause = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  // so that now and then something succeeds in between
  if (Math.random() < 0.3) Atomics.wait(pause, 0, 0, Math.random() * 20);
  const folder = pick(folders), file = pick(files);
  switch (Math.floor(Math.random() * 8)) {
    case 0: tried(() => renameSync(folder, away(folder)), () => symlinkSync(canary, folder)); break;
    case 1: case 7: tried(() => unlinkSync(folder)); tried(() => renameSync(away(folder), folder)); break;
    case 2: tried(() => renameSync(file, away(file)), () => symlinkSync(join(canary, pick(["shadow", "secret"])), file)); break;
    case 3: tried(() => unlinkSync(file), () => renameSync(away(file), file)); break;
    case 4: tried(() => unlinkSync(file), () => writeFileSync(file, "of the account")); break;
    case 5: tried(() => unlinkSync(file), () => linkSync(join(canary, "shadow"), file)); break;
    case 6: tried(() => {
      const parent = dirname(file);
      for (const name of readdirSync(parent).filter((each) => each.includes("fleet-"))) {
        tried(() => renameSync(join(parent, name), join(parent, name + ".away")));
        tried(() => symlinkSync(pick([canary, join(canary, "shadow")]), join(parent, name)));
      }
    });
  }
}
`;
