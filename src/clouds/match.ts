import { nameOf } from "../engine/events.ts";
import type { StateResource } from "../engine/state.ts";
import { keyOf, type Component, type Declared, type Found, type Kind, type Known } from "./kind.ts";

/** A declared thing, and what it is in the stack. */
export interface Match {
  kind: Kind;
  declared: Declared;
  /** "kind/name" */
  key: string;
  identity: string | undefined;
  /** What the stack holds of it. */
  resource?: StateResource;
}

/** A component of the program is below the fleet. */
const FLEET: Component = { type: "fleet:index:Fleet", name: "" };

/** The URN of a resource in a stack. */
export function urnOf(stack: string, kind: Kind, { name, model }: Declared): string {
  const types = [FLEET, ...kind.within(model)].map(({ type }) => type);
  return `urn:pulumi:${stack}::fleet::${[...types, kind.token].join("$")}::${name}`;
}

/**
 * Sets what is declared against what the stack holds: first by its name there, then by what it is, whatever it was
 * called by a version before, and last by its slot: what no file declares any more becomes what stands in its place.
 * Each resource is one thing only, and no order of lines matters.
 */
export function matchState(
  stack: string,
  kind: Kind,
  declared: readonly Declared[],
  state: readonly StateResource[],
  known: Known,
): Match[] {
  const free = new Map(state.filter(({ type }) => type === kind.token).map((r) => [r.urn, r]));
  const matches = declared.map((each): Match => ({
    kind,
    declared: each,
    key: keyOf(kind, each),
    identity: kind.identity(each.model, known),
  }));
  const claim = (match: Match, resource: StateResource | undefined): void => {
    if (!resource) return;
    match.resource = resource;
    free.delete(resource.urn);
  };
  const rest = () => matches.filter(({ resource }) => !resource);
  for (const match of rest()) claim(match, free.get(urnOf(stack, kind, match.declared)));
  for (const match of rest())
    claim(
      match,
      [...free.values()].find((r) => match.identity !== undefined && kind.held(r)?.identity === match.identity),
    );
  for (const preference of [0, 1, 2])
    for (const match of rest()) {
      const slot = match.declared.slots?.[preference];
      const inSlot = [...free.values()].filter((r) => slot !== undefined && kind.held(r)?.slot === slot);
      claim(match, closest(inSlot, match.identity));
    }
  return matches;
}

/** That of which most stays, such as the mail server whose priority was edited; of equal ones the first by name. */
function closest(candidates: readonly StateResource[], identity = ""): StateResource | undefined {
  const words = new Set(identity.split(" "));
  const common = ({ urn }: StateResource) =>
    nameOf(urn)
      .split(" ")
      .reduce((length, word) => length + (words.has(word) ? word.length : 0), 0);
  return candidates.toSorted((a, b) => common(b) - common(a) || (a.urn < b.urn ? -1 : 1))[0];
}

/** What exists at the vendor and no stack of this fleet's holds, by what it is. */
export function strangers(kind: Kind, found: readonly Found[], state: readonly StateResource[]): Map<string, Found[]> {
  const ours = new Set(state.filter(({ type }) => type === kind.token).map(({ id }) => id));
  return Map.groupBy(
    found.filter(({ id }) => !ours.has(id)),
    ({ identity }) => identity,
  );
}
