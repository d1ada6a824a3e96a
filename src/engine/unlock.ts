import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locksIn, locksInFolder, removeLock, type Lock } from "./lock.ts";
import { pulumi, type EngineTarget } from "./run.ts";

/** Who holds a stack. Pulumi Cloud tells no more than that somebody does. */
export type Held = { locks: Lock[] } | { inProgress: boolean };

/** @throws Error when there is no such stack, or its backend does not answer */
export async function heldBy(target: EngineTarget): Promise<Held> {
  const inFolder = await locksInFolder(await backendOf(target), target.stack);
  if (inFolder) return { locks: inFolder };
  const stacks = JSON.parse(await pulumi(["stack", "ls", "--json"], target)) as {
    name: string;
    updateInProgress?: boolean;
  }[];
  const stack = stacks.find(({ name }) => name.split("/").at(-1) === target.stack);
  if (!stack) throw new Error(`there is no state of a stack ${target.stack} at ${await backendOf(target)}`);
  return stack.updateInProgress === undefined
    ? { locks: await locksInBucket(target) }
    : { inProgress: stack.updateInProgress };
}

/** Where the state is: as the environment says, or as `pulumi login` has said. */
const backendOf = async (target: EngineTarget): Promise<string> =>
  target.env.PULUMI_BACKEND_URL ??
  (JSON.parse(await pulumi(["whoami", "--json", "--verbose"], target)) as { url: string }).url;

/**
 * The engine shows locks in a bucket to nobody but who wants one. So a stack of the same name is asked for: that takes
 * the lock first, sees that there is one already, and gives it back. In a project of its own, because it writes the
 * configuration of the new stack before.
 */
async function locksInBucket(target: EngineTarget): Promise<Lock[]> {
  const cwd = await mkdtemp(join(tmpdir(), "fleet-unlock-"));
  try {
    await writeFile(join(cwd, "Pulumi.yaml"), "name: fleet\nruntime: yaml\n");
    const env = { ...target.env, PULUMI_CONFIG_PASSPHRASE: "of no stack" };
    const refusal = await pulumi(["stack", "init", target.stack, "--no-select", "--non-interactive"], {
      ...target,
      cwd,
      env,
    }).then(
      () => "it was made anew",
      (error: Error) => error.message,
    );
    if (!/already exists|currently locked/.test(refusal)) throw new Error(refusal);
    return locksIn(refusal);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** Frees a stack: in a folder of these locks alone, elsewhere of all that there are. */
export async function free(target: EngineTarget, held: Held): Promise<void> {
  const locks = "locks" in held ? held.locks : [];
  if (locks.length > 0 && locks.every(({ path }) => path !== undefined)) await Promise.all(locks.map(removeLock));
  else await pulumi(["cancel", target.stack, "--yes", "--non-interactive"], target);
}
