import { nameOf } from "../engine/events.ts";
import type { Pending } from "../engine/unreached.ts";
import type { Fleet } from "../model/fleet.ts";
import { stagesOf } from "../model/rollout.ts";
import type { BroughtUp } from "./bring-up.ts";

/** Why an `up` did not reach a thing, in words that follow "not brought up: ". */
export function whyNot(
  fleet: Pick<Fleet, "hosts" | "rollout">,
  { errors, held, failures, untouched, failed }: Omit<BroughtUp, "run" | "changes">,
  pending: readonly Pending[],
): (thing: Pending) => string {
  const stages = stagesOf(fleet);
  const failedNames = pending.filter(({ urn }) => errors.has(urn)).map(({ urn }) => nameOf(urn));
  const stageOf = (machine: string | undefined) => stages.find(({ hosts }) => machine && hosts.includes(machine));
  return ({ urn, op, machine }) => {
    const error = errors.get(urn);
    if (error !== undefined) return inShort(error, nameOf(urn));
    if (machine !== undefined && machine in failures) return inShort(failures[machine]!, machine);
    const stage = stageOf(machine);
    if (stage && held.some((one) => one.name === stage.name)) return `${stage.name} waits for a go`;
    if (stage && untouched.includes(stage.name))
      return `${stage.name} was not begun, because ${failed?.name ?? "a stage before it"} is not in order`;
    if (op === "delete") return "it is to be removed, and that waits until everything else is in order";
    return failedNames.length > 0
      ? `it was not tried, because of what failed: ${named(failedNames)}`
      : "the `up` ended before it";
  };
}

const SHOWN = 3;
const named = (names: readonly string[]): string =>
  `${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ""}`;

const LONGEST = 300;

/** The first line of an error, and the next one where that only announces it; output and journals are left out. */
export function inShort(message: string, name: string): string {
  const [first = "", second = ""] = message
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const line = first.endsWith(":") ? `${first} ${second}`.trim() : first;
  const own = line.startsWith(`${name}: `) ? line.slice(name.length + 2) : line;
  return own.length > LONGEST ? `${own.slice(0, LONGEST - 1)}…` : own;
}
