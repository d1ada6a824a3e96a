import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isAlive, startOf } from "./process.ts";

/** Who holds a stack, as the engine writes it down (pkg/backend/diy/lock.go of Pulumi). */
export interface Lock {
  pid: number;
  username: string;
  hostname: string;
  /** "2026-11-21T10:00:00Z" */
  since: string;
  /** The file, where the state lies in a folder. */
  path?: string;
}

/** `running` and `ended` are known of this computer's processes alone. */
export type Holder = "running" | "ended" | "elsewhere";

const MADE_WITHIN_MS = 2000;

/**
 * Whether the process that took a lock still runs. After a restart another one may have its number, but not its time.
 */
export function holderOf(lock: Lock): Holder {
  if (lock.hostname !== hostname()) return "elsewhere";
  const start = startOf(lock.pid);
  return isAlive(lock.pid) && (start === undefined || start <= Date.parse(lock.since) + MADE_WITHIN_MS)
    ? "running"
    : "ended";
}

/** "anna on laptop (process 4711), since 2026-11-21 10:00:00 UTC". */
export const describeLock = ({ username, hostname, pid, since }: Lock): string =>
  `${username} on ${hostname} (process ${pid}), since ${since.slice(0, 19).replace("T", " ")} UTC`;

/** What to do about locks that hold a command up. */
export const lockedMessage = (stack: string, locks: readonly Lock[], unlock: string): string =>
  `${stack} is locked by ${locks.map(describeLock).join(" and by ")}: wait until that is done. If it was killed: ` +
  `\`${unlock}\``;

export interface ClearOptions {
  /** The command that frees a stack, for who has to. */
  unlock: string;
  waitSeconds?: number;
  onWait?: (lock: Lock) => void;
}

/**
 * A folder with state keeps a stack's lock when its engine was killed. A lock of this computer whose process is gone is
 * removed; one whose process is still finishing its last steps is waited for. Other backends are left alone: nobody can
 * know that there (docs/state.md).
 *
 * @throws Error naming the holder when it is on another computer, or still holds the lock after `waitSeconds`
 */
export async function clearStaleLocks(
  backendUrl: string | undefined,
  stack: string,
  { unlock, waitSeconds = 60, onWait }: ClearOptions,
): Promise<void> {
  const folder = lockFolder(backendUrl, stack);
  if (folder === undefined) return;
  const deadline = Date.now() + waitSeconds * 1000;
  for (let isFirst = true; ; isFirst = false) {
    const held = await liveLocks(folder);
    if (held.length === 0) return;
    if (held.some((lock) => holderOf(lock) === "elsewhere") || Date.now() > deadline)
      throw new Error(lockedMessage(stack, held, unlock));
    if (isFirst) onWait?.(held[0]!);
    await sleep(200);
  }
}

/** Where the engine keeps the locks of a stack whose state lies in a folder. */
const lockFolder = (backendUrl: string | undefined, stack: string): string | undefined =>
  backendUrl?.startsWith("file://")
    ? join(fileURLToPath(backendUrl), ".pulumi", "locks", "organization", "fleet", stack)
    : undefined;

/** The locks of a stack whose state lies in a folder; undefined where it lies elsewhere. */
export async function locksInFolder(backendUrl: string | undefined, stack: string): Promise<Lock[] | undefined> {
  const folder = lockFolder(backendUrl, stack);
  return folder === undefined ? undefined : readLocks(folder);
}

async function liveLocks(folder: string): Promise<Lock[]> {
  const locks = await readLocks(folder);
  await Promise.all(locks.filter((lock) => holderOf(lock) === "ended").map(removeLock));
  return locks.filter((lock) => holderOf(lock) !== "ended");
}

/** Removes a lock of a folder, and no other. */
export async function removeLock({ path }: Lock): Promise<void> {
  await rm(path!, { force: true });
  await rm(`${path}.attrs`, { force: true });
}

async function readLocks(folder: string): Promise<Lock[]> {
  const names = await readdir(folder).catch(() => []);
  const locks = await Promise.all(names.filter((n) => n.endsWith(".json")).map((name) => readLock(join(folder, name))));
  return locks.filter((lock) => lock !== undefined);
}

async function readLock(path: string): Promise<Lock | undefined> {
  try {
    const { pid, username, hostname, timestamp } = JSON.parse(await readFile(path, "utf8")) as Record<
      "username" | "hostname" | "timestamp",
      string
    > & { pid: number };
    return { pid, username, hostname, since: new Date(timestamp).toISOString(), path };
  } catch {
    // Gone between the listing and the read, or not yet written whole: looked at again on the next turn.
    return undefined;
  }
}

const REFUSED = /created by (.+)@(\S+) \(pid (\d+)\) at (\S+)/g;

/** The locks that the engine names where it refuses to begin. */
export const locksIn = (output: string): Lock[] =>
  [...output.matchAll(REFUSED)].map(([, username, hostname, pid, at]) => ({
    username: username!,
    hostname: hostname!,
    pid: Number(pid),
    since: new Date(at!).toISOString(),
  }));
