import { randomUUID } from "node:crypto";
import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountOf } from "./account.ts";
import { bodyOf, now, ok, paged, text, type Json } from "./reply.ts";

interface D1Database {
  uuid: string;
  account: string;
  name: string;
  created_at: string;
  jurisdiction: string | null;
  primary_location_hint?: string;
  read_replication: Json;
}

/** D1 databases as things that exist; their SQL is not run. */
export function d1Routes(store: Store): Route[] {
  const base = "/accounts/{account_id}/d1/database";
  const databases = store.collection<D1Database>("cloudflare", "d1_databases");
  const ofAccount = (account: string): D1Database[] =>
    databases.list().filter((database) => database.account === account);

  const find = (request: CloudRequest): D1Database => {
    const database = databases.get(request.params.database ?? "");
    if (database !== undefined && database.account === accountOf(request)) return database;
    throw new CloudError(404, 7404, `The database ${request.params.database} could not be found`);
  };
  const create = (request: CloudRequest, body: Json): D1Database => {
    const [account, name, uuid] = [accountOf(request), text(body, "name"), randomUUID()];
    if (ofAccount(account).some((other) => other.name === name))
      throw new CloudError(400, 7502, `Database with name '${name}' already exists`);
    return databases.put(uuid, {
      uuid,
      account,
      name,
      created_at: now(),
      jurisdiction: typeof body.jurisdiction === "string" ? body.jurisdiction : null,
      read_replication: (body.read_replication ?? { mode: "disabled" }) as Json,
      ...(typeof body.primary_location_hint === "string" ? { primary_location_hint: body.primary_location_hint } : {}),
    });
  };
  const edit = (request: CloudRequest): D1Database => {
    const old = find(request);
    return databases.put(old.uuid, {
      ...old,
      read_replication: (bodyOf(request).read_replication ?? old.read_replication) as Json,
    });
  };

  return [
    {
      method: "GET",
      path: base,
      handle: (request) => {
        const name = request.query.get("name") ?? "";
        return paged(
          request,
          ofAccount(accountOf(request))
            .filter((database) => database.name.includes(name))
            .map(render),
          100,
          10_000,
        );
      },
    },
    { method: "POST", path: base, handle: (request) => ok(render(create(request, bodyOf(request)))) },
    { method: "GET", path: `${base}/{database}`, handle: (request) => ok(render(find(request))) },
    { method: "PUT", path: `${base}/{database}`, handle: (request) => ok(render(edit(request))) },
    { method: "PATCH", path: `${base}/{database}`, handle: (request) => ok(render(edit(request))) },
    {
      method: "DELETE",
      path: `${base}/{database}`,
      handle: (request) => {
        databases.delete(find(request).uuid);
        return ok(null);
      },
    },
  ];
}

const render = ({ account: _, primary_location_hint: _hint, ...database }: D1Database): Json => ({
  ...database,
  version: "production",
  num_tables: 0,
  file_size: 12288,
});
