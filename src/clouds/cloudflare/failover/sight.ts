import { canonicalHostname } from "../../../model/dns-form.ts";
import { zoneOf } from "../../../model/dns.ts";
import type { Tunnel } from "../../../model/edge.ts";
import { hostnamesOfTunnel } from "../../../model/tunnel.ts";
import type { CloudflareClient } from "../client.ts";
import type { ApiRecord } from "../record/fields.ts";
import { isAsked, RECORDS_PAGE } from "../record/index.ts";
import { tunnelsIn, type ApiTunnel } from "../tunnel/index.ts";

/** What Cloudflare says of some tunnels, and of the records of their host names. */
export interface Sight {
  /** By name. */
  tunnels: ReadonlyMap<string, SeenTunnel>;
  /** By host name; with the id of its zone. */
  records: ReadonlyMap<string, ApiRecord & { zone: string }>;
}

export interface SeenTunnel extends ApiTunnel {
  /** The host names that its configuration has an answer for. */
  ingress: readonly string[];
}

/**
 * Looks at tunnels, and at the zones of the host names of some of them.
 * @throws Error when Cloudflare does not answer: then nothing is known
 */
export async function look(
  client: CloudflareClient,
  named: readonly Tunnel[],
  targets: readonly Tunnel[],
): Promise<Sight> {
  const names = named.flatMap(hostnamesOfTunnel);
  const [tunnels, records] = await Promise.all([seenTunnels(client, [...named, ...targets]), recordsOf(client, names)]);
  return { tunnels, records };
}

async function seenTunnels(client: CloudflareClient, wanted: readonly Tunnel[]): Promise<Map<string, SeenTunnel>> {
  const names = new Set(wanted.map(({ name }) => name));
  const there = (await tunnelsIn(client)).filter(({ name }) => names.has(name));
  const seen = there.map(async (each): Promise<[string, SeenTunnel]> => {
    const { config } = await client.account<{ config: { ingress?: { hostname?: string }[] } | null }>(
      `/cfd_tunnel/${each.id}/configurations`,
    );
    const ingress = (config?.ingress ?? []).flatMap(({ hostname }) => (hostname ? [canonicalHostname(hostname)] : []));
    return [each.name, { ...each, ingress }];
  });
  return new Map(await Promise.all(seen));
}

/** Only a CNAME leads to a tunnel, and under a name there is one at most. */
export async function recordsOf(
  client: CloudflareClient,
  names: readonly string[],
): Promise<Map<string, ApiRecord & { zone: string }>> {
  const zones = client.zones.filter(isAsked);
  const ids = new Set(names.flatMap((name) => zoneOf(zones, name)?.id ?? []));
  const wanted = new Set(names);
  const found = await Promise.all(
    [...ids].map(async (zone) => {
      const all = await client.zoneList<ApiRecord>(zone, "/dns_records", RECORDS_PAGE);
      const leading = all.filter(({ type }) => type === "CNAME");
      return leading.map((each) => ({ ...each, zone, name: canonicalHostname(each.name) }));
    }),
  );
  return new Map(found.flat().flatMap((each) => (wanted.has(each.name) ? [[each.name, each] as const] : [])));
}
