import { fullName } from "../model/dns.ts";
import type { Fleet } from "../model/fleet.ts";
import { isActive } from "../model/status.ts";
import { recordName } from "./cloudflare.ts";
import type { Existing, ExistingKind } from "./types.ts";

/** A host's public address: from its file, or from the cloud for one that the fleet made; undefined for one that is still to be made. */
export const knownAddress = (fleet: Fleet, existing: Existing, host: string): string | undefined =>
  fleet.hosts.find((h) => h.name === host)?.ipv4 ?? existing[`hcloud:address/${host}`];

/** Keys ("kind/name") of everything that a fleet declares and that may exist already. */
export function declaredKeys(fleet: Fleet, existing: Existing = {}): Set<string> {
  const { edge } = fleet;
  const servers = fleet.hosts.filter((h) => isActive(h) && h.kind === "hetzner").map((h) => h.name);
  const records = fleet.zones.filter(isActive).flatMap((zone) =>
    zone.records.filter(isActive).map((r) => ({ name: fullName(r, zone.name), type: r.type, content: typeof r.target === "string" ? r.target : (knownAddress(fleet, existing, r.target.name) ?? "") })));
  const pages = edge.pages.filter(isActive);
  const pageRecords = pages.flatMap((p) => p.domains.map((name) => ({ name, type: "CNAME", content: `${p.name}.pages.dev` })));
  const keys: [ExistingKind, string[]][] = [
    ["hcloud:server", servers],
    ["hcloud:firewall", servers],
    ["cloudflare:record", [...records, ...pageRecords].map(recordName)],
    ["cloudflare:bucket", edge.buckets.filter(isActive).map((b) => b.name)],
    ["cloudflare:kv", edge.kv.filter(isActive).map((n) => n.name)],
    ["cloudflare:pages", pages.map((p) => p.name)],
  ];
  return new Set(keys.flatMap(([kind, names]) => names.map((name) => `${kind}/${name}`)));
}

interface StateResource {
  type: string;
  inputs?: Record<string, unknown>;
}

/** Keys of what a stack's exported state holds already. */
export function keysInState(state: { deployment?: { resources?: StateResource[] } }): Set<string> {
  const keys = (state.deployment?.resources ?? []).map(({ type, inputs = {} }) => {
    const name = String(inputs.name);
    switch (type) {
      case "hcloud:index/server:Server":
        return `hcloud:server/${name}`;
      case "hcloud:index/firewall:Firewall":
        return `hcloud:firewall/${name}`;
      case "cloudflare:index/dnsRecord:DnsRecord":
        return `cloudflare:record/${recordName({ name, type: String(inputs.type), content: String(inputs.content) })}`;
      case "cloudflare:index/r2Bucket:R2Bucket":
        return `cloudflare:bucket/${name}`;
      case "cloudflare:index/workersKvNamespace:WorkersKvNamespace":
        return `cloudflare:kv/${String(inputs.title)}`;
      case "cloudflare:index/pagesProject:PagesProject":
        return `cloudflare:pages/${name}`;
      default:
        return undefined;
    }
  });
  return new Set(keys.filter((key) => key !== undefined));
}
