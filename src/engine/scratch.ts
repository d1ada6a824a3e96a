import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "./process.ts";

/**
 * A folder of this process's own in the system's temporary folder, readable by this user alone. Whoever asks for one
 * clears away those of processes that were killed and could not do it themselves.
 * @param what "events" makes fleet-events-PID-…
 */
export async function scratchFolder(what: string, temporary = tmpdir()): Promise<string> {
  const prefix = `fleet-${what}-`;
  const old = (await readdir(temporary)).filter(
    (name) => name.startsWith(prefix) && isLeft(Number(name.slice(prefix.length).split("-")[0])),
  );
  // What belongs to another user stays.
  await Promise.all(old.map((name) => rm(join(temporary, name), { recursive: true, force: true }).catch(() => {})));
  return mkdtemp(join(temporary, `${prefix}${process.pid}-`));
}

/** Whether the process of this number is gone; a folder without a number is none of ours. */
const isLeft = (pid: number): boolean => Number.isInteger(pid) && pid > 0 && !isAlive(pid);
