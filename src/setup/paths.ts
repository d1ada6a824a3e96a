import { realpathSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** The repository. */
export const root = resolve(import.meta.dirname, "../..");

/** Everything that is made at run time; ignored by git, safe to delete while nothing runs. */
export const fleetDir = join(root, ".fleet");

/** The tools that the engine is started with: files, or links to what was chosen. First on PATH. */
export const binDir = join(fleetDir, "bin");

/** What takes long to make and can be made again. */
export const cacheDir = join(fleetDir, "cache");

/** The folders of PATH that are the user's own, not this repository's, by whatever path those got there. */
export function userPath(path = process.env.PATH ?? ""): string[] {
  const ownBin = realPath(binDir);
  return path
    .split(delimiter)
    .filter((folder) => folder !== "" && !resolve(folder).startsWith(`${root}/`) && realPath(folder) !== ownBin);
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder); // not there
  }
}
