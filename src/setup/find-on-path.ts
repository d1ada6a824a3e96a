import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { userPath } from "./paths.ts";

/** The first executable of this name in the user's own folders of PATH; what set-up itself put there does not count. */
export async function findOnPath(name: string, folders: string[] = userPath()): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

export const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
