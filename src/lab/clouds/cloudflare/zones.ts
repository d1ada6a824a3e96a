import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accounts, requireAccount } from "./account.ts";
import { deleteRecordsOf } from "./dns-store.ts";
import { bodyOf, invalid, newId, now, ok, paged, text, unroutable, type Json } from "./reply.ts";

export interface Zone {
  id: string;
  name: string;
  account: { id: string; name: string };
  status: "active" | "pending";
  type: string;
  paused: boolean;
  name_servers: string[];
  created_on: string;
  modified_on: string;
  activated_on: string | null;
  [field: string]: unknown;
}

export interface SeedZone {
  name: string;
  /** 32 hexadecimal digits. Left out: a new one. */
  id?: string;
  accountId: string;
}

export const zones = (store: Store) => store.collection<Zone>("cloudflare", "zones");

/** The zone in the path. @throws CloudError 7003 when there is none. */
export function zoneOf(store: Store, request: CloudRequest): Zone {
  return requireZone(store, request.params.zone_id ?? "", request.path);
}

export function requireZone(store: Store, id: string, path: string): Zone {
  const zone = zones(store).get(id);
  if (zone === undefined) throw unroutable(path);
  return zone;
}

/** Whether a host name lies in a zone. */
export const inZone = (zone: Zone, host: string): boolean => host === zone.name || host.endsWith(`.${zone.name}`);

/** Puts a zone where it already is in the world: active, in its account. Repeating it changes nothing. */
export function seedZone(store: Store, seed: SeedZone): Zone {
  const known = zones(store)
    .list()
    .find((zone) => (seed.id === undefined ? zone.name === seed.name : zone.id === seed.id));
  if (known !== undefined) return known;
  const account =
    accounts(store).get(seed.accountId) ??
    accounts(store).put(seed.accountId, { id: seed.accountId, name: `Account ${seed.accountId}` });
  return putNew(store, seed.id ?? newId(), seed.name, { id: account.id, name: account.name }, "full", "active");
}

function putNew(
  store: Store,
  id: string,
  name: string,
  account: Zone["account"],
  type: string,
  status: Zone["status"],
): Zone {
  const time = now();
  return zones(store).put(id, {
    id,
    name,
    account,
    status,
    type,
    paused: false,
    development_mode: 0,
    name_servers: ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
    original_name_servers: null,
    original_registrar: null,
    original_dnshost: null,
    owner: { id: account.id, type: "user", email: null },
    plan: { id: "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee", name: "Free Website", price: 0, currency: "USD" },
    meta: { step: 2, custom_certificate_quota: 0, page_rule_quota: 3, phishing_detected: false },
    permissions: ["#dns_records:edit", "#dns_records:read", "#zone:edit", "#zone:read"],
    tenant: { id: null, name: null },
    tenant_unit: { id: null },
    created_on: time,
    modified_on: time,
    activated_on: status === "active" ? time : null,
  });
}

export function zoneRoutes(store: Store): Route[] {
  return [
    { method: "GET", path: "/zones", handle: (request) => paged(request, listed(store, request.query), 20, 50) },
    { method: "POST", path: "/zones", handle: (request) => ok(create(store, bodyOf(request))) },
    { method: "GET", path: "/zones/{zone_id}", handle: (request) => ok(zoneOf(store, request)) },
    {
      method: "PATCH",
      path: "/zones/{zone_id}",
      handle: (request) => ok(edit(store, zoneOf(store, request), bodyOf(request))),
    },
    {
      method: "DELETE",
      path: "/zones/{zone_id}",
      handle: (request) => {
        const { id } = zoneOf(store, request);
        deleteRecordsOf(store, id);
        zones(store).delete(id);
        return ok({ id });
      },
    },
  ];
}

/** Zones that fit ?name, ?status and ?account.id, in ?order and ?direction; all must fit unless ?match=any. */
function listed(store: Store, query: URLSearchParams): Zone[] {
  const tests = [
    ["name", (zone: Zone, wanted: string) => matchesName(zone.name, wanted)],
    ["status", (zone: Zone, wanted: string) => zone.status === wanted],
    ["account.id", (zone: Zone, wanted: string) => zone.account.id === wanted],
    ["account.name", (zone: Zone, wanted: string) => matchesName(zone.account.name, wanted)],
  ] as const;
  const asked = tests.filter(([field]) => query.has(field));
  const fits = (zone: Zone): boolean => {
    const answers = asked.map(([field, test]) => test(zone, query.get(field) ?? ""));
    return query.get("match") === "any" && answers.length > 0 ? answers.includes(true) : !answers.includes(false);
  };
  const sign = query.get("direction") === "desc" ? -1 : 1;
  const key = (zone: Zone): string =>
    query.get("order") === "status" ? zone.status : query.get("order") === "account.id" ? zone.account.id : zone.name;
  return zones(store)
    .list()
    .filter(fits)
    .sort((a, b) => sign * key(a).localeCompare(key(b)));
}

/** A value with an operator in front, such as contains:example, or one that must be equal. */
function matchesName(value: string, wanted: string): boolean {
  const [, operator = "equal", operand = wanted] =
    /^(equal|not_equal|starts_with|ends_with|contains):(.*)$/.exec(wanted) ?? [];
  const answers: Record<string, boolean> = {
    equal: value === operand,
    not_equal: value !== operand,
    starts_with: value.startsWith(operand),
    ends_with: value.endsWith(operand),
    contains: value.includes(operand),
  };
  return answers[operator] ?? false;
}

function create(store: Store, body: Json): Zone {
  const name = text(body, "name").toLowerCase();
  const accountId = (body.account as Json | undefined)?.id;
  if (typeof accountId !== "string") throw invalid("account.id is required.");
  const { id, name: accountName } = requireAccount(store, accountId);
  if (!/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+$/.test(name))
    throw new CloudError(400, 1002, "Invalid domain");
  if (
    zones(store)
      .list()
      .some((zone) => zone.name === name)
  )
    throw new CloudError(400, 1061, `${name} already exists`);
  return putNew(
    store,
    newId(),
    name,
    { id, name: accountName },
    typeof body.type === "string" ? body.type : "full",
    "pending",
  );
}

function edit(store: Store, zone: Zone, body: Json): Zone {
  const {
    paused = zone.paused,
    type = zone.type,
    vanity_name_servers = zone.vanity_name_servers,
  } = body as Partial<Zone>;
  return zones(store).put(zone.id, { ...zone, paused, type, vanity_name_servers, modified_on: now() });
}
