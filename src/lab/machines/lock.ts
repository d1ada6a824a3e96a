import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Runs `action` while holding the lock file, which other processes wait for. The kernel lets go of it when this process ends,
 * however it ends.
 */
export async function withLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  // flock(1) holds the lock for as long as its `cat` has an open standard input: ours.
  const holder = spawn("flock", [path, "sh", "-c", "echo held; exec cat"], { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once("data", () => resolve());
    holder.once("error", reject);
    holder.once("exit", (code) => reject(new Error(`the lock ${path} could not be taken: flock ended with exit code ${code}`)));
  });
  try {
    return await action();
  } finally {
    holder.stdin.end();
  }
}
