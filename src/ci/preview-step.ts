import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseBase } from "../report/fleet-description.ts";
import { code } from "../markup/markdown.ts";
import { previewMarker } from "../report/preview-head.ts";
import { root } from "../setup/paths.ts";
import { addSummary, runFleet, scratchFile, stackName, type RunFleet } from "./runner.ts";
import { withStackEnvironment } from "./stack-environment.ts";

/** Where the comment step finds what the preview step has written. */
export const previewFile = (env: NodeJS.ProcessEnv): string => scratchFile(env, "preview.md");

/**
 * Previews STACK against what its files say at BASE, for the comment step and the page of the job. Ends as the preview
 * ends.
 */
export async function preview(env: NodeJS.ProcessEnv, fleet: RunFleet = runFleet): Promise<void> {
  const stack = stackName(env);
  const base = env.BASE ? await describeBase(stack, env.BASE, env, fleet) : undefined;
  const { exitCode, stdout } = await withStackEnvironment(env, (passed) =>
    fleet(["preview", stack, "--format", "markdown", ...(base ? ["--base", base] : [])], passed),
  );
  const markdown =
    stdout ||
    `${previewMarker(stack)}\n\n## ${code(stack)}: no preview\n\n` +
      "It ended before there was anything to tell. The log of the job says why.\n";
  await writeFile(previewFile(env), markdown);
  await addSummary(env, markdown);
  process.exitCode = exitCode;
}

/**
 * What the fleet is at another commit, printed by the code of that commit. It needs no secret and gets none.
 *
 * @returns the file with it; nothing where that commit has no such stack, or cannot tell
 */
async function describeBase(
  stack: string,
  commit: string,
  env: NodeJS.ProcessEnv,
  fleet: RunFleet,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "fleet-base-"));
  const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: root });
  try {
    await git("worktree", "add", "--detach", "--force", folder, commit);
    await shareModules(folder);
    const { stdout } = await fleet(["show", stack, "--json"], { PATH: env.PATH, HOME: env.HOME }, folder);
    parseBase(stdout, stack);
    const file = scratchFile(env, "base.json");
    await writeFile(file, stdout);
    return file;
  } catch (error) {
    console.log(`nothing to compare with: ${(error as Error).message}`);
    return undefined;
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
