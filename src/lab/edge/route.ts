import { records, type DnsRecord } from "../clouds/cloudflare/dns-store.ts";
import { scripts, type WorkerScript } from "../clouds/cloudflare/workers-store.ts";
import { workerDomains, workerRoutes } from "../clouds/cloudflare/workers-routing.ts";
import { inZone, zones, type Zone } from "../clouds/cloudflare/zones.ts";
import type { Store } from "../clouds/store.ts";

/** Where the edge leads a visitor. */
export type Route =
  | { to: "worker"; script: WorkerScript }
  | { to: "tunnel"; id: string }
  | { to: "address"; address: string; zone: Zone }
  /** Something else of the vendor's, by its name. */
  | { to: "elsewhere"; name: string };

/** The innermost zone that a name is in. */
export const zoneOfName = (store: Store, name: string): Zone | undefined =>
  zones(store)
    .list()
    .filter((zone) => inZone(zone, name))
    .toSorted((a, b) => b.name.length - a.name.length)[0];

/**
 * As the vendor does: only names with a proxied record come here at all; a Worker's route goes before everything, its
 * own host name before records. Undefined for a name that nobody has.
 * @param pastWorkers for what a Worker itself asks
 */
export function routeOf(store: Store, name: string, path: string, pastWorkers = false): Route | undefined {
  const zone = zoneOfName(store, name);
  const record = zone && proxied(store, zone, name);
  if (!record) return undefined;
  const script = pastWorkers ? undefined : workerOf(store, zone, name, path);
  if (script) return { to: "worker", script };
  const tunnel = /^([0-9a-f-]{36})\.cfargotunnel\.com$/.exec(record.content)?.[1];
  if (tunnel) return { to: "tunnel", id: tunnel };
  if (record.type !== "CNAME") return { to: "address", address: record.content, zone };
  return { to: "elsewhere", name: record.content };
}

/** The record of the name itself, or of the closest wildcard above it. */
function proxied(store: Store, zone: Zone, name: string): DnsRecord | undefined {
  const labels = name.split(".");
  const wildcards = labels.slice(1).map((_, i) => `*.${labels.slice(i + 1).join(".")}`);
  const all = records(store)
    .list()
    .filter(({ zone_id, type }) => zone_id === zone.id && ["A", "AAAA", "CNAME"].includes(type));
  const closest = [name, ...wildcards].find((each) => all.some((record) => record.name === each));
  return all.find((record) => record.name === closest && record.proxied);
}

function workerOf(store: Store, zone: Zone, name: string, path: string): WorkerScript | undefined {
  const [route] = workerRoutes(store)
    .list()
    .filter((each) => each.zone === zone.id && fits(each.pattern, name + path))
    .toSorted((a, b) => b.pattern.length - a.pattern.length);
  // A route without a script says that there no Worker answers.
  const script = route
    ? route.script
    : workerDomains(store)
        .list()
        .find(({ hostname }) => hostname === name)?.service;
  return script === undefined ? undefined : scripts(store).get(`${zone.account.id}/${script}`);
}

function fits(pattern: string, url: string): boolean {
  const words = pattern.replace(/^https?:\/\//, "").split("*");
  return new RegExp(`^${words.map((word) => word.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`).test(url);
}
