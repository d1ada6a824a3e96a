import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface Measured {
  /** From the start of the program to its end. */
  seconds: number;
  /** User and system time of the program and all that it waited for. */
  cpuSeconds: number;
  stdout: string;
}

const PASSED_BY_TIME = /^fleet-bench ([\d.]+) ([\d.]+)$/m;

/** Runs a program to its end and measures it. @throws Error with what it printed when it fails */
export async function measure(
  command: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Measured> {
  const started = performance.now();
  const child = spawn("bash", ["-c", 'TIMEFORMAT="fleet-bench %U %S"; time "$@"', "bash", ...command], {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0)
    throw new Error(
      `${command.slice(0, 3).join(" ")} ended with exit code ${code}:\n${`${stdout}\n${stderr}`.slice(-3000)}`,
    );
  const [, user, system] = PASSED_BY_TIME.exec(stderr) ?? [];
  return { seconds, cpuSeconds: Number(user) + Number(system), stdout };
}

/** The peak of resident memory, in bytes, of every process that runs `script` while `work` does. */
export async function peakMemory(script: string, work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  let done = false;
  const watch = async () => {
    while (!done) {
      peak = Math.max(peak, ...(await memoryOf(script)));
      await sleep(30);
    }
  };
  const watching = watch();
  try {
    await work();
  } finally {
    done = true;
    await watching;
  }
  return peak;
}

async function memoryOf(script: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  const peaks = await Promise.all(
    pids.map(async (pid) => {
      if (!(await read(pid, "cmdline")).split("\0").some((argument) => argument.endsWith(script))) return [];
      // Kept by the kernel: the highest so far, whenever one looks.
      const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(await read(pid, "status"))?.[1];
      return kilobytes === undefined ? [] : [Number(kilobytes) * 1024];
    }),
  );
  return peaks.flat();
}
