import { logicalName } from "../clouds/cloudflare/record/fields.ts";
import { fullName } from "../model/dns.ts";
import type { DnsRecord } from "../model/dns-record.ts";
import type { FleetParts } from "../model/fleet-parts.ts";
import { isActive } from "../model/status.ts";
import { edgeThings } from "./edge-things.ts";
import { hostId } from "./types.ts";

/** A name of a zone, and where it leads. */
export interface NameLead {
  /** "ghost.alaivos.com"; of a Worker's route the pattern. */
  name: string;
  /** The record's type; null for a name that something at the edge brings itself. */
  type: DnsRecord["type"] | null;
  /** What its record is called in the stack. */
  record?: string;
  /** The zone that holds it; empty when none of the fleet does. */
  zone: string;
  /** As it is declared: an address, a name, a text, or the thing that answers. */
  target: string;
  /** The id of what it leads to, where that is something of the fleet. */
  to?: string;
  proxied: boolean;
  planned: boolean;
}

/** Every name of a fleet: records in the order of their zones, then those of the edge. */
export function namesOf(fleet: FleetParts): NameLead[] {
  const byAddress = new Map(
    fleet.hosts.flatMap((host) =>
      [host.ipv4, host.ipv6, host.private, host.mesh].flatMap((address) =>
        address ? [[address, hostId(host.name)] as const] : [],
      ),
    ),
  );
  const records = fleet.zones.flatMap((zone) =>
    zone.records.map((record): NameLead => {
      const target = typeof record.target === "string" ? record.target : record.target.name;
      const to = typeof record.target === "string" ? byAddress.get(record.target) : hostId(record.target.name);
      const proxied = "proxied" in record && record.proxied;
      const name = fullName(record, zone.name);
      return {
        name,
        type: record.type,
        record: logicalName(name, record),
        zone: zone.name,
        target,
        ...(to !== undefined && { to }),
        proxied,
        planned: !isActive(zone) || !isActive(record),
      };
    }),
  );
  const edge = edgeThings(fleet.edge).flatMap((thing) =>
    thing.hostnames.map((name): NameLead => ({
      name,
      type: null,
      zone: zoneOf(fleet, name),
      target: thing.label,
      to: thing.id,
      proxied: true,
      planned: thing.planned,
    })),
  );
  const known = new Map([...records, ...edge].map((lead) => [lead.name, lead.to]));
  // Another name for a name of the fleet leads where that one does.
  return [
    ...records.map((lead) =>
      lead.type === "CNAME" && known.get(lead.target) ? { ...lead, to: known.get(lead.target)! } : lead,
    ),
    ...edge,
  ];
}

function zoneOf({ zones }: FleetParts, name: string): string {
  const hostname = name.split("/")[0]!;
  return (
    zones
      .map((zone) => zone.name)
      .filter((zone) => hostname === zone || hostname.endsWith(`.${zone}`))
      .sort((a, b) => b.length - a.length)[0] ?? ""
  );
}
