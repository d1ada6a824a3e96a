import { z } from "zod";
import type { CloudReply, CloudRequest, Route } from "../../http/types.ts";
import type { Collection } from "../../store.ts";
import { actionReply, actionRoutes } from "./actions.ts";
import { requireFreeName, type Api } from "./api.ts";
import { invalidField, isProtected, notFound } from "./errors.ts";
import { listReply, type Listable, type Listing } from "./listing.ts";
import { labels, name, optional, readBody } from "./validate.ts";

type Stored = Listable & { name: string | null; protection?: { delete: boolean } };

/** One kind of resource: what is its own. Everything that all kinds share is made from it by resourceRoutes. */
export interface Resource<R extends Stored> extends Omit<Listing<R>, "many"> {
  /** The path, which is also the key of a list: ssh_keys. */
  many: string;
  /** The key of one, and its type in actions: ssh_key. */
  one: string;
  /** In messages: SSH Key. */
  title: string;
  records: Collection<R>;
  view: (record: R) => object;
  create?: (request: CloudRequest) => CloudReply | Promise<CloudReply>;
  /** Fields that PUT takes beside name and labels; a name's own rules replace the usual ones. */
  updates?: z.ZodRawShape;
  /**
   * Before the record goes; it throws to refuse. A reply instead of nothing means that it sees to the record itself.
   */
  remove?(record: R): CloudReply | void;
  /** POST /{many}/{id}/actions/{command} */
  actions?: Record<string, (record: R, request: CloudRequest) => CloudReply | Promise<CloudReply>>;
}

export function resourceRoutes<R extends Stored>(api: Api, resource: Resource<R>): Route[] {
  const { many, one, records, view } = resource;
  const find = (request: CloudRequest): R => findById(resource, request.params.id ?? "");
  const path = `/${many}`;
  const update = z.object({ name: optional(name), labels: optional(labels), ...resource.updates });

  const routes: Route[] = [
    { method: "GET", path, handle: (request) => listReply(request, records.list(), resource, view) },
    { method: "GET", path: `${path}/{id}`, handle: (request) => ({ body: { [one]: view(find(request)) } }) },
    {
      method: "PUT",
      path: `${path}/{id}`,
      handle: (request) => {
        const record = find(request);
        const changes = Object.fromEntries(
          Object.entries(readBody(request, update)).filter(([, value]) => value !== undefined),
        );
        if (typeof changes.name === "string") requireFreeName(resource.title, records, changes.name, record.id);
        return { body: { [one]: view(records.put(record.id, { ...record, ...changes })) } };
      },
    },
    {
      method: "DELETE",
      path: `${path}/{id}`,
      handle: (request) => {
        const record = find(request);
        if (record.protection?.delete) throw isProtected(resource.title);
        const reply = resource.remove?.(record);
        if (reply !== undefined) return reply;
        records.delete(record.id);
        return { status: 204 };
      },
    },
    ...actionRoutes(api.actions, path, one, (id) => findById(resource, id)),
  ];
  if (resource.create) routes.push({ method: "POST", path, handle: resource.create });
  for (const [command, handle] of Object.entries(resource.actions ?? {})) {
    routes.push({
      method: "POST",
      path: `${path}/{id}/actions/${command}`,
      handle: (request) => handle(find(request), request),
    });
  }
  return routes;
}

/** The change_protection action of the kinds that only know protection against deletion. */
export function changeProtection<R extends Stored & { protection: { delete: boolean } }>(
  api: Api,
  one: string,
  records: Collection<R>,
) {
  const schema = z.object({ delete: optional(z.boolean()) });
  return (record: R, request: CloudRequest): CloudReply => {
    const body = readBody(request, schema);
    records.put(record.id, { ...record, protection: { delete: body.delete ?? record.protection.delete } });
    return actionReply(api.actions.done("change_protection", { id: record.id, type: one }));
  };
}

/** A record that a body refers to. @throws CloudError not_found, as the vendor answers for a wrong reference. */
export function requireRecord<R>(records: Collection<R>, what: string, id: number): R {
  const record = records.get(id);
  if (record === undefined) throw notFound(what, id);
  return record;
}

function findById<R extends Stored>(resource: Resource<R>, id: string): R {
  if (!/^\d+$/.test(id)) throw invalidField("id", "must be a whole number");
  return requireRecord(resource.records, resource.title, Number(id));
}

/** What every new record starts with. */
export const newBase = (api: Api, body: { name: string; labels?: Record<string, string> | undefined }) => ({
  id: api.newId(),
  name: body.name,
  created: new Date().toISOString(),
  labels: body.labels ?? {},
});
