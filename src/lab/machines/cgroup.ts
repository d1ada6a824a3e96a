import { mkdir, readFile, readdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Every container gets control groups of its own, since containers in one group would mix up what each keeps there.
 * With cgroup v2 that is one folder; on a hybrid host one in systemd's v1 hierarchy and one in the v2 hierarchy.
 */
async function hierarchies(): Promise<{ path: string; unified: boolean }[]> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" "));
  return mounts.flatMap(([, path = "", type = "", options = ""]) => {
    const unified = type === "cgroup2";
    return unified || (type === "cgroup" && options.split(",").includes("name=systemd")) ? [{ path, unified }] : [];
  });
}

const SUFFIX = ".machine";
const groupIn = (hierarchy: string, id: string): string => join(hierarchy, id + SUFFIX);

/** @returns the folders of the container's control groups, in each hierarchy. */
export async function ensureCgroups(id: string): Promise<string[]> {
  const folders = (await hierarchies()).map(({ path }) => groupIn(path, id));
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  return folders;
}

/** Every process of a container, by its id on this machine. */
export async function processesInCgroups(id: string): Promise<number[]> {
  const folders = (await Promise.all((await hierarchies()).map(({ path }) => foldersUnder(groupIn(path, id))))).flat();
  const lists = await Promise.all(
    folders.map((folder) => readFile(join(folder, "cgroup.procs"), "utf8").catch(() => "")),
  );
  return [...new Set(lists.join("\n").split("\n").filter(Boolean).map(Number))];
}

/** Removes the container's groups, in which no process may be left. */
export async function removeCgroups(id: string): Promise<void> {
  // Groups are removed innermost first; the files in them go by themselves.
  for (const { path } of await hierarchies())
    for (const folder of (await foldersUnder(groupIn(path, id))).reverse()) await removeWhenEmpty(folder);
}

/** Stops every process of a container where it stands, or lets it go on. Returns when it has come about. */
export async function freezeCgroups(id: string, frozen: boolean): Promise<void> {
  await writeFile(join(await unifiedGroup(id), "cgroup.freeze"), frozen ? "1" : "0");
  for (let tries = 2000; (await isFrozen(id)) !== frozen; tries--) {
    if (tries === 0) throw new Error(`${id} does not ${frozen ? "stand still" : "go on"} within 10 s`);
    await sleep(5);
  }
}

/** Whether every process of a container stands still. */
export async function isFrozen(id: string): Promise<boolean> {
  return /^frozen 1$/m.test(await readFile(join(await unifiedGroup(id), "cgroup.events"), "utf8"));
}

async function unifiedGroup(id: string): Promise<string> {
  const unified = (await hierarchies()).find((h) => h.unified);
  if (!unified) throw new Error("pausing a machine needs a cgroup v2 hierarchy, which this kernel has not mounted");
  return groupIn(unified.path, id);
}

/** Removes the groups of all of a lab's containers, in which no process may be left. */
export async function removeStrayCgroups(lab: string): Promise<void> {
  const names = (await Promise.all((await hierarchies()).map(({ path }) => readdir(path)))).flat();
  const ids = names
    .filter((name) => name.startsWith(`${lab}-`) && name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length));
  for (const id of new Set(ids)) await removeCgroups(id);
}

/** A folder and all those in it, outer before inner. */
async function foldersUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [];
  const inner = await Promise.all(
    entries.filter((e) => e.isDirectory()).map((e) => foldersUnder(join(folder, e.name))),
  );
  return [folder, ...inner.flat()];
}

/** A group counts as busy until the kernel has buried its last process. */
async function removeWhenEmpty(folder: string): Promise<void> {
  for (let tries = 100; ; tries--) {
    try {
      return await rmdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY" || tries === 0) throw error;
      await sleep(20);
    }
  }
}
