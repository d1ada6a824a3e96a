import { readFile, readdir } from "node:fs/promises";

/** Processes of this machine that `match` says something of, told by their arguments, so that a lost one is found as well. */
export async function findProcesses<T>(match: (args: string[]) => T | undefined): Promise<{ pid: number; found: T }[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const results = await Promise.all(pids.map(async (pid) => {
    const args = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
    const found = match(args);
    return found === undefined ? [] : [{ pid: Number(pid), found }];
  }));
  return results.flat();
}

/** Sends a signal to a process that may have ended by itself. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
