import { nameOf, typeOf } from "../engine/events.ts";
import { isMachine } from "../engine/state.ts";

/** Where a reviewer looks for a thing: a machine, a DNS zone, Cloudflare's edge, or the fleet as a whole. */
export interface Place {
  kind: "host" | "zone" | "edge" | "fleet";
  /** Empty where there is only one. */
  name: string;
}

const RECORD = "cloudflare:index/dnsRecord:DnsRecord";

/** The place of a resource. @param parents URN → URN of the parent; empty for the root */
export function placeOf(
  urn: string,
  inputs: Record<string, unknown>,
  parents: ReadonlyMap<string, string>,
  zones: readonly { name: string; id?: string }[],
): Place {
  const zone = typeOf(urn) === RECORD ? zones.find(({ id }) => id !== undefined && id === inputs.zoneId) : undefined;
  if (zone) return { kind: "zone", name: zone.name };
  for (let at = parents.get(urn); at; at = parents.get(at)) {
    if (isMachine(at)) return { kind: "host", name: nameOf(at) };
    if (typeOf(at) === "fleet:cloudflare:Zone") return { kind: "zone", name: nameOf(at) };
    if (typeOf(at) === "fleet:cloudflare:Edge") return { kind: "edge", name: "" };
  }
  return typeof inputs.host === "string" ? { kind: "host", name: inputs.host } : { kind: "fleet", name: "" };
}

/** "host", and the name beside it. */
export const PLACE_WORDS: Record<Place["kind"], string> = {
  host: "host",
  zone: "zone",
  edge: "Cloudflare",
  fleet: "the fleet itself",
};

/** A place as a key: "host zurich". */
export const placeKey = ({ kind, name }: Place): string => `${kind} ${name}`.trim();
