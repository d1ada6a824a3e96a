import { isDeepStrictEqual } from "node:util";
import { Secret, type Properties, type Value } from "../../plugin/types.ts";
import { bare, isBlank, isObject, parseType, type Facts, type PropertyFact, type PropertyFacts } from "./schema.ts";

/** What is known of a resource type when what an API shows of it is compared with what was declared. */
export interface View {
  facts: Facts;
  /** Its inputs. */
  known: PropertyFacts;
  /** Inputs that the API never shows. */
  unreadable: readonly string[];
  /** Inputs whose value is the provider's own when they are left out. */
  computed: readonly string[];
  /** Inputs that say where it is: they cannot change, and the API need not show them. */
  fixed: readonly string[];
  /** Inputs of which all counts that is shown, also what was not declared. */
  whole?: readonly string[];
}

/** The declared inputs as the API shows them; null for what it does not show. */
export function observed(
  declared: Properties,
  shown: Properties,
  { facts, known, unreadable, fixed, whole = [] }: View,
): Properties {
  const readable = Object.entries(declared).filter(
    ([name, value]) => value !== undefined && known[name] !== undefined && !unreadable.includes(name),
  );
  return Object.fromEntries(
    readable.map(([name, value]) => [
      name,
      whole.includes(name)
        ? (withoutBlanks(shown[name]) ?? null)
        : project(facts, value, shown[name] ?? (fixed.includes(name) ? value : null), known[name] ?? { type: "any" }),
    ]),
  );
}

/** Inputs that nobody declared and that are not what they were: someone else has set them. */
export function strangers(
  declared: Properties,
  shown: Properties,
  state: Properties,
  { known, computed }: View,
): Properties {
  const found = Object.entries(known).filter(
    ([name, fact]) =>
      declared[name] === undefined &&
      !computed.includes(name) &&
      !isBlank(shown[name], fact) &&
      !isDeepStrictEqual(bare(shown[name]), bare(state[name])),
  );
  return Object.fromEntries(found.map(([name]) => [name, shown[name]]));
}

/** What a program would declare for a thing that exists. */
export function importedInputs(shown: Properties, known: PropertyFacts): Properties {
  const worth = Object.entries(known).filter(([name, fact]) => !isBlank(shown[name], fact));
  return Object.fromEntries(worth.map(([name, fact]) => [name, fact.secret ? new Secret(shown[name]) : shown[name]]));
}

export const withoutNulls = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null && value !== undefined));

/** A document without what says nothing. */
function withoutBlanks(value: Value | undefined): Value | undefined {
  if (Array.isArray(value)) return value.map((item) => withoutBlanks(item) ?? null);
  if (!isObject(value)) return value;
  const told = Object.entries(value)
    .map(([name, inner]) => [name, withoutBlanks(inner)] as const)
    .filter(([, inner]) => !isBlank(inner, { type: "any" }));
  return Object.fromEntries(told);
}

/**
 * What is shown, in the form in which it was declared: only declared fields, lists of the same elements in the declared
 * order.
 */
function project(facts: Facts, declared: Value | undefined, shown: Value | undefined, fact: PropertyFact): Value {
  if (declared instanceof Secret) return new Secret(project(facts, declared.value as Value, shown, fact));
  if (declared === undefined) return shown ?? null;
  // The API never gives a secret back.
  if (shown === undefined || shown === null) return fact.secret ? declared : null;
  const { of, element } = parseType(fact.type);
  const inner = { ...fact, type: element };
  if (Array.isArray(declared) && Array.isArray(shown)) {
    const plain = (list: Value[]): string[] => list.map((item) => JSON.stringify(item)).sort();
    if (isDeepStrictEqual(plain(declared), plain(shown))) return declared;
    return shown.map((item, i) => project(facts, declared[i], item, inner));
  }
  if (!isObject(declared) || !isObject(shown)) return shown;
  if (of === "map")
    return Object.fromEntries(
      Object.entries(shown).map(([key, item]) => [key, project(facts, declared[key], item, inner)]),
    );
  const known = facts.types[element] ?? {};
  return Object.fromEntries(
    Object.entries(declared).map(([key, value]) => [
      key,
      project(facts, value, shown[key], known[key] ?? { type: "any" }),
    ]),
  );
}
