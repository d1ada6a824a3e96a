import { d1Schema, type D1Database } from "../../../model/edge.ts";
import { isActive } from "../../../model/status.ts";
import type { Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { accountOf, edgeLines, inEdge, ofDay, stackFile, type InFleet } from "../names.ts";

interface Shown {
  uuid: string;
  name: string;
  created_at?: string;
}

/** The most that the API gives. */
const PAGE = 10_000;

/** A D1 database. Identity: its name in the account. Never deleted with its line: there may be data in it. */
export const database: Kind<InFleet<D1Database>, Shown, CloudflareClient> = {
  is: "cloudflare/database",
  title: "D1 database",
  token: "cloudflare:index/d1Database:D1Database",

  declared: (fleet) =>
    fleet.edge.d1.map((is) => ({ name: is.name, file: stackFile(fleet), active: isActive(is), model: { fleet, is } })),
  identity: ({ is }) => is.name,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) =>
    client.question(
      "D1 databases",
      () => client.accountList<Shown>("/d1/database", PAGE),
      ({ uuid, name }) => ({ identity: name, id: uuid, importId: client.inAccount(uuid) }),
    ),

  within: () => inEdge,
  resource: ({ fleet, is }) => ({ args: { accountId: accountOf(fleet), name: is.name }, options: { protect: true } }),
  differs: () => [],

  audit: {
    kind: "database",
    tell: ({ name, created_at }) => ({ name, detail: ofDay(created_at) }),
    lines: ({ name }, fleet) =>
      d1Schema.safeParse({ name }).success
        ? edgeLines(fleet, "d1", `d1({ name: ${JSON.stringify(name)} }),`)
        : undefined,
  },
};
