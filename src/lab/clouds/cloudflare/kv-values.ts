import { CloudError, type CloudReply, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { kvNamespaceOf } from "./kv.ts";
import { afterCursor, bodyOf, invalid, ok, positive, type Json } from "./reply.ts";

export interface KvPair {
  namespace: string;
  key: string;
  /** The value's bytes. */
  base64: string;
  /** Seconds since 1970. */
  expiration?: number;
  metadata?: unknown;
}

export const kvPairs = (store: Store) => store.collection<KvPair>("cloudflare", "kv_values");
export const isAlive = (pair: KvPair | undefined): pair is KvPair =>
  pair !== undefined && (pair.expiration ?? Infinity) > Date.now() / 1000;

export function kvValueRoutes(store: Store): Route[] {
  const base = "/accounts/{account_id}/storage/kv/namespaces/{namespace_id}";
  const pairs = kvPairs(store);
  const idOf = (namespace: string, key: string): string => `${namespace}/${key}`;

  const find = (request: CloudRequest): KvPair => {
    const pair = pairs.get(idOf(kvNamespaceOf(store, request).id, request.params.key ?? ""));
    if (!isAlive(pair)) throw new CloudError(404, 10009, "get: 'key not found'");
    return pair;
  };
  const put = (namespace: string, key: string, base64: string, options: Json): void => {
    if (key === "" || Buffer.byteLength(key) > 512)
      throw new CloudError(400, 10033, "put: 'the key must be 1 to 512 bytes long'");
    const expiration = expirationOf(options);
    const metadata = options.metadata ?? undefined;
    pairs.put(idOf(namespace, key), {
      namespace,
      key,
      base64,
      ...(expiration === undefined ? {} : { expiration }),
      ...(metadata === undefined ? {} : { metadata }),
    });
  };
  const putMany = (request: CloudRequest): CloudReply => {
    const { id } = kvNamespaceOf(store, request);
    const items = listOf<Json>(request);
    for (const item of items)
      put(
        id,
        String(item.key),
        Buffer.from(String(item.value), item.base64 === true ? "base64" : "utf8").toString("base64"),
        item,
      );
    return ok({ successful_key_count: items.length, unsuccessful_keys: [] });
  };
  const deleteMany = (request: CloudRequest): CloudReply => {
    const { id } = kvNamespaceOf(store, request);
    const keys = listOf<unknown>(request);
    for (const key of keys) pairs.delete(idOf(id, String(key)));
    return ok({ successful_key_count: keys.length, unsuccessful_keys: [] });
  };
  const getMany = (request: CloudRequest): CloudReply => {
    const { id } = kvNamespaceOf(store, request);
    const { keys, type, withMetadata } = bodyOf(request);
    if (!Array.isArray(keys)) throw invalid("keys must be a list.");
    const valueOf = (key: string): unknown => {
      const pair = pairs.get(idOf(id, key));
      if (!isAlive(pair)) return null;
      const value = Buffer.from(pair.base64, "base64").toString();
      const shown: unknown = type === "json" ? JSON.parse(value) : value;
      return withMetadata === true
        ? { value: shown, metadata: pair.metadata ?? null, ...(pair.expiration ? { expiration: pair.expiration } : {}) }
        : shown;
    };
    return ok({ values: Object.fromEntries(keys.map((key) => [String(key), valueOf(String(key))])) });
  };

  return [
    {
      method: "GET",
      path: `${base}/keys`,
      handle: (request) =>
        listKeys(
          request,
          pairs.list().filter((pair) => pair.namespace === kvNamespaceOf(store, request).id && isAlive(pair)),
        ),
    },
    {
      method: "GET",
      path: `${base}/values/{key}`,
      handle: (request) => {
        const pair = find(request);
        const headers: Record<string, string> =
          pair.expiration === undefined ? {} : { Expiration: String(pair.expiration) };
        return { body: Buffer.from(pair.base64, "base64"), headers };
      },
    },
    {
      method: "PUT",
      path: `${base}/values/{key}`,
      handle: async (request) => {
        const { id } = kvNamespaceOf(store, request);
        const { value, metadata } = await uploadedValue(request);
        put(id, request.params.key ?? "", value.toString("base64"), {
          expiration: request.query.get("expiration"),
          expiration_ttl: request.query.get("expiration_ttl"),
          metadata,
        });
        return ok(null);
      },
    },
    {
      method: "DELETE",
      path: `${base}/values/{key}`,
      handle: (request) => {
        pairs.delete(idOf(kvNamespaceOf(store, request).id, request.params.key ?? ""));
        return ok(null);
      },
    },
    { method: "GET", path: `${base}/metadata/{key}`, handle: (request) => ok(find(request).metadata ?? null) },
    { method: "PUT", path: `${base}/bulk`, handle: putMany },
    { method: "DELETE", path: `${base}/bulk`, handle: deleteMany },
    { method: "POST", path: `${base}/bulk/delete`, handle: deleteMany },
    { method: "POST", path: `${base}/bulk/get`, handle: getMany },
  ];
}

function listKeys(request: CloudRequest, alive: KvPair[]): CloudReply {
  const prefix = request.query.get("prefix") ?? "";
  const found = alive.filter((pair) => pair.key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : 1));
  const { shown, cursor } = afterCursor(request, found, (pair) => pair.key, positive(request.query.get("limit"), 1000));
  const keys = shown.map(({ key, expiration, metadata }) => ({
    name: key,
    ...(expiration === undefined ? {} : { expiration }),
    ...(metadata === undefined ? {} : { metadata }),
  }));
  return ok(keys, { result_info: { count: keys.length, cursor } });
}

/** A value comes as the whole body, or in a form beside its metadata. */
async function uploadedValue(request: CloudRequest): Promise<{ value: Buffer; metadata?: unknown }> {
  if (!(request.headers["content-type"] ?? "").startsWith("multipart/form-data")) return { value: request.raw };
  const form = await request.form();
  const value = form.get("value");
  if (value === null) throw new CloudError(400, 10001, "put: 'the form has no value'");
  const metadata = form.get("metadata");
  const bytes = typeof value === "string" ? Buffer.from(value) : Buffer.from(await value.arrayBuffer());
  return { value: bytes, metadata: typeof metadata === "string" ? parsed(metadata) : metadataFields(form) };
}

/** The official client sends metadata objects as metadata[field]. */
function metadataFields(form: FormData): Json | undefined {
  const fields = [...form.entries()].flatMap(([name, value]) => {
    const field = /^metadata\[([^\]]+)\]$/.exec(name)?.[1];
    return field === undefined ? [] : [[field, value] as const];
  });
  return fields.length > 0 ? Object.fromEntries(fields) : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new CloudError(400, 10024, "put: 'the metadata is no valid JSON'");
  }
}

function expirationOf({ expiration, expiration_ttl }: Json): number | undefined {
  const ttl = Number(expiration_ttl ?? 0);
  if (ttl !== 0 && !(ttl >= 60)) throw new CloudError(400, 10032, "put: 'expiration_ttl must be at least 60 seconds'");
  return ttl > 0 ? Math.floor(Date.now() / 1000) + ttl : expiration ? Number(expiration) : undefined;
}

function listOf<T>(request: CloudRequest): T[] {
  const body = request.json();
  if (!Array.isArray(body)) throw invalid("Request body must be a JSON list.");
  return body as T[];
}
