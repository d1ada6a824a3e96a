import { isDeepStrictEqual } from "node:util";
import {
  Secret,
  UNKNOWN,
  type CheckFailure,
  type DiffResult,
  type Properties,
  type Value,
} from "../../plugin/types.ts";

/**
 * What a provider's schema says about one property. Source: the official provider's schema, kept in facts.json beside
 * each plugin.
 */
export interface PropertyFact {
  /** string, number, integer, boolean, any, asset, array<T>, map<T>, or a name in Facts.types. */
  type: string;
  required?: boolean;
  /** A change makes a new thing. */
  replace?: boolean;
  secret?: boolean;
  /** What it may be; for a list, what its elements may be. */
  values?: (string | number)[];
  /** What the provider takes when it is left out. */
  default?: Value;
}

export type PropertyFacts = Record<string, PropertyFact>;

export interface Facts {
  package: string;
  version: string;
  resources: Record<string, { inputs: PropertyFacts; outputs: string[] }>;
  types: Record<string, PropertyFacts>;
}

/** The properties of a resource type. @throws Error when the facts have none. */
export function resourceFacts(facts: Facts, token: string): Facts["resources"][string] {
  const found = facts.resources[token];
  if (found === undefined) throw new Error(`${facts.package}'s facts.json has no resource ${token}`);
  return found;
}

/**
 * Required, unknown, mistyped and disallowed properties. @returns the inputs with everything wrapped that the schema
 * calls secret.
 */
export function checkInputs(
  facts: Facts,
  token: string,
  news: Properties,
): { inputs: Properties; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string) => void failures.push({ property, reason });

  const visitObject = (given: Properties, known: PropertyFacts, owner: string, path: string): Properties => {
    for (const [name, fact] of Object.entries(known)) {
      if (fact.required && (given[name] === undefined || given[name] === null))
        fail(join(path, name), `${owner} needs the property "${name}": add it`);
    }
    const entries = Object.entries(given).map(([name, value]) => {
      const fact = Object.hasOwn(known, name) ? known[name] : undefined;
      if (fact === undefined)
        fail(
          join(path, name),
          `${owner} has no property "${name}": remove it or use one of ${Object.keys(known).join(", ")}`,
        );
      return [name, fact === undefined ? value : visit(value, fact, join(path, name))] as const;
    });
    return Object.fromEntries(entries);
  };

  const visit = (value: Value | undefined, fact: PropertyFact, path: string): Value | undefined => {
    if (value === undefined || value === null || value === UNKNOWN) return value;
    if (value instanceof Secret) return new Secret(visit(value.value as Value, { ...fact, secret: false }, path));
    const visited = visitBare(value, fact, path);
    return fact.secret ? new Secret(visited) : visited;
  };

  const visitBare = (value: Exclude<Value, null | Secret>, fact: PropertyFact, path: string): Value => {
    const { of, element } = parseType(fact.type);
    const inner = { ...fact, type: element, secret: false };
    if (of === "array") {
      if (!Array.isArray(value)) return wrong(value, "a list", path);
      return value.map((item, i) => visit(item, inner, `${path}[${i}]`) ?? null);
    }
    if (of === "map") {
      if (!isObject(value)) return wrong(value, "a map", path);
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, inner, join(path, key))]));
    }
    const known = facts.types[element];
    if (known !== undefined)
      return isObject(value) ? visitObject(value, known, element, path) : wrong(value, "an object", path);
    if (!fits(value, element)) return wrong(value, element, path);
    if (fact.values !== undefined && !fact.values.includes(value as string))
      fail(path, `${path} must be one of ${fact.values.join(", ")}`);
    return value;
  };

  const wrong = (value: Value, wanted: string, path: string): Value => {
    fail(path, `${path} must be ${wanted}, not ${Array.isArray(value) ? "a list" : typeof value}`);
    return value;
  };

  return { inputs: visitObject(news, resourceFacts(facts, token).inputs, token, ""), failures };
}

/**
 * What changes between two sets of inputs, by property path. A property that is left out is the same as one that is
 * empty or has the provider's default.
 * @param computed paths without indexes, such as rules.id, whose value is the provider's own when they are left out.
 */
export function diffInputs(
  facts: Facts,
  token: string,
  olds: Properties,
  news: Properties,
  computed: readonly string[] = [],
): DiffResult {
  const detailed: DiffResult["detailed"] = {};

  const compareObject = (
    before: Properties,
    after: Properties,
    factOf: (name: string) => PropertyFact | undefined,
    path: string,
    replaced: boolean,
  ): void => {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const fact = factOf(name) ?? { type: "any" };
      compare(before[name], after[name], fact, join(path, name), replaced || fact.replace === true);
    }
  };

  const compare = (
    before: Value | undefined,
    after: Value | undefined,
    fact: PropertyFact,
    path: string,
    replaced: boolean,
  ): void => {
    const old: Value | undefined = bare(before);
    const now: Value | undefined = bare(after);
    const { of, element } = parseType(fact.type);
    if (now === undefined && computed.includes(path.replace(/\[\d+\]/g, ""))) return;
    if (isDeepStrictEqual(old, now) || (isBlank(old, fact) && isBlank(now, fact))) return;
    if (of === "array" && Array.isArray(old) && Array.isArray(now)) {
      for (let i = 0; i < Math.max(old.length, now.length); i++)
        compare(old[i], now[i], { ...fact, type: element }, `${path}[${i}]`, replaced);
    } else if (isObject(old) && isObject(now)) {
      const known = facts.types[element] ?? {};
      compareObject(old, now, (name) => (of === "map" ? { ...fact, type: element } : known[name]), path, replaced);
    } else {
      const kind = isBlank(old, fact) && old === undefined ? "add" : now === undefined ? "delete" : "update";
      detailed[path] = { kind: replaced ? `${kind}-replace` : kind, input: true };
    }
  };

  const { inputs } = resourceFacts(facts, token);
  compareObject(olds, news, (name) => inputs[name], "", false);
  return { detailed };
}

/** Nothing to speak of: absent, empty, or what the provider takes anyway. */
export function isBlank(value: Value | undefined, fact: PropertyFact): boolean {
  if (value === undefined || value === null || value === "" || value === false)
    return fact.default === undefined || value !== false || fact.default === false;
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === fact.default;
}

/** The value without any secret's wrapper, at every depth. */
export function bare(value: Value | undefined): Value | undefined {
  if (value instanceof Secret) return bare(value.value as Value);
  if (Array.isArray(value)) return value.map((item) => bare(item) ?? null);
  if (!isObject(value)) return value === null ? undefined : value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (bare(item) === undefined ? [] : [[key, bare(item)]])),
  );
}

export function parseType(type: string): { of?: "array" | "map"; element: string } {
  const [, of, element] = /^(array|map)<(.*)>$/.exec(type) ?? [];
  return of === "array" || of === "map" ? { of, element: element ?? "any" } : { element: type };
}

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

function fits(value: Value, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  return ["string", "number", "boolean"].includes(type) ? typeof value === type : true;
}

const join = (path: string, name: string): string => {
  const plain = /^[A-Za-z_]\w*$/.test(name);
  return plain ? (path === "" ? name : `${path}.${name}`) : `${path}["${name}"]`;
};
