import { isDeepStrictEqual } from "node:util";
import {
  PartialFailure,
  UNKNOWN,
  type DiffResult,
  type Properties,
  type ResourceType,
  type Value,
} from "../../../plugin/types.ts";
import { importedInputs, observed, strangers, withoutNulls } from "../observed.ts";
import { bare, checkInputs, diffInputs, resourceFacts } from "../schema.ts";
import type { Client } from "./client.ts";
import { facts, tokenOf } from "./facts.ts";

/** Inputs and states without the wrappers of secrets. */
export type Plain = Record<string, unknown>;

/** How one resource type is kept at DigitalOcean. */
export interface Kind {
  /** In the package's index module, such as sshKey. */
  name: string;
  /** Paths of inputs whose value is DigitalOcean's own when they are left out. */
  computed?: readonly string[];
  /** Inputs that are not compared with what is there. */
  unreadable?: readonly string[];
  /** @param made told of its id as soon as it exists, so that it is remembered if the rest fails @returns its id */
  create(client: Client, inputs: Plain, made: (id: string) => void): Promise<string>;
  /**
   * @param declared its inputs; nothing for an import
   * @returns all its properties; nothing when it is gone
   */
  read(client: Client, id: string, declared: Plain | undefined): Promise<Properties | undefined>;
  /** Left out: nothing can change in place. */
  update?(client: Client, id: string, olds: Plain, news: Plain): Promise<void>;
  /** Does nothing when it is gone. */
  delete(client: Client, id: string, state: Plain): Promise<void>;
  /** Inputs whose lists of objects are compared whole and without order: a field that nobody declared is a difference. */
  whole?: readonly string[];
  /** Inputs in the one way of writing that the API has for them. */
  inputs?(news: Properties): Properties;
  /** Changes of inputs that replace it though the schema does not say so. */
  replacedBy?(olds: Plain, news: Plain): string[];
  /** The state's id for what an import names, where they differ. */
  importedId?(id: string): string;
}

/** @param client gives the client as the provider is configured now */
export function digitalOceanResource(kind: Kind, client: () => Client): ResourceType {
  const token = tokenOf(kind.name);
  const { inputs: known, outputs } = resourceFacts(facts, token);
  const computed = kind.computed ?? [];
  const view = { facts, known, computed, unreadable: kind.unreadable ?? [], fixed: [] };
  const plain = (properties: Properties): Plain => bare(properties) as Plain;

  /** The declared inputs as the API shows them. */
  const seen = (declared: Properties, shown: Properties): Properties => {
    const whole = (kind.whole ?? []).filter((name) => declared[name] !== undefined);
    const lists = whole.map((name) => [name, sameSet(declared[name], shown[name]) ? declared[name] : shown[name]]);
    return { ...observed(declared, shown, view), ...(Object.fromEntries(lists) as Properties) };
  };

  /** Whatever fails after something was made or changed, the state remembers it. */
  const afterChange = async (id: string, inputs: Properties): Promise<Properties> => {
    const shown = await kind.read(client(), id, plain(inputs)).catch((error: Error) => {
      throw new PartialFailure(id, inputs, inputs, [`${token} ${id} could not be read back: ${error.message}`]);
    });
    if (shown === undefined)
      throw new PartialFailure(id, inputs, inputs, [`DigitalOcean does not know ${token} ${id}`]);
    return { ...withoutNulls(shown), ...inputs, ...withoutNulls(seen(inputs, shown)) };
  };

  return {
    check: async ({ news }) => checkInputs(facts, token, kind.inputs?.(news) ?? news),

    diff: async ({ oldInputs, news }): Promise<DiffResult> => {
      // Every list is a set.
      const same = Object.keys(news).filter(
        (name) => Array.isArray(bare(news[name])) && sameSet(oldInputs[name], news[name]),
      );
      const after: Properties = { ...news, ...Object.fromEntries(same.map((name) => [name, oldInputs[name]])) };
      const { detailed } = diffInputs(facts, token, oldInputs, after, computed);
      for (const path of kind.replacedBy?.(plain(oldInputs), plain(news)) ?? [])
        if (detailed[path] !== undefined) detailed[path] = { kind: "update-replace", input: true };
      return { detailed };
    },

    create: async ({ inputs, preview }) => {
      const unknown: Properties = Object.fromEntries([...outputs, ...computed].map((name) => [name, UNKNOWN]));
      if (preview) return { id: "", state: { ...unknown, ...inputs } };
      let made: string | undefined;
      const id = await kind
        .create(client(), plain(inputs), (id) => (made = id))
        .catch((error: Error) => {
          throw made === undefined ? error : new PartialFailure(made, inputs, inputs, [error.message]);
        });
      return { id, state: await afterChange(id, inputs) };
    },

    read: async ({ id, inputs, state }) => {
      const imported = state === undefined;
      const shown = await kind.read(client(), id, imported ? undefined : plain(inputs ?? {}));
      if (shown === undefined) return undefined;
      if (imported) {
        const found = kind.importedId?.(id) ?? id;
        return { id: found, inputs: withoutNulls(importedInputs(shown, known)), state: withoutNulls(shown) };
      }
      const declared = inputs ?? {};
      const now = withoutNulls({
        ...declared,
        ...seen(declared, shown),
        ...strangers(declared, shown, state, view),
      });
      return { id, inputs: now, state: { ...withoutNulls(shown), ...now } };
    },

    update: async ({ id, olds, news, preview }) => {
      if (preview) return { state: { ...olds, ...news } };
      if (kind.update === undefined) throw new Error(`${token} cannot be changed in place`);
      try {
        await kind.update(client(), id, plain(olds), plain(news));
      } catch (error) {
        // Some of it may have been done: what is there now is what the state is to hold.
        const shown = await kind.read(client(), id, plain(news)).catch(() => undefined);
        const state = shown === undefined ? olds : { ...olds, ...withoutNulls(shown) };
        throw new PartialFailure(id, state, olds, [(error as Error).message]);
      }
      return { state: await afterChange(id, news) };
    },

    delete: async ({ id, state }) => kind.delete(client(), id, plain(state)),
  };
}

const sameSet = (a: Value | undefined, b: Value | undefined): boolean =>
  isDeepStrictEqual(canonical(bare(a)), canonical(bare(b)));

/** The same for every order of lists and keys. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(canonical(item))).sort();
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, canonical(item)]));
}
