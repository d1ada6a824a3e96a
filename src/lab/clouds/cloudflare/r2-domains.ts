import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountOf } from "./account.ts";
import { deleteEdgeRecord, putEdgeRecord, recordsOf } from "./dns-store.ts";
import { bucketOf } from "./r2.ts";
import { bodyOf, ok, text, type Json } from "./reply.ts";
import { inZone, requireZone } from "./zones.ts";

interface CustomDomain {
  account: string;
  bucket: string;
  domain: string;
  enabled: boolean;
  zoneId: string;
  zoneName: string;
  minTLS?: string;
  ciphers?: string[];
}

/** Host names of a bucket. Attaching one puts its proxied record into the zone, detaching takes it away. */
export function r2DomainRoutes(store: Store): Route[] {
  const domains = store.collection<CustomDomain>("cloudflare", "r2_custom_domains");
  const base = "/accounts/{account_id}/r2/buckets/{bucket}/domains/custom";

  const find = (request: CloudRequest): CustomDomain => {
    const { name } = bucketOf(store, request);
    const domain = domains.get(request.params.domain ?? "");
    if (domain === undefined || domain.bucket !== name || domain.account !== accountOf(request)) {
      throw new CloudError(404, 10054, "The specified custom domain does not exist.");
    }
    return domain;
  };
  const attach = (request: CloudRequest, body: Json): CustomDomain => {
    const { name } = bucketOf(store, request);
    const host = text(body, "domain").toLowerCase();
    const zone = requireZone(store, text(body, "zoneId"), request.path);
    if (!inZone(zone, host))
      throw new CloudError(400, 10055, `The domain ${host} does not belong to the zone ${zone.name}.`);
    if (domains.get(host) !== undefined)
      throw new CloudError(409, 10056, `The domain ${host} is already connected to a bucket.`);
    if (
      recordsOf(store, zone.id).some((record) => record.name === host && ["A", "AAAA", "CNAME"].includes(record.type))
    ) {
      throw new CloudError(409, 10057, `There is already a DNS record for ${host}. Delete it first.`);
    }
    putEdgeRecord(store, zone.id, host, "CNAME", "public.r2.dev", { r2_bucket: name });
    return domains.put(host, {
      account: accountOf(request),
      bucket: name,
      domain: host,
      enabled: body.enabled !== false,
      zoneId: zone.id,
      zoneName: zone.name,
      ...tlsOf(body),
    });
  };
  const change = (request: CloudRequest, body: Json): CustomDomain => {
    const old = find(request);
    return domains.put(old.domain, {
      ...old,
      ...(typeof body.enabled === "boolean" ? { enabled: body.enabled } : {}),
      ...tlsOf(body),
    });
  };
  const detach = (request: CloudRequest): Json => {
    const { domain, zoneId } = find(request);
    deleteEdgeRecord(store, zoneId, domain);
    domains.delete(domain);
    return { domain };
  };

  return [
    {
      method: "GET",
      path: base,
      handle: (request) => {
        const { name, account } = bucketOf(store, request);
        return ok({
          domains: domains
            .list()
            .filter((domain) => domain.bucket === name && domain.account === account)
            .map(render),
        });
      },
    },
    { method: "POST", path: base, handle: (request) => ok(render(attach(request, bodyOf(request)))) },
    { method: "GET", path: `${base}/{domain}`, handle: (request) => ok(render(find(request))) },
    { method: "PUT", path: `${base}/{domain}`, handle: (request) => ok(render(change(request, bodyOf(request)))) },
    { method: "DELETE", path: `${base}/{domain}`, handle: (request) => ok(detach(request)) },
  ];
}

function tlsOf(body: Json): Pick<CustomDomain, "minTLS" | "ciphers"> {
  return {
    ...(typeof body.minTLS === "string" ? { minTLS: body.minTLS } : {}),
    ...(Array.isArray(body.ciphers) ? { ciphers: body.ciphers.map(String) } : {}),
  };
}

const render = ({ account: _account, bucket: _bucket, ...domain }: CustomDomain): Json => ({
  minTLS: "1.0",
  ...domain,
  status: { ownership: "active", ssl: "active" },
});
