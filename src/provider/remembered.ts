import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Reached } from "../transport/pool.ts";

/** A host of the last time. */
export interface Remembered extends Reached {
  /** How many services it had. */
  services?: number;
}

/**
 * The hosts of the last time and how they were reached; nothing when that was never written down, or not by this
 * version.
 */
export async function readRemembered(file: string): Promise<Remembered[]> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Remembered[];
  } catch {
    return [];
  }
}

/**
 * Writes down which hosts were reached, for the next time. Nothing in it is secret. A run that reached nobody tells
 * nothing about the next.
 */
export async function remember(file: string, reached: readonly Remembered[]): Promise<void> {
  if (reached.length === 0) return;
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, JSON.stringify(reached));
  await rename(beside, file);
}
