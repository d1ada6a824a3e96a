import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fleetDir } from "../../setup/paths.ts";

/** What a lab that was saved is known by. Kept as snapshot.json beside what was saved, written last. */
export interface Snapshot {
  stack: string;
  /** Letters, digits, ".", "-" and "_". */
  name: string;
  /** ISO 8601. */
  at: string;
  /** What was saved, on disk. */
  bytes: number;
  machines: string[];
  /** The files that the machines' disks stand on, by their names in the cache. */
  images: string[];
  /** A digest of the files and tools that the lab was brought up with, as whoever saved it made it. */
  madeFrom: string;
}

/** Where a stack's snapshots are: not in the lab's folder, so that they outlive `fleet lab down --forget`. */
export const snapshotsFolder = (stack: string): string => join(fleetDir, "snapshots", stack);

/** @throws Error when the name can't be a snapshot's */
export function snapshotFolder(stack: string, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw new Error(
      `${JSON.stringify(name)} can't be a snapshot's name: use letters, digits, ".", "-" and "_", at most 64`,
    );
  return join(snapshotsFolder(stack), name);
}

export const snapshotFile = (folder: string): string => join(folder, "snapshot.json");

/** The snapshot of this name; nothing when there is none, or it was not saved to its end. */
export async function findSnapshot(stack: string, name: string): Promise<Snapshot | undefined> {
  const text = await readFile(snapshotFile(snapshotFolder(stack, name)), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Snapshot);
}

/** All snapshots of a stack, the oldest first. */
export async function listSnapshots(stack: string): Promise<Snapshot[]> {
  const names = (await readdir(snapshotsFolder(stack)).catch(() => [])).filter((name) => !name.startsWith("."));
  const found = await Promise.all(names.map((name) => findSnapshot(stack, name)));
  return found.filter((each) => each !== undefined).sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** @throws Error naming those that there are when there is none of this name */
export async function requireSnapshot(stack: string, name: string): Promise<Snapshot> {
  const found = await findSnapshot(stack, name);
  if (found) return found;
  const others = (await listSnapshots(stack)).map((each) => each.name);
  throw new Error(
    `${stack} has no snapshot ${JSON.stringify(name)}: ` +
      `it has ${others.join(", ") || "none; make one with `fleet lab save`"}`,
  );
}

/** @throws Error when there is none of this name */
export async function removeSnapshot(stack: string, name: string): Promise<void> {
  await requireSnapshot(stack, name);
  await rm(snapshotFolder(stack, name), { recursive: true });
}
