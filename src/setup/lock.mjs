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

/** Removes the lock of a holder that is gone: its process ended, or (in another container, whose ids mean nothing here) its heartbeat did. */
async function releaseStale(path, staleMs) {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    const silent = Date.now() - mtimeMs > staleMs;
    if (!silent && (holder === "" || isAlive(Number(holder)))) return false;
    // Another waiter may have released and taken it meanwhile.
    if ((await readFile(path, "utf8")) === holder) await rm(path, { force: true });
    return true;
  } catch (error) {
    if (error.code === "ENOENT") return true;
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
