import type { Properties } from "../../../plugin/types.ts";
import { bare } from "../schema.ts";
import type { ApiClient } from "./client.ts";
import type { Naming } from "./convert.ts";

/**
 * How one resource type is kept at the API. "VERB /path" may hold {property}, {id} and {owner} (zones/ID or
 * accounts/ID).
 */
export interface Mapping {
  /** The import id as the official provider documents it; left out where it supports none. */
  importId?: string;
  /** The property or API field that is the resource's id. Default id. */
  idField?: string;
  create: string;
  read: string;
  /** Left out: every change replaces. */
  update?: string;
  /** Left out: nothing to undo. */
  delete?: string;
  naming?: Naming;
  headers?(properties: Properties): Record<string, string>;
  query?(properties: Properties): Record<string, string>;
  /** Changes the body that is made of the inputs. */
  body?(body: Record<string, unknown>): Record<string, unknown> | FormData;
  /** What to send with the delete. */
  deleteBody?: Record<string, unknown>;
  /** Changes the API's answer before it becomes properties. */
  shape?(result: Record<string, unknown>): Record<string, unknown>;
  /**
   * Reads in another way than by `read`: properties, with null for what is empty. @throws ApiError 404 when it is gone.
   */
  load?(client: ApiClient, at: Properties): Promise<Properties>;
  /** Inputs whose value is Cloudflare's own when they are left out, by path. */
  computed?: readonly string[];
  /** Inputs of which all counts that is shown, also what was not declared. */
  whole?: readonly string[];
  /** Inputs that the API never shows. */
  unreadable?: readonly string[];
}

/** @returns method and path, placeholders filled. @throws Error when one has no value. */
export function fill(
  template: string,
  at: Properties,
  query: Record<string, string> = {},
): { method: string; path: string } {
  const [method = "", path = ""] = template.split(" ");
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === "owner")
      return at.zoneId ? `zones/${String(bare(at.zoneId))}` : `accounts/${String(bare(at.accountId))}`;
    const found = bare(at[name]);
    if (found === undefined) throw new Error(`${template} needs ${name}, which is not known`);
    return encodeURIComponent(String(found));
  });
  const asked = new URLSearchParams(query).toString();
  return { method, path: asked === "" ? filled : `${filled}?${asked}` };
}

/** The properties that stand in the path, and therefore not in the body. */
export function pathProperties(mapping: Mapping): string[] {
  return [...mapping.create.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) =>
    name === "owner" ? ["zoneId", "accountId"] : [name ?? ""],
  );
}

/**
 * The properties in an import id; the last one takes what is left, and a trailing optional one may be missing. @throws
 * Error
 */
export function parseImportId(mapping: Mapping, token: string, id: string): Properties {
  if (mapping.importId === undefined)
    throw new Error(`${token} cannot be imported: the official provider has no import for it`);
  const names = [...mapping.importId.matchAll(/\{(\w+)(\?)?\}/g)];
  const parts = id.split("/");
  const values = [
    ...parts.slice(0, names.length - 1),
    ...(parts.length >= names.length ? [parts.slice(names.length - 1).join("/")] : []),
  ];
  const missing = names.filter(([, , optional], i) => !values[i] && optional === undefined);
  if (missing.length > 0)
    throw new Error(`"${id}" is no import id of ${token}: use ${mapping.importId.replaceAll(/[{}?]/g, "")}`);
  const found = Object.fromEntries(names.flatMap(([, name], i) => (values[i] ? [[name as string, values[i]]] : [])));
  const { owners, ownerId, ...properties } = found;
  return owners === undefined ? properties : { ...properties, [owners === "zones" ? "zoneId" : "accountId"]: ownerId };
}
