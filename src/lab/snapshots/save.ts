import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { withLock } from "../../setup/lock.mjs";
import { Store } from "../clouds/store.ts";
import { askLab, isUp } from "../control.ts";
import { NspawnMachines } from "../machines/machines.ts";
import { run } from "../machines/run.ts";
import { labPaths, type LabPaths } from "../paths.ts";
import { findSnapshot, snapshotFile, snapshotFolder, snapshotsFolder, type Snapshot } from "./snapshot.ts";

/** Made anew wherever a lab starts, or meant for its own time only. */
const LEFT_OUT = new Set(["daemon.log", "ssh_config", "ssh_config.program", "known_hosts"]);

/**
 * Saves a lab as one consistent whole: its machines' disks and its clouds at one moment, while the machines stand
 * still, with the engine's state and the secrets. A lab that runs goes on; connections notice a pause of as long as the
 * disks take to copy.
 *
 * @param options.replace whether a snapshot of this name gives way
 * @throws Error when there is no lab, or a snapshot of this name. The caller sees to it that no engine works on it.
 */
export async function labSave(
  stack: string,
  name: string,
  { madeFrom, replace = false }: { madeFrom: string; replace?: boolean },
): Promise<Snapshot> {
  const folder = snapshotFolder(stack, name);
  const paths = labPaths(stack);
  return withLock(paths.lock, async () => {
    if (!existsSync(paths.settings))
      throw new Error(`${stack} has no lab to save: start it with \`fleet lab up ${stack}\``);
    if (!replace && (await findSnapshot(stack, name)))
      throw new Error(`${stack} has a snapshot ${JSON.stringify(name)} already: give another name, or --replace`);
    const part = join(snapshotsFolder(stack), `.${name}`);
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true, mode: 0o700 });
    try {
      const snapshot = { ...(await saveInto(part, paths)), stack, name, madeFrom };
      await writeFile(snapshotFile(part), JSON.stringify(snapshot, undefined, 2), { mode: 0o600 });
      await rm(folder, { recursive: true, force: true });
      await rename(part, folder);
      return snapshot;
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  });
}

async function saveInto(folder: string, paths: LabPaths) {
  const at = new Date().toISOString();
  if (await isUp(paths.socket)) await askLab(paths.socket, "save", { folder });
  else
    await saveStored(
      folder,
      new Store(paths.store),
      new NspawnMachines({ ...idle, lab: paths.id, folder: paths.machines }),
    );
  const own = new Set([...LEFT_OUT, basename(paths.machines), basename(paths.packages)]);
  for (const name of await readdir(paths.folder))
    if (!own.has(name) && !name.startsWith(basename(paths.store)))
      await cp(join(paths.folder, name), join(folder, name), { recursive: true, preserveTimestamps: true });
  const records = await new NspawnMachines({
    ...idle,
    lab: paths.id,
    folder: join(folder, basename(paths.machines)),
  }).records();
  return {
    at,
    bytes: Number((await run("du", ["--summarize", "--block-size=1", folder])).split("\t")[0]),
    machines: records.map(({ spec }) => spec.name).sort(),
    images: [...new Set(records.map(({ image }) => basename(image)))].sort(),
  };
}

/** For looking at disks alone. */
const idle = { subnet: "", packages: "" };

/** Saves what a lab's clouds and machines have stored, at one moment. */
export const saveStored = (folder: string, store: Store, machines: NspawnMachines): Promise<void> =>
  machines.standStill(async () => {
    store.copyTo(join(folder, "clouds.sqlite"));
    await machines.copyDisks(join(folder, "machines"));
  });
