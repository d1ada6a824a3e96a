import { PLACE_WORDS, type Place } from "./place.ts";

/** So much of a zone, a host or the fleet goes away in one run that it has to be said once more. */
export interface Brake {
  /** How many things of the fleet are deleted or replaced, wherever they are. */
  lost: number;
  /** Where that is more than there may be. */
  places: { place: Place; lost: number; of: number }[];
}

/** Fewer are never too many: a small zone is changed as a whole now and then. */
export const LEAST_LOST = 10;
const SHARE = 0.3;

const THE_FLEET: Place = { kind: "fleet", name: "" };

/** @param things all that a plan speaks of, also what stays; what is new or adopted counts nowhere */
export function brakeOf(things: readonly { place: Place; op: string }[]): Brake | undefined {
  const there = things.filter(({ op }) => ["same", "update", "replace", "delete"].includes(op));
  const lostOf = (some: typeof there) => some.filter(({ op }) => op === "replace" || op === "delete").length;
  const byPlace = Map.groupBy(
    there.filter(({ place }) => place.kind !== "fleet"),
    ({ place }) => `${place.kind} ${place.name}`,
  );
  const places = [...[...byPlace.values()].map((some) => [some[0]!.place, some] as const), [THE_FLEET, there] as const]
    .map(([place, some]) => ({ place, lost: lostOf(some), of: some.length }))
    .filter(({ lost, of }) => lost >= LEAST_LOST && lost > SHARE * of);
  return places.length === 0 ? undefined : { lost: lostOf(there), places };
}

/** "12 things are deleted or replaced: 12 of 14 of zone example.com, 12 of 30 of the fleet". */
export const brakeWords = ({ lost, places }: Brake, write: (text: string) => string): string =>
  `${lost.toLocaleString("en")} things are deleted or replaced: ` +
  places
    .map(
      ({ place, lost: n, of }) => `${n.toLocaleString("en")} of ${of.toLocaleString("en")} of ${nameOf(place, write)}`,
    )
    .join(", ");

const nameOf = ({ kind, name }: Place, write: (text: string) => string): string =>
  kind === "fleet" ? "the fleet" : name === "" ? PLACE_WORDS[kind] : `${PLACE_WORDS[kind]} ${write(name)}`;

/** What has to be done for `up` to go on. */
export const brakeRemedy = ({ lost }: Brake): string =>
  `\`up\` asks for this number; where it asks nobody it takes \`--allow-deletes ${lost}\``;
