import { kvSchema, type KvNamespace } from "../../../model/edge.ts";
import { isActive } from "../../../model/status.ts";
import type { Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { accountOf, edgeLines, inEdge, stackFile, type InFleet } from "../names.ts";

interface Shown {
  id: string;
  title: string;
}

/** The most that the API gives. */
const PAGE = 100;

/** All namespaces of the account; their values are found by them too. */
export const namespacesIn = (client: CloudflareClient): Promise<Shown[]> =>
  client.accountList<Shown>("/storage/kv/namespaces", PAGE);

/** A KV namespace. Identity: its title in the account. */
export const kv: Kind<InFleet<KvNamespace>, Shown, CloudflareClient> = {
  is: "cloudflare/kv",
  title: "KV namespace",
  token: "cloudflare:index/workersKvNamespace:WorkersKvNamespace",

  declared: (fleet) =>
    fleet.edge.kv.map((is) => ({ name: is.name, file: stackFile(fleet), active: isActive(is), model: { fleet, is } })),
  identity: ({ is }) => is.name,
  held: ({ inputs = {} }) => ({ identity: String(inputs.title) }),
  ask: (client) =>
    client.question(
      "KV namespaces",
      () => namespacesIn(client),
      ({ id, title }) => ({ identity: title, id, importId: client.inAccount(id) }),
    ),

  within: () => inEdge,
  resource: ({ fleet, is }) => ({ args: { accountId: accountOf(fleet), title: is.name } }),
  differs: () => [],

  audit: {
    kind: "kv-namespace",
    tell: ({ id, title }) => ({ name: title, detail: id }),
    lines: ({ title }, fleet) =>
      kvSchema.safeParse({ name: title }).success
        ? edgeLines(fleet, "kv", `kv({ name: ${JSON.stringify(title)} }),`)
        : undefined,
  },
};
