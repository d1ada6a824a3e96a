import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { cacheDir } from "./paths.ts";
import { run } from "./run.ts";

/**
 * A Python environment with the packages that a requirements.txt pins by their hashes, made once for each content of
 * the file. Only built packages are taken: building one would run what nothing pins.
 * @returns its folder: `bin/python` and the packages' own programs are in it
 * @throws Error when python3 or its venv module is missing, or pip can't get just those packages
 */
export async function pythonWith(requirements: string): Promise<string> {
  await mkdir(cacheDir, { recursive: true });
  const hash = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  // Programs of an environment name their Python by its real path.
  const parent = join(realpathSync(cacheDir), "python");
  const folder = join(parent, hash);
  const ready = join(folder, "ready");
  await mkdir(parent, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(ready)) return;
    await rm(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder]).catch((error: Error) => {
      throw new Error(
        `no Python environment could be made; install it with: apt-get install python3-venv\n${error.message}`,
      );
    });
    const how = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"];
    await run(join(folder, "bin/pip"), ["install", ...how, "--requirement", requirements]).catch(async (error) => {
      await rm(folder, { recursive: true, force: true });
      throw error;
    });
    await writeFile(ready, "");
  });
  return folder;
}
