import { fullName, zoneOf } from "../../../model/dns.ts";
import { canonicalHostname, textOf } from "../../../model/dns-form.ts";
import { recordSchema } from "../../../model/dns-record.ts";
import type { Fleet } from "../../../model/fleet.ts";
import type { Lines } from "../../kind.ts";
import { stackFile } from "../names.ts";
import type { ApiRecord } from "./fields.ts";

/** What the model calls its target: of records with `data`, that part of it. */
function targetOf({ type, content = "", data }: ApiRecord): string {
  const part = data?.target ?? data?.value;
  const target = typeof part === "string" ? part : content;
  if (type === "TXT") return textOf(target);
  return ["CNAME", "MX", "NS", "SRV"].includes(type) ? canonicalHostname(target) : target;
}

/** What makes each type besides its target. */
const FIELDS: Record<string, (record: ApiRecord) => Record<string, unknown>> = {
  A: ({ proxied }) => ({ proxied: proxied || undefined }),
  AAAA: ({ proxied }) => ({ proxied: proxied || undefined }),
  CNAME: ({ proxied }) => ({ proxied: proxied || undefined }),
  MX: ({ priority }) => ({ priority }),
  TXT: () => ({}),
  NS: () => ({}),
  SRV: ({ priority, data = {} }) => ({ priority: data.priority ?? priority, weight: data.weight, port: data.port }),
  CAA: ({ data = {} }) => ({ tag: data.tag, flags: data.flags || undefined }),
};

/** A record in the words of the model; nothing for one that the model would not take, or could only change. */
export function recordLines(fleet: Fleet, record: ApiRecord): Lines | undefined {
  const { type, ttl = 1, comment, tags = [] } = record;
  const full = canonicalHostname(record.name);
  const zone = zoneOf(fleet.zones, full)?.name;
  if (zone === undefined || tags.length > 0) return undefined;
  const name = full === canonicalHostname(zone) ? "@" : full.slice(0, -canonicalHostname(zone).length - 1);
  const target = targetOf(record);
  const options = Object.fromEntries(
    Object.entries({
      ...FIELDS[type]?.(record),
      ttl: ttl === 1 ? undefined : ttl,
      comment: comment || undefined,
    }).filter(([, value]) => value !== undefined),
  );
  if (fullName({ name }, zone) !== full || !recordSchema.safeParse({ type, name, target, ...options }).success)
    return undefined;
  const host = type === "A" ? fleet.hosts.find(({ ipv4 }) => ipv4 === target) : undefined;
  const more = Object.entries(options)
    .map(([field, value]) => `${field}: ${JSON.stringify(value)}`)
    .join(", ");
  const written = [
    JSON.stringify(name),
    host ? `addressOf(${JSON.stringify(host.name)})` : JSON.stringify(target),
    ...(more ? [`{ ${more} }`] : []),
  ];
  return {
    file: stackFile(fleet),
    within: `zone({ name: ${JSON.stringify(zone)}, records: [ … ] })`,
    text: `${type.toLowerCase()}(${written.join(", ")}),`,
  };
}
