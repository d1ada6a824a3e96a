import { readFileSync } from "node:fs";

/** Whether a process of this computer runs, whoever's it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Clock ticks a second in /proc: the same on every Linux that Node runs on. */
const TICKS = 100;

/**
 * When a process began, in milliseconds since 1970; undefined where that cannot be told, which is everywhere but on
 * Linux (proc_pid_stat(5)).
 */
export function startOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const ticks = Number(stat.slice(stat.lastIndexOf(")")).split(" ")[20]);
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))![1]);
    return (boot + ticks / TICKS) * 1000;
  } catch {
    return undefined;
  }
}
