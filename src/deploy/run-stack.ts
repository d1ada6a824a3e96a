import { changesOf, failuresOf, type Changes } from "../engine/changes.ts";
import { nameOf, type EngineEvent } from "../engine/events.ts";
import { clearStaleLocks, describeLock, lockedMessage, locksIn } from "../engine/lock.ts";
import { protectedInWords } from "../engine/protected.ts";
import { runEngine, type EngineCommand, type EngineOptions, type EngineRun } from "../engine/run.ts";
import { EngineProgress } from "../terminal/engine-progress.ts";
import { interrupted, interruptible } from "../terminal/interrupt.ts";
import { CliError, say } from "../terminal/output.ts";
import type { DeployedStack } from "./deployed-stack.ts";

/**
 * Runs the engine on a stack for a person who watches: progress on stderr, Ctrl-C lets running steps finish.
 * @throws CliError when a look was interrupted: what was not seen by then is not unknown, only not looked at
 */
export async function runStack(
  command: EngineCommand,
  stack: DeployedStack,
  what: string,
  options: EngineOptions = {},
): Promise<EngineRun> {
  await waitForLock(stack);
  const looks = command === "refresh" || command === "preview";
  const progress = new EngineProgress(what, !looks);
  try {
    return await interruptible(async (signal) => {
      const inWords = (event: EngineEvent) => protectedInWords(event, (name) => releaseCommand(stack, name));
      const onEvent = (event: EngineEvent) => progress.onEvent(inWords(event));
      const done = await runEngine(command, stack.target, { ...options, onEvent, signal });
      const run = { ...done, events: done.events.map(inWords) };
      if (looks && signal.aborted) throw interrupted();
      return signal.aborted ? { ...run, interrupted: true } : run;
    });
  } finally {
    progress.end();
  }
}

/** Waits for another command of this computer to end. @throws Error naming who holds the stack, when that goes on */
export const waitForLock = (stack: DeployedStack): Promise<void> =>
  clearStaleLocks(stack.target.env.PULUMI_BACKEND_URL, stack.name, {
    unlock: unlockCommand(stack),
    onWait: (lock) => say(`waiting for ${describeLock(lock)}`),
  });

/** The changes of a run. @throws CliError when the run failed; progress has already said what. */
export function changesOrFail(stack: DeployedStack, run: EngineRun): Changes {
  if (run.exitCode !== 0) throw failure(stack, run);
  return changesOf(stack.name, run.events);
}

/** How a failed run is told at its end: each error has been shown when it happened. */
export function failure(stack: DeployedStack, run: EngineRun): CliError {
  const { urns, others } = failuresOf(run.events);
  if (urns.length > 0)
    return new CliError(
      `${stack.name}: ${urns.length} failed (${firstOf(urns.map(nameOf))}); ` +
        `what does not depend on ${urns.length === 1 ? "it" : "them"} was done, deletions wait. ` +
        "Mend what is named above and run again",
    );
  const locks = locksIn(run.output);
  if (locks.length > 0) return new CliError(lockedMessage(stack.name, locks, unlockCommand(stack)));
  return new CliError(others.at(-1) ?? run.output.trim());
}

/** The command that stops managing a thing and keeps it, as a person types it. */
const releaseCommand = ({ name, lab }: DeployedStack, thing: string): string =>
  `npx fleet release ${name} ${/^[\w./-]+$/.test(thing) ? thing : `'${thing}'`}${lab ? " --lab" : ""}`;

const unlockCommand = ({ name, lab }: DeployedStack): string => `npx fleet unlock ${name}${lab ? " --lab" : ""}`;

const SHOWN = 12;
const firstOf = (names: readonly string[]): string =>
  `${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ""}`;

/** "2 to create, 1 to update, 40 unchanged". */
export function showSummary({ summary }: Changes, verb: "to " | ""): string {
  const words = verb
    ? { create: "to create", update: "to update", replace: "to replace", delete: "to delete" }
    : { create: "created", update: "updated", replace: "replaced", delete: "deleted" };
  const parts = (Object.keys(words) as (keyof typeof words)[])
    .filter((key) => summary[key] > 0)
    .map((key) => `${summary[key]} ${words[key]}`);
  return [...parts, `${summary.same} unchanged`].join(", ");
}
