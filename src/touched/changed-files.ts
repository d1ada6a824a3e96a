import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const git = async (folder: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)("git", args, { cwd: folder, maxBuffer: 256 * 1024 * 1024 })).stdout;

/**
 * The files in which a working tree differs from where it left another branch: committed or not, new, changed or gone.
 *
 * @param base a branch or commit
 * @throws Error when there is no such commit, or none that both come from
 */
export async function changedFiles(folder: string, base: string): Promise<string[]> {
  const commit = await git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", `${base}^{commit}`).catch(
    () => {
      throw new Error(`there is no commit ${JSON.stringify(base)} here: fetch it, or name another with --base`);
    },
  );
  const start = await git(folder, "merge-base", commit.trim(), "HEAD").catch(() => {
    throw new Error(`${base} and HEAD have no commit in common here: a shallow clone has to fetch more`);
  });
  const [changed, untracked] = await Promise.all([
    git(folder, "diff", "--name-only", "--no-renames", "-z", start.trim(), "--"),
    git(folder, "ls-files", "--others", "--exclude-standard", "-z"),
  ]);
  return [...new Set(`${changed}${untracked}`.split("\0").filter(Boolean))].sort();
}

const FOLDERS = ["hosts", "services", "src", "stacks"];

/** Every module that a deployment could need, by its path from the root. */
export async function readModules(folder: string): Promise<Map<string, string>> {
  const paths = await Promise.all(
    FOLDERS.map(async (name) =>
      (await readdir(join(folder, name), { recursive: true }).catch(() => [])).map((path) => `${name}/${path}`),
    ),
  );
  const modules = paths
    .flat()
    .filter((path) => /\.[cm]?[jt]s$/.test(path))
    .sort();
  return new Map(
    await Promise.all(modules.map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const)),
  );
}
