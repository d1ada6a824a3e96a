import type { KvNamespace } from "../../../model/edge.ts";
import { isActive } from "../../../model/status.ts";
import type { Text } from "../../../model/text.ts";
import type { Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { kv, namespacesIn } from "../kv/index.ts";
import { accountOf, inEdge, stackFile, type InFleet } from "../names.ts";

interface KvValue extends InFleet<KvNamespace> {
  key: string;
  value: Text;
}

interface Shown {
  name: string;
  /** The namespace's id. */
  namespace: string;
}

/** A key that the fleet writes into a KV namespace. That it is among `values` is the file's word that it is the fleet's. */
export const kvValue: Kind<KvValue, Shown, CloudflareClient> = {
  is: "cloudflare/kv-value",
  title: "KV key",
  token: "cloudflare:index/workersKv:WorkersKv",

  declared: (fleet) =>
    fleet.edge.kv.flatMap((is) =>
      Object.entries(is.values).map(([key, value]) => ({
        name: `${is.name}/${key}`,
        file: stackFile(fleet),
        active: isActive(is),
        model: { fleet, is, key, value },
      })),
    ),
  identity: ({ is, key }) => `${is.name}/${key}`,
  // The state knows the namespace by its id only.
  held: () => undefined,
  ask: (client, models) =>
    [...new Set(models.map(({ is }) => is.name))].flatMap((title) =>
      client.question(
        `keys of the KV namespace ${title}`,
        async () => {
          const namespace = (await namespacesIn(client)).find((each) => each.title === title);
          if (!namespace) return [];
          const path = `/storage/kv/namespaces/${namespace.id}`;
          const keys = await client.accountCursor(`${path}/keys`, "limit=1000", (all: { name: string }[]) => all);
          return keys.map(({ name }) => ({ name, namespace: namespace.id }));
        },
        ({ name, namespace }) => ({
          identity: `${title}/${name}`,
          id: name,
          importId: client.inAccount(`${namespace}/${name}`),
        }),
      ),
    ),

  within: () => inEdge,
  resource: ({ fleet, is, key, value }, values) => ({
    args: {
      accountId: accountOf(fleet),
      namespaceId: values.of(kv.is, is.name, "id"),
      keyName: key,
      value: values.text(value),
    },
  }),
  adopts: () => true,
};
