import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

interface Lock {
  path: string;
  pid: number;
  hostname: string;
}

/**
 * A file backend keeps a stack's lock when its engine was killed. A lock of this machine whose process is gone is removed; one whose process
 * is still finishing its last steps is waited for. Other backends are left alone: after a kill, `pulumi cancel` frees a stack there (docs/state.md).
 *
 * @throws Error naming the holder when the lock is still held after `waitSeconds`.
 */
export async function clearStaleLocks(backendUrl: string | undefined, stack: string, waitSeconds = 60): Promise<void> {
  if (!backendUrl?.startsWith("file://")) return;
  const folder = join(fileURLToPath(backendUrl), ".pulumi", "locks", "organization", "fleet", stack);
  const deadline = Date.now() + waitSeconds * 1000;
  for (;;) {
    const held = await liveLocks(folder);
    if (held.length === 0) return;
    if (Date.now() > deadline) throw new Error(`stack ${stack} is being changed by process ${held[0]!.pid} on ${held[0]!.hostname}: wait for it, or end it and run again`);
    await sleep(200);
  }
}

async function liveLocks(folder: string): Promise<Lock[]> {
  const names = await readdir(folder).catch(() => []);
  const locks = await Promise.all(names.filter((n) => n.endsWith(".json")).map((name) => readLock(join(folder, name))));
  const live: Lock[] = [];
  for (const lock of locks.filter((l) => l !== undefined)) {
    if (lock.hostname === hostname() && !isAlive(lock.pid)) {
      await rm(lock.path, { force: true });
      await rm(`${lock.path}.attrs`, { force: true });
    } else live.push(lock);
  }
  return live;
}

async function readLock(path: string): Promise<Lock | undefined> {
  try {
    const { pid, hostname } = JSON.parse(await readFile(path, "utf8")) as { pid: number; hostname: string };
    return { path, pid, hostname };
  } catch {
    // Gone between the listing and the read, or not yet written whole: looked at again on the next turn.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
