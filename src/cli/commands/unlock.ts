import { describeLock, holderOf, type Holder } from "../../engine/lock.ts";
import { free, heldBy } from "../../engine/unlock.ts";
import { runningLab } from "../../deploy/lab-target.ts";
import { assertTerminal, CliError, confirm, out } from "../../terminal/output.ts";
import { realTarget } from "../../deploy/stack.ts";

export interface UnlockOptions {
  lab?: boolean;
  yes?: boolean;
  force?: boolean;
}

const WORDS: Record<Holder, string> = {
  ended: "that process is gone",
  running: "that process still runs, on this computer",
  elsewhere: "whether that process still runs cannot be seen from here: make sure of it there",
};

/** Shows who holds a stack, and frees it when asked to. */
export async function unlock(name: string, options: UnlockOptions): Promise<void> {
  const target = options.lab ? await runningLab(name) : realTarget(name);
  if (!target) throw new CliError(`the lab of ${name} does not run: \`npx fleet lab up ${name}\``);
  const held = await heldBy(target);
  if ("locks" in held ? held.locks.length === 0 : !held.inProgress) return out(`${name} is not locked`);
  const locks = "locks" in held ? held.locks : [];
  for (const lock of locks) out(`${name} is locked by ${describeLock(lock)}: ${WORDS[holderOf(lock)]}`);
  if ("inProgress" in held) out(`${name} is being changed, as Pulumi Cloud says; its page of the stack shows by whom`);

  const running = locks.filter((lock) => holderOf(lock) === "running");
  if (running.length > 0 && !options.force)
    throw new CliError(
      `process ${running[0]!.pid} works on ${name}: wait for it, or interrupt it, which lets its running steps ` +
        `finish. --force frees ${name} all the same: then two may change it at once`,
    );
  if (!options.yes) assertTerminal();
  if (
    !options.yes &&
    !(await confirm(`Free ${name}? What was under way may be half done: \`fleet up\` goes on with it`))
  )
    return out("nothing was changed");
  await free(target, held);
  out(`${name} is free`);
}
