import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../src/setup/run.ts";

/** A package of npm as it is published, of which a test needs a file and nothing else. */
export interface Published {
  name: string;
  version: string;
  /** Of the package: "sha512-…". */
  integrity: string;
}

/**
 * Fetches a package without installing it. @returns its folder, below `folder` @throws Error when it is not what was
 * pinned
 */
export async function fetchPackage({ name, version, integrity }: Published, folder: string): Promise<string> {
  await mkdir(folder);
  await run("npm", ["pack", `${name}@${version}`, "--silent", "--pack-destination", folder]);
  const [archive] = await readdir(folder);
  const found = `sha512-${createHash("sha512")
    .update(await readFile(join(folder, archive!)))
    .digest("base64")}`;
  if (found !== integrity) throw new Error(`${name} ${version} is ${found}, not ${integrity}`);
  await run("tar", ["-xzf", join(folder, archive!), "-C", folder]);
  return join(folder, "package");
}
