import { isDeepStrictEqual } from "node:util";
import { PartialFailure, Secret, UNKNOWN, type Properties, type ResourceType, type Value } from "../../../plugin/types.ts";
import { bare, checkInputs, diffInputs, isBlank, isObject, parseType, resourceFacts, type PropertyFact, type PropertyFacts } from "../schema.ts";
import { ApiError, type ApiClient } from "./client.ts";
import { fromApi, toApi } from "./convert.ts";
import { facts, tokenOf } from "./facts.ts";
import { fill, parseImportId, pathProperties, type Mapping } from "./mapping.ts";

/** A Cloudflare resource type from its facts and its mapping. @param client gives the client as the provider is configured now. */
export function cloudflareResource(name: string, mapping: Mapping, client: () => ApiClient): ResourceType {
  const token = tokenOf(name);
  const { inputs: known, outputs } = resourceFacts(facts, token);
  const naming = mapping.naming ?? "snake";
  const everything: PropertyFacts = { ...known, ...Object.fromEntries(outputs.map((output) => [output, { type: "any" }])) };
  const placeholders = pathProperties(mapping);

  const send = async (template: string, at: Properties, body?: Record<string, unknown> | FormData): Promise<Record<string, unknown>> =>
    (await client().call({ ...fill(template, at, mapping.query?.(at)), ...(body === undefined ? {} : { body }), headers: mapping.headers?.(at) ?? {} })) ?? {};

  const bodyOf = (inputs: Properties): Record<string, unknown> | FormData => {
    const sent = Object.fromEntries(Object.entries(inputs).filter(([property]) => !placeholders.includes(property)));
    const body = toApi(sent, known, naming);
    return mapping.body?.(body) ?? body;
  };

  const load = async (at: Properties): Promise<Properties> => {
    if (mapping.load !== undefined) return mapping.load(client(), at);
    const result = await send(mapping.read, at);
    return fromApi(mapping.shape?.(result) ?? result, everything, naming);
  };

  /** The inputs, and what the API shows beside them. */
  const stateOf = (inputs: Properties, shown: Properties): Properties => ({ ...withoutNulls(shown), ...inputs, ...observed(inputs, shown, known, mapping) });

  const afterChange = async (id: string, inputs: Properties): Promise<Properties> => {
    try {
      return stateOf(inputs, await load({ ...inputs, id }));
    } catch (error) {
      throw new PartialFailure(id, inputs, inputs, [`${token} ${id} was changed but could not be read back: ${(error as Error).message}`]);
    }
  };

  return {
    check: async ({ news }) => checkInputs(facts, token, news),
    diff: async ({ oldInputs, news }) => diffInputs(facts, token, oldInputs, news, mapping.computed),

    create: async ({ inputs, preview }) => {
      if (preview) return { id: "", state: { ...Object.fromEntries([...outputs, ...rootsOf(mapping.computed)].map((output) => [output, UNKNOWN])), ...inputs } };
      const result = await send(mapping.create, inputs, bodyOf(inputs));
      const field = mapping.idField ?? "id";
      const id = String(bare(inputs[field]) ?? result[field]);
      return { id, state: await afterChange(id, inputs) };
    },

    read: async ({ id, inputs, state }) => {
      const imported = state === undefined ? parseImportId(mapping, token, id) : {};
      const at: Properties = { ...state, ...imported, id: imported.id ?? (state === undefined ? imported[mapping.idField ?? "id"] : id) };
      try {
        const shown = await load(at);
        const { id: found, ...fields } = at;
        const declared = state === undefined ? importedInputs({ ...fields, ...shown }, known) : (inputs ?? {});
        const seen: Properties = { ...declared, ...observed(declared, shown, known, mapping), ...(state === undefined ? {} : strangers(declared, shown, state, known, mapping)) };
        return { id: String(found), inputs: withoutNulls(seen), state: withoutNulls({ ...fields, ...shown, ...seen }) };
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }
    },

    update: async ({ id, news, olds, preview }) => {
      if (preview) return { state: { ...olds, ...news } };
      if (mapping.update === undefined) throw new Error(`${token} cannot be changed in place`);
      // What is no longer declared goes back to what it is without.
      const dropped = Object.keys(olds).filter((property) => known[property] !== undefined && news[property] === undefined && !(mapping.computed ?? []).includes(property) && !(mapping.unreadable ?? []).includes(property));
      const reset: Properties = Object.fromEntries(dropped.map((property) => [property, known[property]?.default ?? null]));
      await send(mapping.update, { ...news, id }, bodyOf({ ...reset, ...news }));
      return { state: await afterChange(id, news) };
    },

    delete: async ({ id, state }) => {
      if (mapping.delete === undefined) return;
      try {
        await send(mapping.delete, { ...state, id }, mapping.deleteBody);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    },
  };
}

const rootsOf = (paths: readonly string[] = []): string[] => paths.filter((path) => !path.includes("."));

const withoutNulls = (properties: Properties): Properties => Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null && value !== undefined));

/** The declared inputs as the API shows them. */
function observed(declared: Properties, shown: Properties, known: PropertyFacts, mapping: Mapping): Properties {
  const readable = Object.entries(declared).filter(([name, value]) => value !== undefined && known[name] !== undefined && !(mapping.unreadable ?? []).includes(name));
  return Object.fromEntries(readable.map(([name, value]) => [name, project(value, shown[name] ?? (pathProperties(mapping).includes(name) ? value : null), known[name] ?? { type: "any" })]));
}

/** Inputs that nobody declared and that are not what they were: someone else has set them. */
function strangers(declared: Properties, shown: Properties, state: Properties, known: PropertyFacts, mapping: Mapping): Properties {
  const found = Object.entries(known).filter(([name, fact]) =>
    declared[name] === undefined && !(mapping.computed ?? []).includes(name) && !isBlank(shown[name], fact) && !isDeepStrictEqual(bare(shown[name]), bare(state[name])));
  return Object.fromEntries(found.map(([name]) => [name, shown[name]]));
}

/** What a program would declare for a thing that exists. */
function importedInputs(shown: Properties, known: PropertyFacts): Properties {
  const worth = Object.entries(known).filter(([name, fact]) => !isBlank(shown[name], fact));
  return Object.fromEntries(worth.map(([name, fact]) => [name, fact.secret ? new Secret(shown[name]) : shown[name]]));
}

/** What is shown, in the form in which it was declared: only declared fields, lists of the same elements in the declared order. */
function project(declared: Value | undefined, shown: Value | undefined, fact: PropertyFact): Value {
  if (declared instanceof Secret) return new Secret(project(declared.value as Value, shown, fact));
  if (declared === undefined) return shown ?? null;
  // The API never gives a secret back.
  if (shown === undefined || shown === null) return fact.secret ? declared : null;
  const { of, element } = parseType(fact.type);
  const inner = { ...fact, type: element };
  if (Array.isArray(declared) && Array.isArray(shown)) {
    const plain = (list: Value[]): string[] => list.map((item) => JSON.stringify(item)).sort();
    if (isDeepStrictEqual(plain(declared), plain(shown))) return declared;
    return shown.map((item, i) => project(declared[i], item, inner));
  }
  if (!isObject(declared) || !isObject(shown)) return shown;
  if (of === "map") return Object.fromEntries(Object.entries(shown).map(([key, item]) => [key, project(declared[key], item, inner)]));
  const known = facts.types[element] ?? {};
  return Object.fromEntries(Object.entries(declared).map(([key, value]) => [key, project(value, shown[key], known[key] ?? { type: "any" })]));
}
