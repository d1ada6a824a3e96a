import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { removeStrayCgroups } from "./cgroup.ts";
import { runningContainers, stopContainer } from "./container.ts";
import { Disk } from "./disk.ts";
import { removeNetwork } from "./network.ts";

/**
 * Removes everything of a lab from the kernel: processes first, then what they held. Disks stay. Does nothing when
 * nothing is left.
 */
export async function sweep(lab: string, machinesFolder: string): Promise<void> {
  await Promise.all([...runningContainers(lab)].map((id) => stopContainer(id, 0)));
  const disks = await readdir(machinesFolder).catch(() => []);
  for (const name of disks) await new Disk(join(machinesFolder, name)).unmount();
  await removeStrayCgroups(lab);
  await removeNetwork(lab);
}
