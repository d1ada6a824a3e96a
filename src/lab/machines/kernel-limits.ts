import { readFile, writeFile } from "node:fs/promises";

const INOTIFY_INSTANCES = "/proc/sys/fs/inotify/max_user_instances";
const ENOUGH = 8192;

/**
 * Lets more than a handful of machines run: systemd opens seven inotify instances in each, all of them root's, and the
 * kernel's usual limit of 128 lets units fail from the eighteenth machine on. Stays raised until this computer starts
 * again, because other labs may count on it. Where it can't be changed, small labs run all the same.
 */
export async function raiseKernelLimits(path = INOTIFY_INSTANCES): Promise<void> {
  const limit = Number(await readFile(path, "utf8").catch(() => ENOUGH));
  if (limit < ENOUGH) await writeFile(path, String(ENOUGH)).catch(() => {});
}
