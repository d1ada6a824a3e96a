import { fullName } from "../model/dns.ts";
import type { FleetParts } from "../model/fleet-parts.ts";
import { proxiedPorts } from "../model/proxied-ports.ts";
import { isActive } from "../model/status.ts";
import { filesOf, type Finding } from "../model/view.ts";
import type { Rule } from "./view.ts";

/** What is asked for by a proxied name comes through Cloudflare, which carries HTTP on some ports and nothing else. */
export const carriedByProxy: Rule = ({ fleet, placed, fileOf }) =>
  placed
    .filter((p) => p.active)
    .flatMap(({ label, file, service, probes }) => {
      const asked = probes.flatMap((p) => (p.kind === "http" && p.host !== undefined ? [{ ...p, host: p.host }] : []));
      const distinct = new Map(asked.map((p) => [`${p.tls ? "https" : "http"}://${p.host}:${p.port}`, p]));
      return [...distinct].flatMap(([url, { tls, host, port }]): Finding[] => {
        const zone = proxiedZone(fleet, host.toLowerCase());
        const carried: readonly number[] = proxiedPorts[tls ? "https" : "http"];
        if (zone === undefined || carried.includes(port)) return [];
        return [
          {
            rule: "proxied-port",
            files: filesOf(file, fileOf.zone(zone), `services/${service.kind}`),
            message: `${label} is asked for at ${url}, but that name is proxied, and Cloudflare does not carry the port`,
            remedy:
              `serve it on one of ${carried.join(", ")} or below a path of such a port in ${file}, let it be reached by ` +
              `address, or give it a name that is not proxied in ${fileOf.zone(zone)}`,
          },
        ];
      });
    });

/** The zone whose record leads a name through the proxy. A record of the name itself goes before one of a wildcard. */
function proxiedZone({ zones }: FleetParts, name: string): string | undefined {
  const records = zones
    .filter((zone) => isActive(zone) && zone.provider === "cloudflare")
    .flatMap((zone) => zone.records.filter(isActive).map((record) => ({ zone: zone.name, record })))
    .map(({ zone, record }) => ({ zone, record, full: fullName(record, zone) }));
  const leading = [name, name.replace(/^[^.]+/, "*")]
    .map((wanted) => records.filter(({ record, full }) => full === wanted && "proxied" in record))
    .find((found) => found.length > 0);
  return leading?.find(({ record }) => "proxied" in record && record.proxied)?.zone;
}
