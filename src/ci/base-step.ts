import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseBase } from "../report/fleet-description.ts";
import { root } from "../setup/paths.ts";
import { runFleet, scratchFile, stackName, variable, type RunFleet } from "./runner.ts";

/** Where the preview step finds what the base step has written. */
export const baseFile = (env: NodeJS.ProcessEnv): string => scratchFile(env, "base.json");

/**
 * Writes what STACK is at the commit BASE, printed by the code of that commit, for the preview step. It needs no
 * secrets: a step of its own, so that neither that code nor what it installs ever runs beside them. Writes nothing
 * where that commit has no such stack, or cannot tell.
 */
export async function base(env: NodeJS.ProcessEnv, fleet: RunFleet = runFleet): Promise<void> {
  const stack = stackName(env);
  const commit = variable(env, "BASE");
  await rm(baseFile(env), { force: true });
  const folder = await mkdtemp(join(tmpdir(), "fleet-base-"));
  const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: root });
  try {
    await git("worktree", "add", "--detach", "--force", folder, commit);
    await shareModules(folder);
    const { stdout } = await fleet(["show", stack, "--json"], { PATH: env.PATH, HOME: env.HOME }, folder);
    parseBase(stdout, stack);
    await writeFile(baseFile(env), stdout);
  } catch (error) {
    console.log(`nothing to compare with: ${(error as Error).message}`);
  } finally {
    await git("worktree", "remove", "--force", folder).catch(() => rm(folder, { recursive: true, force: true }));
  }
}

/** Installed once for both, unless the other commit wants other ones: then it installs its own. */
async function shareModules(folder: string): Promise<void> {
  const [here, there] = await Promise.all(
    [root, folder].map((place) => readFile(join(place, "package-lock.json"), "utf8")),
  );
  if (here === there) await symlink(join(root, "node_modules"), join(folder, "node_modules"));
}
