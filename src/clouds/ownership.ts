import type { Fleet } from "../model/fleet.ts";
import type { Found, Kind, Known } from "./kind.ts";
import type { Match } from "./match.ts";

/** What is to become of a declared thing that exists and that the stack does not hold. */
export type Verdict = { take: Found } | { refuse: string } | "make";

/**
 * The rule for all vendors. What exists is taken over when it is the fleet's: by its label; by the file's own word,
 * `adopt: true`; or, where the vendor has only names, because it is already just as declared. Anything else of the
 * same name stops the run.
 */
export function judge(
  { kind, declared: { model, file }, key }: Match,
  candidates: readonly Found[],
  fleet: Pick<Fleet, "name">,
  place: string,
  known: Known,
): Verdict {
  const word = kind.adopts?.(model) ?? false;
  const meant = typeof word === "object" ? candidates.filter(({ id }) => id === word.id) : candidates;
  const counting = meant.filter(({ shown }) => word || !isOfAnother(kind, shown, fleet));
  if (counting.length === 0) return "make";
  const what = `${kind.title} ${key.slice(kind.is.length + 1)}`;
  const owned = word ? counting : counting.filter((found) => whyForeign(kind, found, model, fleet, known) === "");
  if (owned.length === 0)
    return {
      refuse:
        `${what} exists at ${place} and is not ours (${counting[0]!.importId ?? counting[0]!.id})` +
        `${whyForeign(kind, counting[0]!, model, fleet, known)}. ${remedyOf(kind, file)}`,
    };
  if (kind.labels && owned.length > 1)
    return {
      refuse: `${what}: ${place} has ${owned.length} of that name, ${owned.map(({ id }) => id).join(" and ")}: delete one, or give the id in ${file}`,
    };
  const [taken] = owned;
  const lost = kind.loses?.(taken!.shown, model) ?? [];
  return lost.length > 0 ? { refuse: `${lost.join("; ")}, in ${file}` } : { take: taken! };
}

/** Why a thing is not the fleet's without the file's word; nothing when it is. */
function whyForeign(kind: Kind, { shown }: Found, model: unknown, fleet: Pick<Fleet, "name">, known: Known): string {
  if (kind.labels) {
    const { fleet: label } = kind.labels(shown);
    return label === fleet.name ? "" : `: ${label ? `its label says fleet ${label}` : "no label says so"}`;
  }
  const differences = kind.differs?.(shown, model, known) ?? [];
  return differences.length === 0 ? "" : `: ${differences.join(", ")}`;
}

/** Whether one that is called like a declared one is told not to be it: by its label alone, where there are any. */
export const isForeign = (kind: Kind, shown: unknown, model: unknown, fleet: Pick<Fleet, "name">): boolean =>
  kind.labels !== undefined && !kind.adopts?.(model) && kind.labels(shown).fleet !== fleet.name;

/** Where names are shared, another fleet may have called its own thing the same. */
function isOfAnother(kind: Kind, shown: unknown, fleet: Pick<Fleet, "name">): boolean {
  const label = kind.labels?.(shown).fleet;
  return kind.sharesNames === true && label !== undefined && label !== fleet.name;
}

const remedyOf = (kind: Kind, file: string): string =>
  kind.adopts
    ? `Write adopt: true in ${file} to take it over${kind.labels ? "" : " and change it to what the file says"}, or give one of the two another name`
    : `Give one of the two another name in ${file}, or remove it there`;
