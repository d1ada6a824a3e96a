import type { Place } from "./place.ts";
import type { PreviewRow } from "./preview.ts";
import { countOf, hashOf, reviewOf, type Review } from "./review.ts";

/** What a plan of now has that was not reviewed, and the other way round. */
export interface SinceReview {
  /** "2 more updates on zurich". */
  words: string[];
  /** Changes that nobody has reviewed. */
  unreviewed: PreviewRow[];
  /** All that is going to be done was reviewed: some of it may be done already. */
  isCovered: boolean;
}

/** Compares what was reviewed with a plan of now; nothing when they are the same. */
export function sinceReview(before: Review, rows: readonly PreviewRow[]): SinceReview | undefined {
  const now = reviewOf(rows);
  if (before.digest === now.digest) return undefined;
  const reviewed = Object.values(before.places).flatMap((ops) => Object.values(ops));
  const known = new Set(reviewed.flatMap((each) => (typeof each === "number" ? [] : each)));
  const isCounted = reviewed.some((each) => typeof each === "number");
  const keys = new Set([...pairsOf(before), ...pairsOf(now)]);
  const words = [...keys].sort().flatMap((pair) => {
    const [place, op] = JSON.parse(pair) as [string, string];
    return pairWords(place, op, before.places[place]?.[op] ?? [], now.places[place]?.[op] ?? []);
  });
  const unreviewed = isCounted ? [] : rows.filter((row) => !known.has(hashOf(row)));
  return {
    words: words.length > 0 ? words : ["other changes, as many as there were"],
    unreviewed,
    isCovered: !isCounted && unreviewed.length === 0,
  };
}

const pairsOf = ({ places }: Review): string[] =>
  Object.entries(places).flatMap(([place, ops]) => Object.keys(ops).map((op) => JSON.stringify([place, op])));

function pairWords(place: string, op: string, before: string[] | number, now: string[] | number): string[] {
  const isListed = typeof before !== "number" && typeof now !== "number";
  const changed = isListed ? Math.min(without(now, before), without(before, now)) : 0;
  const more = countOf(now) - countOf(before);
  const noun = (n: number) => `${OPS[op] ?? op}${n === 1 ? "" : "s"} ${where(place)}`;
  return [
    ...(more === 0
      ? []
      : [`${Math.abs(more).toLocaleString("en")} ${more > 0 ? "more" : "fewer"} ${noun(Math.abs(more))}`]),
    ...(changed === 0
      ? []
      : [`${changed.toLocaleString("en")} ${noun(changed)} ${changed === 1 ? "is" : "are"} not what was reviewed`]),
  ];
}
const without = (some: readonly string[], others: readonly string[]): number =>
  some.filter((each) => !others.includes(each)).length;

const OPS: Record<string, string> = {
  create: "creation",
  update: "update",
  replace: "replacement",
  delete: "deletion",
  adopt: "adoption",
};

const where = (place: string): string => {
  const [kind, name = ""] = place.split(/ (.*)/) as [Place["kind"], string?];
  return { host: `on ${name}`, zone: `in zone ${name}`, edge: "at Cloudflare", fleet: "of the fleet itself" }[kind];
};
