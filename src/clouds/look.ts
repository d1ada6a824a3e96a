import type { StateResource } from "../engine/state.ts";
import type { FailedOver } from "../model/failover.ts";
import type { Fleet } from "../model/fleet.ts";
import { addressesInState, addressOf, type Addresses } from "./addresses.ts";
import type { Declared, Found, Inputs, Kind, Known, Place } from "./kind.ts";
import { matchState, strangers, urnOf, type Match } from "./match.ts";
import { judge } from "./ownership.ts";
import { kinds, vendors } from "./vendors.ts";
import type { CloudView, Key } from "./view.ts";

export interface Asked {
  /** The stack's name. */
  stack: string;
  fleet: Fleet;
  state: readonly StateResource[];
  /** Where the providers are, and the tokens for them. */
  env: NodeJS.ProcessEnv;
  /** The text of a Worker's script; undefined where it cannot be read. */
  script(path: string): string | undefined;
}

export interface Seen {
  view: Pick<CloudView, "existing" | "adopt" | "urns" | "written" | "kept" | "left" | "failedOver">;
  /** The same as `view.written`, as the vendors write it now: for runs that look at them first. */
  writtenNow: Record<Key, Inputs>;
  /** New URNs of what the stack holds under others. */
  renamed: Map<string, string>;
  /** What exists and is not the fleet's. While there is any, nothing may be touched. */
  refused: string[];
}

/** Answers about one kind at one place. */
interface Answers {
  kind: Kind;
  place: Place;
  found: Found[];
}

/** Looks what of a fleet exists at its clouds, each asked once, and whose it is. @throws Error when one does not answer */
export async function lookAtKinds({ stack, fleet, state, env, ...asked }: Asked): Promise<Seen> {
  const held = addressesInState(state);
  const before: Known = { address: (host) => addressOf(fleet, held, host), script: (path) => asked.script(path) };
  const answers = (
    await Promise.all(
      vendors.flatMap((vendor) => {
        const at = vendor.places(fleet, state, env);
        return vendor.kinds.flatMap((kind) =>
          at.map((place) => ask(kind, place, deployed(kind, fleet), stack, state, before)),
        );
      }),
    )
  ).flat();
  const addresses: Addresses = { ...addressesAt(answers), ...held };
  const known: Known = { ...before, address: (host) => addressOf(fleet, addresses, host) };
  const failedOver = failedOverAt(answers, fleet, known);
  const now: Fleet = { ...fleet, failedOver };
  const seen: Seen = {
    view: { existing: {}, adopt: [], urns: {}, written: {}, kept: {}, left: [], failedOver },
    writtenNow: {},
    renamed: new Map(),
    refused: [],
  };
  await Promise.all(
    kinds.flatMap((kind) => {
      const there = answers.filter((each) => each.kind === kind);
      return matchState(stack, kind, deployed(kind, now), state, known).map((match) =>
        match.resource
          ? Promise.resolve(tellHeld(seen, match, there, stack))
          : tellNew(seen, match, there, { fleet: now, state, known }),
      );
    }),
  );
  return seen;
}

/** What a fleet declares of a kind and the program makes. */
export const deployed = (kind: Kind, fleet: Fleet): Declared[] =>
  kind.resource ? kind.declared(fleet).filter(({ active }) => active) : [];

/**
 * A list is asked for when something declared in it is not in the stack, or when its things are written in more than
 * one way.
 */
async function ask(
  kind: Kind,
  place: Place,
  all: readonly Declared[],
  stack: string,
  state: readonly StateResource[],
  known: Known,
): Promise<Answers[]> {
  const here = all.filter(({ model }) => place.has(model));
  const isWanted = kind.canonical
    ? here.length > 0
    : matchState(stack, kind, here, state, known).some(({ resource }) => !resource);
  if (!isWanted || place.missing) return [];
  const questions = kind.ask(
    place.client,
    here.map(({ model }) => model),
  );
  try {
    return [{ kind, place, found: (await Promise.all(questions.map((question) => question.list()))).flat() }];
  } catch (error) {
    if (place.mayFail?.(error)) return [];
    throw error;
  }
}

const addressesAt = (answers: readonly Answers[]): Addresses =>
  Object.fromEntries(
    answers.flatMap(({ kind, found }) =>
      found.flatMap(({ shown }) => {
        const known = kind.address?.shown(shown);
        return known ? [known] : [];
      }),
    ),
  );

const failedOverAt = (answers: readonly Answers[], fleet: Fleet, known: Known): FailedOver =>
  Object.fromEntries(
    answers.flatMap(({ kind, found }) =>
      found.flatMap(({ shown }) => {
        const moved = kind.failedOver?.(shown, fleet, known);
        return moved ? [moved] : [];
      }),
    ),
  );

/** Of what the stack holds: its id, what it is called there, and how it is written, there and at the vendor. */
function tellHeld(seen: Seen, match: Match, answers: readonly Answers[], stack: string): void {
  const { kind, key, declared, resource } = match;
  const { urn, id, inputs = {} } = resource!;
  const expected = urnOf(stack, kind, declared);
  if (id !== undefined) seen.view.existing[key] = id;
  if (urn !== expected) {
    seen.view.urns![key] = urn;
    seen.renamed.set(urn, expected);
  }
  const shown = answers.flatMap(({ found }) => found).find((each) => each.id === id)?.shown;
  seen.view.written![key] = spelling(kind, inputs);
  seen.writtenNow[key] = spelling(kind, shown === undefined ? inputs : (kind.inputs?.(shown) ?? inputs));
  seen.view.kept![key] = pick(inputs, kind.kept);
}

/** Of what the stack does not hold: whether it exists, and whose it is. */
async function tellNew(
  seen: Seen,
  match: Match,
  answers: readonly Answers[],
  { fleet, state, known }: { fleet: Fleet; state: readonly StateResource[]; known: Known },
): Promise<void> {
  const { kind, key, declared, identity } = match;
  const at = answers.find(({ place }) => place.has(declared.model));
  const candidates = (at && identity !== undefined && strangers(kind, at.found, state).get(identity)) || [];
  if (!at || candidates.length === 0) return;
  const examined = await Promise.all(candidates.map((found) => examine(kind, at.place, found)));
  const verdict = judge(match, examined, fleet, at.place.name, known);
  if (verdict === "make") return;
  if ("refuse" in verdict) {
    seen.refused.push(verdict.refuse);
    return;
  }
  const { id, importId = id, shown } = verdict.take;
  if (kind.unimportable) {
    (seen.view.left as Key[]).push(key);
    return;
  }
  seen.view.existing[key] = importId;
  (seen.view.adopt as Key[]).push(key);
  const inputs = kind.inputs?.(shown) ?? {};
  seen.view.written![key] = seen.writtenNow[key] = spelling(kind, inputs);
  seen.view.kept![key] = pick(inputs, kind.kept);
}

const examine = async (kind: Kind, { client }: Place, found: Found): Promise<Found> =>
  kind.examine ? { ...found, shown: await kind.examine(client, found.shown) } : found;

/** Properties that may be written in several ways, as they are. */
const spelling = ({ canonical = {} }: Kind, inputs: Inputs): Inputs => pick(inputs, Object.keys(canonical));

const pick = (inputs: Inputs, names: readonly string[] = []): Inputs =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => names.includes(name)));
