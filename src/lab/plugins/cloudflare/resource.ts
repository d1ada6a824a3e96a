import { PartialFailure, UNKNOWN, type Properties, type ResourceType } from "../../../plugin/types.ts";
import { importedInputs, observed, strangers, withoutNulls } from "../observed.ts";
import { bare, checkInputs, diffInputs, resourceFacts, type PropertyFacts } from "../schema.ts";
import { ApiError, type ApiClient } from "./client.ts";
import { fromApi, toApi } from "./convert.ts";
import { facts, tokenOf } from "./facts.ts";
import { fill, parseImportId, pathProperties, type Mapping } from "./mapping.ts";

/**
 * A Cloudflare resource type from its facts and its mapping. @param client gives the client as the provider is
 * configured now.
 */
export function cloudflareResource(name: string, mapping: Mapping, client: () => ApiClient): ResourceType {
  const token = tokenOf(name);
  const { inputs: known, outputs } = resourceFacts(facts, token);
  const naming = mapping.naming ?? "snake";
  const everything: PropertyFacts = {
    ...known,
    ...Object.fromEntries(outputs.map((output) => [output, { type: "any" }])),
  };
  const placeholders = pathProperties(mapping);
  const view = {
    facts,
    known,
    unreadable: mapping.unreadable ?? [],
    computed: mapping.computed ?? [],
    fixed: placeholders,
    whole: mapping.whole ?? [],
  };

  const send = async (
    template: string,
    at: Properties,
    body?: Record<string, unknown> | FormData,
  ): Promise<Record<string, unknown>> =>
    (await client().call({
      ...fill(template, at, mapping.query?.(at)),
      ...(body === undefined ? {} : { body }),
      headers: mapping.headers?.(at) ?? {},
    })) ?? {};

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
  const stateOf = (inputs: Properties, shown: Properties): Properties => ({
    ...withoutNulls(shown),
    ...inputs,
    ...observed(inputs, shown, view),
  });

  const afterChange = async (id: string, inputs: Properties): Promise<Properties> => {
    try {
      return stateOf(inputs, await load({ ...inputs, id }));
    } catch (error) {
      throw new PartialFailure(id, inputs, inputs, [
        `${token} ${id} was changed but could not be read back: ${(error as Error).message}`,
      ]);
    }
  };

  return {
    check: async ({ news }) => checkInputs(facts, token, news),
    diff: async ({ oldInputs, news }) => diffInputs(facts, token, oldInputs, news, mapping.computed),

    create: async ({ inputs, preview }) => {
      if (preview)
        return {
          id: "",
          state: {
            ...Object.fromEntries([...outputs, ...rootsOf(mapping.computed)].map((output) => [output, UNKNOWN])),
            ...inputs,
          },
        };
      const result = await send(mapping.create, inputs, bodyOf(inputs));
      const field = mapping.idField ?? "id";
      const id = String(bare(inputs[field]) ?? result[field]);
      return { id, state: await afterChange(id, inputs) };
    },

    read: async ({ id, inputs, state }) => {
      const imported = state === undefined ? parseImportId(mapping, token, id) : {};
      const at: Properties = {
        ...state,
        ...imported,
        id: imported.id ?? (state === undefined ? imported[mapping.idField ?? "id"] : id),
      };
      try {
        const shown = await load(at);
        const { id: found, ...fields } = at;
        const declared = state === undefined ? importedInputs({ ...fields, ...shown }, known) : (inputs ?? {});
        const seen: Properties = {
          ...declared,
          ...observed(declared, shown, view),
          ...(state === undefined ? {} : strangers(declared, shown, state, view)),
        };
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
      const dropped = Object.keys(olds).filter(
        (property) =>
          known[property] !== undefined &&
          news[property] === undefined &&
          !(mapping.computed ?? []).includes(property) &&
          !(mapping.unreadable ?? []).includes(property),
      );
      const reset: Properties = Object.fromEntries(
        dropped.map((property) => [property, known[property]?.default ?? null]),
      );
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
