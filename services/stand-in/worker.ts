import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The text of a Worker's script. Where the owner's source is not in the repository, a lab gets the stand-in; anywhere
 * else this is an error, so that a live Worker is never replaced by it.
 * @throws Error naming the path
 */
export function workerScript(root: string, path: string, standIns: boolean): string {
  if (existsSync(join(root, path))) return readFileSync(join(root, path), "utf8");
  if (standIns) return readFileSync(join(import.meta.dirname, "worker.js"), "utf8");
  throw new Error(`${path} is not there: put the Worker's source in this place, or mark the Worker as planned`);
}
