import { mkdir, readFile, readdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Every container gets control groups of its own, since containers in one group would mix up what each keeps there. With cgroup v2
 * that is one folder; on a hybrid host one in systemd's v1 hierarchy and one in the v2 hierarchy.
 */
async function hierarchies(): Promise<{ path: string; unified: boolean }[]> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" "));
  return mounts.flatMap(([, path = "", type = "", options = ""]) => {
    const unified = type === "cgroup2";
    return unified || (type === "cgroup" && options.split(",").includes("name=systemd")) ? [{ path, unified }] : [];
  });
}

const groupIn = (hierarchy: string, id: string): string => join(hierarchy, `${id}.machine`);

/** @returns the folders of the container's control groups, in each hierarchy. */
export async function ensureCgroups(id: string): Promise<string[]> {
  const folders = (await hierarchies()).map(({ path }) => groupIn(path, id));
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  return folders;
}

/** Removes them once no process is in them. */
export async function removeCgroups(id: string): Promise<void> {
  for (const { path } of await hierarchies()) await removeTree(groupIn(path, id));
}

/** Stops every process of a container where it stands, or lets it go on. */
export async function freezeCgroups(id: string, frozen: boolean): Promise<void> {
  const unified = (await hierarchies()).find((h) => h.unified);
  if (!unified) throw new Error("pausing a machine needs a cgroup v2 hierarchy, which this kernel has not mounted");
  await writeFile(join(groupIn(unified.path, id), "cgroup.freeze"), frozen ? "1" : "0");
}

/** Control groups are removed folder by folder, innermost first; the files in them go by themselves. */
async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return;
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await rmdir(folder);
}
