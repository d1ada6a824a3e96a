import { root } from "../setup/paths.ts";
import { changedFiles, readModules } from "../touched/changed-files.ts";
import { stacksIn, touchedStacks } from "../touched/touched.ts";
import { runFleet, type RunFleet, setOutput, variable } from "./runner.ts";

/** What a runner gives as the commit before a branch was there. */
const NO_COMMIT = /^0*$/;

/** Sets `stacks` to those that changed since BASE, or to ONLY if that is given; to all where there is no BASE. */
export async function touched(env: NodeJS.ProcessEnv): Promise<void> {
  const stacks = await stacksFor(env);
  console.log(`stacks: ${stacks.join(", ") || "none"}`);
  await setOutput(env, "stacks", stacks);
}

async function stacksFor({ BASE: base = "", ONLY: only }: NodeJS.ProcessEnv): Promise<string[]> {
  const modules = await readModules(root);
  const all = stacksIn(modules);
  if (only) return all.filter((stack) => stack === only);
  if (NO_COMMIT.test(base)) return all;
  // After a forced push the commit before it may be gone: then nobody knows what changed.
  const changed = await changedFiles(root, base).catch((error: Error) =>
    console.log(`${error.message}: every stack counts as touched`),
  );
  return changed ? touchedStacks(changed, modules).map(({ stack }) => stack) : all;
}

/**
 * Checks the files of STACKS against the rules of the fleet, which needs no secret: so it is done for everybody's pull
 * requests.
 */
export async function checkFiles(env: NodeJS.ProcessEnv, fleet: RunFleet = runFleet): Promise<void> {
  const stacks = JSON.parse(variable(env, "STACKS")) as string[];
  for (const stack of stacks) {
    const { exitCode } = await fleet(["show", stack], env);
    if (exitCode !== 0) process.exitCode = exitCode;
  }
}
