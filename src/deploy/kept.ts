import { failuresOf } from "../engine/changes.ts";
import { nameOf, type EngineEvent } from "../engine/events.ts";
import { keptIn } from "../engine/protected.ts";
import { readState } from "../engine/read-state.ts";
import type { EngineRun } from "../engine/run.ts";
import type { StateResource } from "../engine/state.ts";
import type { BroughtUp } from "./bring-up.ts";
import type { DeployedStack } from "./deployed-stack.ts";
import { releasables } from "./release.ts";

/** What is protected and no longer declared: it is kept until a person has decided (`fleet release`). */

/** URNs of all that `fleet release` would let go of with it. @param state where it is known already */
export async function keptWithItsOwn(
  { target }: DeployedStack,
  events: readonly EngineEvent[],
  state: readonly StateResource[],
): Promise<string[]> {
  const kept = keptIn(events);
  if (kept.size === 0) return [];
  const known = state.length > 0 ? state : await readState(target);
  // Of a host its server is protected: the host is meant.
  const named = [...kept].flatMap((urn) => releasables(nameOf(urn), known).filter(({ urns }) => urns.has(urn)));
  return [...new Set(named.flatMap(({ urns }) => [...urns]))];
}

/** Whether nothing else is wrong with a plan. */
export function failedByKeepingAlone({ exitCode, events }: EngineRun): boolean {
  const [kept, { urns, others }] = [keptIn(events), failuresOf(events)];
  return exitCode !== 0 && kept.size > 0 && others.length === 0 && urns.every((urn) => kept.has(urn));
}

/** What the engine said of it. */
export const wordsOfKept = (events: readonly EngineEvent[]): EngineEvent[] =>
  events.filter(({ diagnosticEvent: told }) => told?.isKept);

/** An `up` that left it as it is has not reached all. */
export function withKept(done: BroughtUp, planned: readonly EngineEvent[]): BroughtUp {
  const words = wordsOfKept(planned);
  if (words.length === 0) return done;
  const errors = words.map(({ diagnosticEvent: told }) => [told!.urn!, told!.message] as const);
  return {
    ...done,
    run: { ...done.run, exitCode: done.run.exitCode || 1, events: [...done.run.events, ...words] },
    errors: new Map([...errors, ...done.errors]),
  };
}

/** "alaivos-models: it is protected, …", for each. */
export const keptWords = ({ events }: EngineRun): string[] =>
  wordsOfKept(events).map(({ diagnosticEvent: told }) => `${nameOf(told!.urn!)}: ${told!.message}`);
