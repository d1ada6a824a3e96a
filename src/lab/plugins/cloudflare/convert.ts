import { Secret, type Properties, type Value } from "../../../plugin/types.ts";
import { isObject, parseType, type PropertyFact, type PropertyFacts } from "../schema.ts";
import { facts } from "./facts.ts";

/** R2 names its fields as the provider does; the rest of the API uses snake case. */
export type Naming = "snake" | "camel";

/** Where the provider's name is no plain rewriting of the API's: lists are named in the plural. */
const IRREGULAR: Record<string, string> = {
  includes: "include",
  excludes: "exclude",
  lists: "list",
  checkPresences: "check_presence",
  minTls: "minTLS",
  ingresses: "ingress",
  noTlsVerify: "noTLSVerify",
  matchSniToHost: "matchSNItoHost",
};

const apiName = (name: string, naming: Naming): string =>
  IRREGULAR[name] ?? (naming === "camel" ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

/** Properties as the API takes them: its names, and no secret wrappers. What is left out stays out. */
export function toApi(properties: Properties, known: PropertyFacts, naming: Naming): Record<string, unknown> {
  const entries = Object.entries(properties).flatMap(([name, value]) => {
    const fact = known[name];
    return fact === undefined || value === undefined
      ? []
      : [[apiName(name, naming), valueToApi(value, fact, naming)] as const];
  });
  return Object.fromEntries(entries);
}

function valueToApi(value: Value, fact: PropertyFact, naming: Naming): unknown {
  if (value instanceof Secret) return valueToApi(value.value as Value, fact, naming);
  const { of, element } = parseType(fact.type);
  const inner = { ...fact, type: element };
  if (Array.isArray(value)) return value.map((item) => valueToApi(item, inner, naming));
  if (!isObject(value)) return value;
  if (of === "map")
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) =>
        item === undefined ? [] : [[key, valueToApi(item, inner, naming)]],
      ),
    );
  const known = facts.types[element];
  return known === undefined ? value : toApi(value, known, naming);
}

/**
 * The known properties of an API object; null for those that the API shows as empty, nothing for those that it does not
 * show.
 */
export function fromApi(api: Record<string, unknown>, known: PropertyFacts, naming: Naming): Properties {
  const entries = Object.entries(known).flatMap(([name, fact]) => {
    const value = api[apiName(name, naming)];
    return value === undefined ? [] : [[name, valueFromApi(value, fact, naming)] as const];
  });
  return Object.fromEntries(entries);
}

function valueFromApi(value: unknown, fact: PropertyFact, naming: Naming): Value {
  const { of, element } = parseType(fact.type);
  const inner = { ...fact, type: element };
  if (Array.isArray(value)) return value.map((item) => valueFromApi(item, inner, naming));
  if (typeof value !== "object" || value === null) return value as Value;
  if (of === "map")
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, valueFromApi(item, inner, naming)]));
  const known = facts.types[element];
  return known === undefined ? (camelKeys(value) as Value) : fromApi(value as Record<string, unknown>, known, naming);
}

/** Outputs have no facts of their own. */
function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      camelKeys(item),
    ]),
  );
}
