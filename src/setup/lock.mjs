// Plain JavaScript: the launcher needs it on Node 20, before there are modules. Its documentation is in lock.d.mts.
import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const HEARTBEAT_MS = 5_000;
const STALE_MS = 30_000;

export async function withLock(path, work, { onWait = () => {}, pollMs = 200, staleMs = STALE_MS } = {}) {
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  while (!(await take(path))) {
    if (await releaseStale(path, staleMs)) continue;
    if (!told) onWait();
    told = true;
    await sleep(pollMs);
  }
  const heartbeat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

async function take(path) {
  try {
    const file = await open(path, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes the lock of a holder that is gone. One waiter at a time, or a second would remove the lock that the first has
 * just taken.
 */
async function releaseStale(path, staleMs) {
  const guard = `${path}.takeover`;
  if (!(await isStale(path, staleMs))) return false;
  if (!(await take(guard))) {
    if (await isStale(guard, staleMs)) await rm(guard, { force: true });
    return false;
  }
  try {
    if (await isStale(path, staleMs)) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
  return true;
}

/** The holder's process has ended, or (in another container, whose process ids mean nothing here) its heartbeat has. */
async function isStale(path, staleMs) {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    return Date.now() - mtimeMs > staleMs || (holder !== "" && !isAlive(Number(holder)));
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
