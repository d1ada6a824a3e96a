import type { Fleet } from "../model/fleet.ts";
import { isActive } from "../model/status.ts";
import { hasGo, type Stage, stagesOf } from "../model/rollout.ts";

/** One run of the engine over a part of the fleet. */
export interface Round {
  /** "batch 2 of 4". */
  name: string;
  /** What the program declares: what is deployed already, and what is deployed now. */
  hosts: string[];
  /**
   * Of those, what is left as it is because its turn is later. A machine that was begun is finished first: it serves
   * nobody yet.
   */
  later: string[];
  /** Whether it holds hosts that no round before it has looked at. What an earlier one brought up a moment ago is known. */
  looks: boolean;
  /** Whether it changes hosts beyond the pilot, for which somebody's go is needed. */
  goesBeyond: boolean;
}

export interface Rounds {
  rounds: Round[];
  /** Stages that wait for a person's go. */
  held: Stage[];
}

/**
 * In which rounds a fleet is brought to what is declared. A stage in which nothing is to be done has none; when nothing
 * at all is to be done, one round looks at everything.
 * @param deployed hosts that the stack holds already
 * @param changed of those, the hosts that are not as declared
 * @param begun hosts that are still to join their mesh
 */
export function roundsOf(
  fleet: Pick<Fleet, "hosts" | "rollout">,
  deployed: ReadonlySet<string>,
  changed: ReadonlySet<string>,
  begun: ReadonlySet<string>,
): Rounds {
  const stages = stagesOf(fleet);
  const isGiven = hasGo(fleet);
  const isOpen = (stage: Stage) => isGiven || stage === stages[0];
  const toDo = (stage: Stage) => stage.hosts.some((host) => !deployed.has(host) || changed.has(host));
  const held = stages.filter((stage) => !isOpen(stage) && toDo(stage));
  const working = stages.filter((stage) => isOpen(stage) && toDo(stage));
  const active = fleet.hosts.filter(isActive).map((h) => h.name);
  const untilNow = (last: Stage) => new Set(stages.slice(0, stages.indexOf(last) + 1).flatMap((s) => s.hosts));
  const waiting = (after: Stage) =>
    [...working, ...held].filter((s) => stages.indexOf(s) > stages.indexOf(after)).flatMap((s) => s.hosts);
  const last = working.length > 0 ? working : [stages.filter(isOpen).at(-1)!];
  const left = (stage: Stage | undefined) =>
    stage ? waiting(stage).filter((host) => deployed.has(host) && !begun.has(host)) : [];
  const rounds = last.map((stage, i): Round => {
    const now = untilNow(stage);
    const hosts = active.filter((host) => deployed.has(host) || now.has(host));
    const later = left(stage);
    return {
      name: stage.name,
      hosts,
      later,
      looks: i === 0 || left(last[i - 1]).some((host) => !later.includes(host)),
      goesBeyond: stage !== stages[0] && toDo(stage),
    };
  });
  return { rounds, held };
}
