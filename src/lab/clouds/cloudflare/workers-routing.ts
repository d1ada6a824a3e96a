import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountOf } from "./account.ts";
import { deleteEdgeRecord, putEdgeRecord, recordsOf } from "./dns-store.ts";
import { bodyOf, invalid, newId, ok, text, type Json } from "./reply.ts";
import { requireScript } from "./workers-store.ts";
import { inZone, zoneOf, zones, type Zone } from "./zones.ts";

export interface WorkerRoute {
  id: string;
  zone: string;
  pattern: string;
  script?: string;
}

export interface WorkerDomain {
  id: string;
  account: string;
  hostname: string;
  service: string;
  environment: string;
  zone_id: string;
  zone_name: string;
  cert_id: string;
}

export const workerRoutes = (store: Store) => store.collection<WorkerRoute>("cloudflare", "workers_routes");
export const workerDomains = (store: Store) => store.collection<WorkerDomain>("cloudflare", "workers_domains");

/** Which requests reach a Worker: route patterns of a zone. */
export function workerRouteRoutes(store: Store): Route[] {
  const base = "/zones/{zone_id}/workers/routes";
  const routes = workerRoutes(store);

  const find = (request: CloudRequest): WorkerRoute => {
    const route = routes.get(request.params.route ?? "");
    if (route === undefined || route.zone !== zoneOf(store, request).id)
      throw new CloudError(404, 10022, "workers.api.error.route_not_found");
    return route;
  };
  const put = (request: CloudRequest, id: string): Json => {
    const zone = zoneOf(store, request);
    const body = bodyOf(request);
    const pattern = text(body, "pattern");
    const host = pattern
      .replace(/^https?:\/\//, "")
      .replace(/\/.*$/, "")
      .replace(/^\*\.?/, "");
    if (host !== "" && !inZone(zone, host))
      throw new CloudError(400, 10082, `The route pattern ${pattern} does not lie in the zone ${zone.name}.`);
    if (routes.list().some((other) => other.zone === zone.id && other.pattern === pattern && other.id !== id)) {
      throw new CloudError(409, 10020, "A route with the same pattern already exists.");
    }
    if (typeof body.script === "string" && body.script !== "") requireScript(store, zone.account.id, body.script);
    return render(
      routes.put(id, { id, zone: zone.id, pattern, ...(body.script ? { script: String(body.script) } : {}) }),
    );
  };
  const render = ({ zone: _, ...route }: WorkerRoute): Json => route;

  return [
    {
      method: "GET",
      path: base,
      handle: (request) =>
        ok(
          routes
            .list()
            .filter(({ zone }) => zone === zoneOf(store, request).id)
            .map(render),
        ),
    },
    { method: "POST", path: base, handle: (request) => ok(put(request, newId())) },
    { method: "GET", path: `${base}/{route}`, handle: (request) => ok(render(find(request))) },
    { method: "PUT", path: `${base}/{route}`, handle: (request) => ok(put(request, find(request).id)) },
    {
      method: "DELETE",
      path: `${base}/{route}`,
      handle: (request) => {
        const { id } = find(request);
        routes.delete(id);
        return ok({ id });
      },
    },
  ];
}

/**
 * Whole host names that a Worker answers for. Attaching one puts its proxied record into the zone, detaching takes it
 * away.
 */
export function workerDomainRoutes(store: Store): Route[] {
  const base = "/accounts/{account_id}/workers/domains";
  const domains = workerDomains(store);

  const find = (request: CloudRequest): WorkerDomain => {
    const domain = domains.get(request.params.domain ?? "");
    if (domain === undefined || domain.account !== accountOf(request))
      throw new CloudError(404, 100114, "The custom domain does not exist.");
    return domain;
  };
  const attach = (request: CloudRequest, body: Json): WorkerDomain => {
    const account = accountOf(request);
    const [hostname, service] = [text(body, "hostname").toLowerCase(), text(body, "service")];
    requireScript(store, account, service);
    const zone = zoneFor(store, account, hostname, body);
    const old = domains.list().find((domain) => domain.hostname === hostname);
    const taken = recordsOf(store, zone.id).some(
      (record) => record.name === hostname && ["A", "AAAA", "CNAME"].includes(record.type),
    );
    if (old === undefined && taken && body.override_existing_dns_record !== true) {
      throw new CloudError(
        409,
        100117,
        `Hostname '${hostname}' already has externally managed DNS records (A, CNAME, etc). ` +
          "Delete them or try a different hostname.",
      );
    }
    if (old === undefined) putEdgeRecord(store, zone.id, hostname, "AAAA", "100::", { origin_worker_id: service });
    const id = old?.id ?? newId();
    const environment = typeof body.environment === "string" ? body.environment : "production";
    return domains.put(id, {
      id,
      account,
      hostname,
      service,
      environment,
      zone_id: zone.id,
      zone_name: zone.name,
      cert_id: old?.cert_id ?? crypto.randomUUID(),
    });
  };
  const render = ({ account: _, ...domain }: WorkerDomain): Json => domain;

  return [
    {
      method: "GET",
      path: base,
      handle: (request) => {
        const wanted = ["hostname", "service", "environment", "zone_id", "zone_name"] as const;
        const fits = (domain: WorkerDomain): boolean =>
          wanted.every((field) => !request.query.has(field) || request.query.get(field) === domain[field]);
        return ok(
          domains
            .list()
            .filter((domain) => domain.account === accountOf(request) && fits(domain))
            .map(render),
        );
      },
    },
    { method: "PUT", path: base, handle: (request) => ok(render(attach(request, bodyOf(request)))) },
    { method: "GET", path: `${base}/{domain}`, handle: (request) => ok(render(find(request))) },
    {
      method: "DELETE",
      path: `${base}/{domain}`,
      handle: (request) => {
        const { id, zone_id, hostname } = find(request);
        deleteEdgeRecord(store, zone_id, hostname);
        domains.delete(id);
        return ok(null);
      },
    },
  ];
}

/** The zone that the body names, or the one of the account that the host name lies in. */
function zoneFor(store: Store, account: string, hostname: string, body: Json): Zone {
  const zone = zones(store)
    .list()
    .find((candidate) =>
      typeof body.zone_id === "string"
        ? candidate.id === body.zone_id
        : candidate.account.id === account && inZone(candidate, hostname),
    );
  if (zone === undefined || !inZone(zone, hostname))
    throw invalid(`No zone of this account holds the host name ${hostname}.`);
  return zone;
}
