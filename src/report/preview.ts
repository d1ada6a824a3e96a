import { changesOf, errorsByUrn, failuresOf } from "../engine/changes.ts";
import { nameOf, typeOf, type EngineEvent, type StepMetadata } from "../engine/events.ts";
import { brakeOf, type Brake } from "./brake.ts";
import { reviewOf, type Review } from "./review.ts";
import { keptIn } from "../engine/protected.ts";
import { placeOf, type Place } from "./place.ts";
import { propertyChanges, type PreviewOp, type PropertyChange } from "./property-changes.ts";
import { resourceWord } from "./words.ts";
import type { FleetChanges } from "./fleet-changes.ts";
import type { FleetDescription } from "./fleet-description.ts";
import type { PolicyResult } from "./policies.ts";

/** One thing that a change brings, changes or takes away. */
export interface PreviewRow {
  urn: string;
  op: PreviewOp;
  place: Place;
  /** What it is, in words: "service", "record". */
  what: string;
  name: string;
  /** From what is there to what is declared. Secret values are "[secret]" on both sides. */
  changes: PropertyChange[];
  /** Properties that cannot be changed in place, for a replacement. */
  because: string[];
}

/** Something that could not be looked at: what changes there is a guess. */
export interface Unseen {
  name: string;
  reason: string;
}

/**
 * What a change of the files does to a fleet: what `fleet preview --format json` prints, and what the other formats are
 * made of.
 */
export interface Preview {
  version: 1;
  stack: string;
  /** Of things, not of the components that only group them. */
  summary: Record<Exclude<PreviewOp, "failed"> | "same", number>;
  /** What changes, by host, zone and name. */
  resources: PreviewRow[];
  /** So much goes away that it has to be said once more. */
  brake?: Brake;
  /** What `up --reviewed` and a deployment hold their own plan against; left out where something is wrong. */
  review?: Review;
  unseen: Unseen[];
  policies: PolicyResult[];
  /** What is wrong with the files, and what the engine could not do: with one of them the rest may not be all. */
  problems: string[];
  declared?: FleetDescription;
  /** Against the fleet of --base. */
  compared?: FleetChanges;
}

export type PreviewFacts = Pick<Preview, "policies" | "problems" | "declared" | "compared">;

const OPS: Record<string, PreviewOp | undefined> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
  import: "adopt",
  failed: "failed",
};
const OBSERVATIONS = new Set(["refresh", "read"]);

/** Puts together what the engine planned, in the order in which a reviewer reads it. */
export function previewOf(stack: string, events: readonly EngineEvent[], facts: PreviewFacts): Preview {
  const steps = stepsOf(events);
  const parents = new Map([...steps.values()].flat().map((step) => [step.urn, (step.new ?? step.old)?.parent ?? ""]));
  // What is protected is not deleted: it is a problem, and no change.
  const kept = keptIn(events);
  const things = changesOf(stack, events).resources.filter(
    ({ urn }) => !kept.has(urn) && steps.get(urn)?.some(isThing),
  );
  const placed = things.map(({ urn, op, paths }) => ({
    urn,
    op,
    paths,
    place: placeIn(urn, steps.get(urn)!, parents, facts.declared),
  }));
  const rows = placed.flatMap(({ urn, op, paths, place }) => {
    const shown = OPS[op];
    return shown ? [rowOf(urn, shown, paths, steps.get(urn)!, place)] : [];
  });
  const summary = { create: 0, update: 0, replace: 0, delete: 0, adopt: 0, same: things.length - rows.length };
  for (const { op } of rows) if (op !== "failed") summary[op] += 1;
  const { urns, others } = failuresOf(events);
  const messages = errorsByUrn(events);
  const problems = [...facts.problems, ...urns.map((urn) => `${nameOf(urn)}: ${messages.get(urn)}`), ...others];
  const [resources, brake] = [rows.sort(byPlace), brakeOf(placed)];
  return {
    version: 1,
    stack,
    summary,
    resources,
    ...(brake && { brake }),
    ...(problems.length === 0 && { review: reviewOf(resources) }),
    unseen: unseenIn(events),
    ...facts,
    problems,
  };
}

/** Everything but observations, by resource. */
function stepsOf(events: readonly EngineEvent[]): Map<string, StepMetadata[]> {
  const steps = new Map<string, StepMetadata[]>();
  for (const event of events) {
    const step = (event.resOutputsEvent ?? event.resourcePreEvent ?? event.resOpFailedEvent)?.metadata;
    if (!step || OBSERVATIONS.has(step.op)) continue;
    const known = steps.get(step.urn);
    if (known) known.push(step);
    else steps.set(step.urn, [step]);
  }
  return steps;
}

/**
 * Components are only a way to group things. The engine's own provider for each package is no part of a fleet, one that
 * the program makes for a region is.
 */
const isThing = ({ urn, new: next, old }: StepMetadata): boolean =>
  (next ?? old)?.custom === true &&
  (!typeOf(urn).startsWith("pulumi:") ||
    (typeOf(urn).startsWith("pulumi:providers:") && !nameOf(urn).startsWith("default")));

/** The steps of a replacement know one side each. */
const sidesIn = (steps: readonly StepMetadata[]) => ({
  old: steps.findLast((step) => step.old)?.old ?? undefined,
  next: steps.findLast((step) => step.new)?.new ?? undefined,
});

function placeIn(
  urn: string,
  steps: readonly StepMetadata[],
  parents: ReadonlyMap<string, string>,
  declared: FleetDescription | undefined,
): Place {
  const { old, next } = sidesIn(steps);
  return placeOf(urn, (next ?? old)?.inputs ?? {}, parents, declared?.zones ?? []);
}

function rowOf(
  urn: string,
  op: PreviewOp,
  paths: readonly string[],
  steps: readonly StepMetadata[],
  place: Place,
): PreviewRow {
  const { old, next } = sidesIn(steps);
  const type = typeOf(urn);
  const name = nameOf(urn);
  const own = place.kind === "host" && name.startsWith(`${place.name}/`) ? name.slice(place.name.length + 1) : name;
  const because =
    op !== "replace"
      ? []
      : [
          ...new Set(
            steps.flatMap((step) =>
              Object.entries(step.detailedDiff ?? {})
                .filter(([, { diffKind }]) => diffKind.endsWith("-replace"))
                .map(([path]) => path),
            ),
          ),
        ].sort();
  return {
    urn,
    op,
    place,
    what: resourceWord(type),
    name: own,
    changes: propertyChanges(type, op, paths, old, next),
    because,
  };
}

const ORDER: Record<Place["kind"], number> = { host: 0, zone: 1, edge: 2, fleet: 3 };
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byPlace = (a: PreviewRow, b: PreviewRow): number =>
  ORDER[a.place.kind] - ORDER[b.place.kind] ||
  compare(a.place.name, b.place.name) ||
  compare(a.name, b.name) ||
  compare(a.urn, b.urn);

/** An observation that found nothing because nobody answered says why. */
function unseenIn(events: readonly EngineEvent[]): Unseen[] {
  const unseen = events.flatMap((event): Unseen[] => {
    const step = event.resOutputsEvent?.metadata;
    const reason = step && OBSERVATIONS.has(step.op) ? step.new?.initErrors?.[0] : undefined;
    return reason === undefined ? [] : [{ name: nameOf(step!.urn), reason: reason.replace(/^unknown: /, "") }];
  });
  return unseen.sort((a, b) => compare(a.name, b.name));
}
