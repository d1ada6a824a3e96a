import type { Properties, Value } from "../../../plugin/types.ts";
import { bare } from "../schema.ts";
import type { Scope } from "./scope.ts";

export type Tags = Record<string, string>;

interface AwsTag {
  Key?: string;
  Value?: string;
}

/** Tags as AWS lists them → as a map, without those that AWS itself sets. */
export const fromAws = (tags: AwsTag[] = []): Tags =>
  Object.fromEntries(
    tags.flatMap(({ Key, Value: value }) => (Key && !Key.startsWith("aws:") ? [[Key, value ?? ""]] : [])),
  );
export const toAws = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, value]) => ({ Key, Value: value }));

const tagsIn = (value: Value | undefined): Tags => (bare(value) ?? {}) as Tags;

/** What a resource is tagged with: its own tags win over its provider's. */
export const allTags = (scope: Scope, inputs: Properties): Tags => ({ ...scope.defaultTags, ...tagsIn(inputs.tags) });

/**
 * The tags of a thing that are its own, as the official provider tells: those that are not its provider's too, unless
 * they are declared.
 */
export function ownTags(scope: Scope, shown: Tags, declared: Value | undefined): Tags {
  const own = tagsIn(declared);
  return Object.fromEntries(
    Object.entries(shown).filter(([key, value]) => own[key] !== undefined || scope.defaultTags[key] !== value),
  );
}

/**
 * Keys of the provider's tags that are not on the thing as they should be, and that the thing's own tags do not speak
 * of.
 */
export function missingDefaults(scope: Scope, olds: Properties, oldInputs: Properties, news: Properties): string[] {
  const [shown, own] = [tagsIn(olds.tagsAll), { ...tagsIn(oldInputs.tags), ...tagsIn(news.tags) }];
  const keys = new Set([...Object.keys(shown), ...Object.keys(scope.defaultTags)]);
  return [...keys].filter((key) => own[key] === undefined && shown[key] !== scope.defaultTags[key]);
}

/** Brings the tags of a thing from what they are to what they should be. @param id as the tagging calls take it */
export async function retag(scope: Scope, id: string, shown: Tags, wanted: Tags): Promise<void> {
  const changed = Object.entries(wanted).filter(([key, value]) => shown[key] !== value);
  const dropped = Object.keys(shown).filter((key) => wanted[key] === undefined);
  if (changed.length > 0)
    await scope.send("CreateTags", (client, sdk) =>
      client.send(new sdk.CreateTagsCommand({ Resources: [id], Tags: toAws(Object.fromEntries(changed)) })),
    );
  if (dropped.length > 0)
    await scope.send("DeleteTags", (client, sdk) =>
      client.send(new sdk.DeleteTagsCommand({ Resources: [id], Tags: dropped.map((Key) => ({ Key })) })),
    );
}
