import type { Value } from "../../../plugin/types.ts";
import { bare } from "../schema.ts";
import { fill, type Mapping } from "./mapping.ts";

const path = "/accounts/{accountId}/storage/kv/namespaces/{namespaceId}";

/** One key of a KV namespace: a value outside of the API's envelope, and its metadata as JSON text. */
export const workersKv: Mapping = {
  importId: "{accountId}/{namespaceId}/{keyName}",
  idField: "keyName",
  create: `PUT ${path}/values/{keyName}`,
  read: `GET ${path}/values/{keyName}`,
  update: `PUT ${path}/values/{keyName}`,
  delete: `DELETE ${path}/values/{keyName}`,
  body: ({ value, metadata }) => {
    const form = new FormData();
    form.set("value", String(value));
    if (typeof metadata === "string") form.set("metadata", metadata);
    return form;
  },
  query: (properties) => ({
    ...seconds("expiration", properties.expiration),
    ...seconds("expiration_ttl", properties.expirationTtl),
  }),
  load: async (client, at) => {
    const value = await (await client.raw(fill(`GET ${path}/values/{keyName}`, at))).text();
    const metadata = await client.call<unknown>(fill(`GET ${path}/metadata/{keyName}`, at));
    return { value, metadata: metadata === null ? null : JSON.stringify(metadata) };
  },
  unreadable: ["expiration", "expirationTtl"],
};

const seconds = (name: string, value: Value | undefined): Record<string, string> =>
  bare(value) === undefined ? {} : { [name]: String(bare(value)) };
