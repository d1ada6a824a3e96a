import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Fleet } from "../model/fleet.ts";
import { parseHost, type Host } from "../model/host.ts";
import { planned } from "../model/status.ts";

/** What stacks/<fleet>/fleet.ts exports by default: the fleet around the hosts that were found. */
export type FleetFile = (hosts: Host[]) => Fleet;

export interface LoadedFleet {
  fleet: Fleet;
  /** Host name → the file that declares it, from the repository's root. */
  files: Record<string, string>;
}

/** The repository's root. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** Fleets that have a folder under stacks/. */
export async function listFleets(root = ROOT): Promise<string[]> {
  const entries = await readdir(join(root, "stacks"), { withFileTypes: true });
  return entries
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .sort();
}

/**
 * Reads a fleet: every file of hosts/<fleet>/ is a host, stacks/<fleet>/fleet.ts is the rest. Nothing else has to be
 * edited to add a host.
 *
 * @param only hosts that are deployed now: the others are as if they were planned
 * @throws Error naming the file when the fleet does not exist or a file does not declare what it should
 */
export async function loadFleet(name: string, root = ROOT, only?: readonly string[]): Promise<LoadedFleet> {
  const known = await listFleets(root);
  if (!known.includes(name))
    throw new Error(`there is no fleet ${JSON.stringify(name)}: stacks/ holds ${known.join(", ")}`);
  const folder = join("hosts", name);
  const found = await Promise.all(
    (await hostFiles(join(root, folder))).map(async (file) => readHost(root, join(folder, file))),
  );
  const duplicate = found.find((a, i) => found.findIndex((b) => b.host.name === a.host.name) !== i);
  if (duplicate)
    throw new Error(
      `${duplicate.file} and ${found.find((f) => f.host.name === duplicate.host.name)!.file} both declare host ` +
        `${duplicate.host.name}: rename one of them`,
    );
  const file = join("stacks", name, "fleet.ts");
  const declare = await defaultExport(root, file);
  if (typeof declare !== "function")
    throw new Error(`${file}: its default export must be a function that takes the hosts and returns a fleet`);
  const hosts = found.map(({ host }) => (only === undefined || only.includes(host.name) ? host : planned(host)));
  return { fleet: (declare as FleetFile)(hosts), files: Object.fromEntries(found.map((f) => [f.host.name, f.file])) };
}

async function hostFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((n) => n.endsWith(".ts")).sort();
}

async function readHost(root: string, file: string): Promise<{ host: Host; file: string }> {
  return { host: parseHost(await defaultExport(root, file), file), file };
}

async function defaultExport(root: string, file: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(join(root, file)).href)) as { default?: unknown }).default;
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
