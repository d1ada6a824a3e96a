import { z } from "zod";
import type { CloudReply, CloudRequest, Route } from "../../http/types.ts";
import type { Collection } from "../../store.ts";
import type { Api } from "../api/api.ts";
import { notFound, unprocessable } from "../api/errors.ts";
import { linkTo, listReply } from "../api/listing.ts";
import { readBody } from "../api/validate.ts";

interface Tagged {
  id: number | string;
  tags: string[];
}

const PATHS = {
  droplets: "/droplets",
  images: "/images",
  volumes: "/volumes",
  volume_snapshots: "/snapshots",
} as const;
type TaggedKind = keyof typeof PATHS;
const KINDS = Object.keys(PATHS) as TaggedKind[];

const resourceType = z.enum(["droplet", "image", "volume", "volume_snapshot"]);
const CREATE = z.object({ name: z.string() });
const RESOURCES = z.object({
  resources: z.array(
    z.object({ resource_id: z.union([z.string(), z.int()]).transform(String), resource_type: resourceType }),
  ),
});

/** The things of a kind that can be tagged. */
const taggedOf = (api: Api, kind: TaggedKind): Collection<Tagged> => api[kind];
const key = (name: string): string => name.toLowerCase();

/** Whether a thing has a tag; capitals make no difference. */
export const hasTag = (thing: { tags: string[] }, name: string): boolean =>
  thing.tags.some((tag) => key(tag) === key(name));

/** The tags by the names that they were first given, made where they are new. @throws CloudError 422 for a bad name */
export function ensureTags(api: Api, names: readonly string[] = []): string[] {
  const wrong = names.find((name) => !/^[\w:-]{1,255}$/.test(name));
  if (wrong !== undefined)
    throw unprocessable(`Tag name ${wrong} is invalid: use letters, numbers, colons, dashes and underscores.`);
  const made = names.map((name) => (api.tags.get(key(name)) ?? api.tags.put(key(name), { name })).name);
  return [...new Set(made)];
}

/** The same for things that can only have tags that are there. @throws CloudError 422 */
export function requireTags(api: Api, names: readonly string[] = []): string[] {
  const missing = names.find((name) => api.tags.get(key(name)) === undefined);
  if (missing !== undefined) throw unprocessable(`tag ${missing} does not exist`);
  return ensureTags(api, names);
}

export function tagRoutes(api: Api): Route[] {
  const view = (request: CloudRequest) => (tag: { name: string }) => ({
    name: tag.name,
    resources: resourcesOf(api, request, tag.name),
  });
  const find = ({ params }: CloudRequest): { name: string } => {
    const tag = api.tags.get(key(params.name ?? ""));
    if (tag === undefined) throw notFound();
    return tag;
  };
  const retag = (request: CloudRequest, change: (tags: string[], name: string) => string[]): CloudReply => {
    const { name } = find(request);
    for (const { resource_id, resource_type } of readBody(request, RESOURCES).resources) {
      const things = taggedOf(api, `${resource_type}s`);
      const thing = things.get(resource_id);
      if (thing === undefined) throw notFound();
      things.put(resource_id, { ...thing, tags: change(thing.tags, name) });
    }
    return { status: 204 };
  };
  const without = (tags: string[], name: string): string[] => tags.filter((tag) => key(tag) !== key(name));

  return [
    { method: "GET", path: "/tags", handle: (request) => listReply(request, "tags", api.tags.list(), view(request)) },
    {
      method: "POST",
      path: "/tags",
      handle: (request) => {
        const [name = ""] = ensureTags(api, [readBody(request, CREATE).name]);
        return { status: 201, body: { tag: view(request)({ name }) } };
      },
    },
    { method: "GET", path: "/tags/{name}", handle: (request) => ({ body: { tag: view(request)(find(request)) } }) },
    {
      method: "DELETE",
      path: "/tags/{name}",
      handle: (request) => {
        const { name } = find(request);
        for (const things of [...KINDS.map((kind) => taggedOf(api, kind)), api.firewalls as Collection<Tagged>])
          for (const thing of things.list())
            if (hasTag(thing, name)) things.put(thing.id, { ...thing, tags: without(thing.tags, name) });
        api.tags.delete(key(name));
        return { status: 204 };
      },
    },
    {
      method: "POST",
      path: "/tags/{name}/resources",
      handle: (request) => retag(request, (tags, name) => [...without(tags, name), name]),
    },
    { method: "DELETE", path: "/tags/{name}/resources", handle: (request) => retag(request, without) },
  ];
}

/** How many things have the tag, in all and of each kind. Which was tagged last is not kept: the newest is named. */
function resourcesOf(api: Api, request: CloudRequest, name: string): object {
  const counts = KINDS.map((kind) => {
    const things = taggedOf(api, kind)
      .list()
      .filter((thing) => hasTag(thing, name));
    const last = things.at(-1);
    const uri = last && { last_tagged_uri: linkTo(request, `${PATHS[kind]}/${last.id}`) };
    return [kind, { count: things.length, ...uri }] as const;
  });
  const newest = counts.map(([, { last_tagged_uri: uri }]) => uri).find((uri) => uri !== undefined);
  return {
    count: counts.reduce((sum, [, { count }]) => sum + count, 0),
    ...(newest !== undefined && { last_tagged_uri: newest }),
    ...Object.fromEntries(counts),
    databases: { count: 0 },
  };
}
