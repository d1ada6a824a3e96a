import { access, mkdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheDir } from "../../setup/paths.ts";
import { NspawnMachines } from "../machines/machines.ts";
import { run } from "../machines/run.ts";
import type { LabPaths } from "../paths.ts";
import type { LabSpec } from "../types.ts";
import { requireSnapshot, snapshotFile, snapshotFolder, type Snapshot } from "./snapshot.ts";

/** @throws Error when there is no such snapshot, or an image that its machines stand on is gone */
export async function requireLoadable(stack: string, name: string): Promise<Snapshot> {
  const snapshot = await requireSnapshot(stack, name);
  for (const image of snapshot.images)
    await access(join(cacheDir, image)).catch(() => {
      throw new Error(
        `the snapshot ${JSON.stringify(name)} of ${stack} can't be loaded: ` +
          `${image}, which its machines stand on, is gone from ${cacheDir}. ` +
          `Bring the lab up anew and save it again`,
      );
    });
  return snapshot;
}

/**
 * Puts a snapshot in the place of what a lab has stored; the lab is down. Interrupted, it leaves what was stored before
 * or what was saved, never some of both; between the two renames nothing, and loading again brings what was saved.
 *
 * @returns what the lab was asked to bring up when it was saved
 */
export async function restore({ stack, name }: Snapshot, paths: LabPaths): Promise<LabSpec> {
  const [fresh, old] = [`${paths.folder}.new`, `${paths.folder}.old`];
  for (const left of [fresh, old]) await rm(left, { recursive: true, force: true });
  await run("cp", ["--archive", "--reflink=auto", snapshotFolder(stack, name), fresh]);
  await rm(snapshotFile(fresh));
  await standOnImagesOf(cacheDir, join(fresh, basename(paths.machines)), paths.id);
  await mkdir(paths.folder, { recursive: true });
  await rename(paths.folder, old);
  await rename(fresh, paths.folder);
  await rm(old, { recursive: true });
  return JSON.parse(await readFile(paths.spec, "utf8")) as LabSpec;
}

/** Another checkout has the same images elsewhere. */
async function standOnImagesOf(cache: string, folder: string, lab: string): Promise<void> {
  const machines = new NspawnMachines({ lab, folder, subnet: "", packages: "" });
  for (const record of await machines.records())
    await machines.disk(record.spec.name).writeRecord({ ...record, image: join(cache, basename(record.image)) });
}
