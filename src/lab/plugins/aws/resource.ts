import { PartialFailure, UNKNOWN, type DiffResult, type Properties, type ResourceType } from "../../../plugin/types.ts";
import { importedInputs, observed, strangers, withoutNulls } from "../observed.ts";
import { bare, checkInputs, diffInputs, resourceFacts } from "../schema.ts";
import { facts } from "./facts.ts";
import type { Scope } from "./scope.ts";
import { allTags, missingDefaults, ownTags, retag, type Tags } from "./tags.ts";

/** Inputs without the wrappers of secrets. */
export type Plain = Record<string, unknown>;

/** How one resource type is kept at AWS. */
export interface Kind {
  /** The type token. */
  token: string;
  /** Paths of inputs whose value is AWS's own when they are left out. */
  computed?: readonly string[];
  /** Inputs that are not read back. */
  unreadable?: readonly string[];
  /** @param tags all that it is to have @returns its id */
  create(scope: Scope, inputs: Plain, tags: Tags): Promise<string>;
  /**
   * @param declared its inputs; empty for an import
   * @returns all its properties, with all its tags as tagsAll; nothing when it is gone
   */
  read(scope: Scope, id: string, declared: Plain, state: Plain): Promise<Properties | undefined>;
  /** Everything but tags. Left out: nothing else can change in place. */
  update?(scope: Scope, id: string, olds: Plain, news: Plain): Promise<void>;
  /** Does nothing when it is gone. */
  delete(scope: Scope, id: string, state: Plain): Promise<void>;
  /** What it is called when it is tagged. Default: its id. */
  tagged?(state: Plain): string;
}

/** A resource type over the vendor's SDK. @param scopeOf the region that the provider is configured for, or another */
export function awsResource(kind: Kind, scopeOf: (region?: string) => Scope): ResourceType {
  const { token } = kind;
  const { inputs: known, outputs } = resourceFacts(facts, token);
  const computed = ["region", ...(kind.computed ?? [])];
  const view = { facts, known, computed, unreadable: kind.unreadable ?? [], fixed: ["region"] };
  const isTagged = known.tags !== undefined;
  const scopeFor = (properties: Properties | undefined): Scope =>
    scopeOf(bare(properties?.region) as string | undefined);

  const load = async (
    scope: Scope,
    id: string,
    declared: Properties,
    state: Properties,
  ): Promise<Properties | undefined> => {
    const shown = await kind.read(scope, id, bare(declared) as Plain, bare(state) as Plain);
    if (shown === undefined) return undefined;
    return {
      ...shown,
      region: scope.region,
      ...(isTagged && { tags: ownTags(scope, shown.tagsAll as Tags, declared.tags) }),
    };
  };

  const afterChange = async (scope: Scope, id: string, inputs: Properties): Promise<Properties> => {
    const failed = (why: string) =>
      new PartialFailure(id, inputs, inputs, [`${token} ${id} was changed but could not be read back: ${why}`]);
    const shown = await load(scope, id, inputs, {}).catch((error: Error) => Promise.reject(failed(error.message)));
    if (shown === undefined) throw failed("AWS does not know it");
    return { ...withoutNulls(shown), ...inputs };
  };

  return {
    check: async ({ news }) => checkInputs(facts, token, news),

    diff: async ({ olds, oldInputs, news }): Promise<DiffResult> => {
      const { detailed } = diffInputs(facts, token, oldInputs, news, computed);
      const scope = scopeFor(news);
      if (olds.region !== undefined && bare(olds.region) !== scope.region) detailed.region = { kind: "update-replace" };
      if (isTagged && olds.tagsAll !== undefined)
        for (const key of missingDefaults(scope, olds, oldInputs, news))
          detailed[`tagsAll["${key}"]`] = { kind: "update" };
      return { detailed };
    },

    create: async ({ inputs, preview }) => {
      const scope = scopeFor(inputs);
      const unknown = Object.fromEntries(
        [...outputs, ...computed.filter((path) => !path.includes("."))].map((name) => [name, UNKNOWN]),
      );
      if (preview) return { id: "", state: { ...unknown, region: scope.region, ...inputs } };
      const id = await kind.create(scope, bare(inputs) as Plain, allTags(scope, inputs));
      return { id, state: await afterChange(scope, id, inputs) };
    },

    read: async ({ id, inputs, state }) => {
      const scope = scopeFor(state);
      const shown = await load(scope, id, inputs ?? {}, state ?? {});
      if (shown === undefined) return undefined;
      if (state === undefined)
        return { id, inputs: importedInputs({ ...shown, region: null }, known), state: withoutNulls(shown) };
      const declared = inputs ?? {};
      const seen = withoutNulls({
        ...declared,
        ...observed(declared, shown, view),
        ...strangers(declared, shown, state, view),
      });
      return { id, inputs: seen, state: { ...withoutNulls(shown), ...seen } };
    },

    update: async ({ id, olds, news, preview }) => {
      if (preview) return { state: { ...olds, ...news, ...(isTagged && { tagsAll: allTags(scopeFor(olds), news) }) } };
      const scope = scopeFor(olds);
      await kind.update?.(scope, id, bare(olds) as Plain, bare(news) as Plain);
      if (isTagged)
        await retag(scope, kind.tagged?.(bare(olds) as Plain) ?? id, bare(olds.tagsAll) as Tags, allTags(scope, news));
      return { state: await afterChange(scope, id, news) };
    },

    delete: async ({ id, state }) => kind.delete(scopeFor(state), id, bare(state) as Plain),
  };
}
