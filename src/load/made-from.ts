import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./fleet.ts";

/**
 * The files that decide what an `up` of a stack makes, tools included: those are pinned in src/setup and
 * package-lock.json.
 */
const partsOf = (stack: string): string[] => [
  "src",
  "services",
  `stacks/${stack}`,
  "stacks/main.ts",
  `hosts/${stack}`,
  "Pulumi.yaml",
  "package-lock.json",
];

/** A digest of everything that a stack is brought up from: the same files and tools have the same one. */
export async function madeFrom(stack: string, root = ROOT): Promise<string> {
  const hash = createHash("sha256");
  for (const part of partsOf(stack))
    for (const path of await filesIn(root, part)) {
      hash.update(`${path}\0`);
      hash.update(await readFile(join(root, path)));
    }
  return hash.digest("hex").slice(0, 16);
}

/** A file itself, or all files of a folder, in one order everywhere. */
async function filesIn(root: string, part: string): Promise<string[]> {
  try {
    const entries = await readdir(join(root, part), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return [part];
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
