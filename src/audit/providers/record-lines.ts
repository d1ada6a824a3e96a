import { fullName } from "../../model/dns.ts";
import { recordSchema } from "../../model/dns-record.ts";
import type { Fleet } from "../../model/fleet.ts";
import type { Lines } from "../types.ts";

/** A DNS record as Cloudflare's API shows it; some kinds have `data` besides. */
export interface ApiRecord {
  id: string;
  /** The full name. */
  name: string;
  type: string;
  content?: string;
  proxied?: boolean;
  ttl?: number;
  priority?: number;
  comment?: string | null;
  data?: Record<string, unknown>;
  meta?: { read_only?: boolean };
}

/** What the model calls its target: of records with `data`, that part of it. */
export function recordContent({ content = "", data }: ApiRecord): string {
  const part = data?.target ?? data?.value;
  return typeof part === "string" ? part : content;
}

/** What makes each kind besides its target. */
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

/** A record in the words of the model; nothing for one that the model would not take. */
export function recordLines(fleet: Fleet, zone: string, record: ApiRecord): Lines | undefined {
  const { type, ttl = 1, comment } = record;
  const name = record.name === zone ? "@" : record.name.slice(0, -zone.length - 1);
  const target = type === "TXT" ? recordContent(record).replace(/^"(.*)"$/s, "$1") : recordContent(record);
  const options = Object.fromEntries(
    Object.entries({
      ...FIELDS[type]?.(record),
      ttl: ttl === 1 ? undefined : ttl,
      comment: comment || undefined,
    }).filter(([, value]) => value !== undefined),
  );
  if (
    fullName({ name }, zone) !== record.name.toLowerCase() ||
    !recordSchema.safeParse({ type, name, target, ...options }).success
  )
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
    file: `stacks/${fleet.name}/fleet.ts`,
    within: `zone({ name: ${JSON.stringify(zone)}, records: [ … ] })`,
    text: `${type.toLowerCase()}(${written.join(", ")}),`,
  };
}
