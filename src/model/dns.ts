import { z } from "zod";
import { canonicalHostname } from "./dns-form.ts";
import { type DnsRecord, type RecordOf, hostnameSchema, recordSchema } from "./dns-record.ts";
import { parse, showValue } from "./errors.ts";
import type { Host } from "./host.ts";
import { statusSchema } from "./status.ts";
import { type AddressRef, addressOf } from "./text.ts";

/** Zone settings by Cloudflare's own names: `{always_use_https: "on", browser_check: "off"}`. */
const settings = z.record(z.string().regex(/^[a-z0-9_]+$/), z.union([z.string(), z.number(), z.boolean()])).default({});

export const zoneSchema = z.strictObject({
  /** The domain: "alaivos.com". */
  name: z.union([hostnameSchema, z.string().regex(/^[a-z]+$/)], { error: 'must be a domain such as "example.com"' }),
  /** Cloudflare's id of it: a zone there is deployed by this alone. */
  id: z
    .string()
    .regex(/^[0-9a-f]{32}$/, "must be Cloudflare's zone id, 32 hexadecimal digits")
    .optional(),
  /** Who answers for the zone. Only Cloudflare's are deployed; the others are modelled and shown. */
  provider: z.enum(["cloudflare", "route53", "vercel", "tailscale", "internal", "other"]).default("cloudflare"),
  status: statusSchema,
  settings,
  /** Settings for single host names of the zone: `{"api.example.com": {browser_check: "off"}}`. */
  overrides: z.record(hostnameSchema, settings).default({}),
  records: z.array(recordSchema).default([]),
});
export type Zone = z.output<typeof zoneSchema>;

/** A DNS zone with its records. @throws ModelError */
export const zone = (input: Omit<z.input<typeof zoneSchema>, "records"> & { records?: DnsRecord[] }): Zone =>
  parse(zoneSchema, input, `zone ${showValue(input?.name)}`);

/** The full name of a record: "ghost" in alaivos.com is "ghost.alaivos.com". In Punycode, as it goes over the wire. */
export const fullName = (record: { name: string }, zoneName: string): string =>
  canonicalHostname(record.name === "@" ? zoneName : `${record.name}.${zoneName}`);

/** The zone that a host name is in: of several that hold it the innermost, however either is spelled. */
export function zoneOf<Z extends { name: string }>(zones: readonly Z[], hostname: string): Z | undefined {
  const inside = `.${canonicalHostname(hostname)}`;
  return zones
    .filter(({ name }) => inside.endsWith(`.${canonicalHostname(name)}`))
    .toSorted((a, b) => canonicalHostname(b.name).length - canonicalHostname(a.name).length)[0];
}

type Ipv4 = `${number}.${number}.${number}.${number}`;
/** Refuses literals that are no host name: addresses, URLs, single words, a dot at the end. */
type Hostname<T extends string> = string extends T
  ? T
  : T extends Ipv4 | `${string}:${string}` | `${string}/${string}` | `${string} ${string}` | `${string}.`
    ? never
    : T extends `${string}.${string}`
      ? T
      : never;
type Ipv6<T extends string> = string extends T ? T : T extends `${string}:${string}` ? T : never;

type Options<Type extends DnsRecord["type"]> = Partial<Omit<RecordOf<Type>, "type" | "name" | "target">>;
type Needed<Type extends DnsRecord["type"], Keys extends keyof RecordOf<Type>> = Options<Type> &
  Pick<RecordOf<Type>, Keys>;

/** A record to an IPv4 address, best given as a host of the fleet: `a("ghost", ghost01, { proxied: true })`. */
export const a = (name: string, target: Ipv4 | Host | AddressRef, options: Options<"A"> = {}): RecordOf<"A"> =>
  record("A", name, isHost(target) ? addressOf(target.name) : target, options);
/** A record to an IPv6 address. */
export const aaaa = <const T extends string>(
  name: string,
  target: Ipv6<T>,
  options: Options<"AAAA"> = {},
): RecordOf<"AAAA"> => record("AAAA", name, target, options);
/** Another name for a host name. Nothing else can stand beside it under the same name. */
export const cname = <const T extends string>(
  name: string,
  target: Hostname<T>,
  options: Options<"CNAME"> = {},
): RecordOf<"CNAME"> => record("CNAME", name, target, options);
/** The mail server for a name; the lowest priority is tried first. */
export const mx = <const T extends string>(
  name: string,
  target: Hostname<T>,
  options: Needed<"MX", "priority">,
): RecordOf<"MX"> => record("MX", name, target, options);
/** Text, such as SPF and DKIM, as one string: it is cut into pieces of 255 bytes by the provider. */
export const txt = (name: string, target: string, options: Options<"TXT"> = {}): RecordOf<"TXT"> =>
  record("TXT", name, target, options);
/** Where a service is found: `srv("_sip._tcp", "sip.example.com", { priority: 10, weight: 5, port: 5060 })`. */
export const srv = <const T extends string>(
  name: string,
  target: Hostname<T>,
  options: Needed<"SRV", "priority" | "weight" | "port">,
): RecordOf<"SRV"> => record("SRV", name, target, options);
/** Who may issue certificates: `caa("@", "letsencrypt.org", { tag: "issue" })`. */
export const caa = (name: string, target: string, options: Needed<"CAA", "tag">): RecordOf<"CAA"> =>
  record("CAA", name, target, options);
/** Hands a name over to another name server. */
export const ns = <const T extends string>(
  name: string,
  target: Hostname<T>,
  options: Options<"NS"> = {},
): RecordOf<"NS"> => record("NS", name, target, options);

const isHost = (target: unknown): target is Host => typeof target === "object" && target !== null && "kind" in target;

const record = <Type extends DnsRecord["type"]>(
  type: Type,
  name: string,
  target: unknown,
  options: object,
): RecordOf<Type> =>
  parse(recordSchema, { ...options, type, name, target }, `${type} record ${showValue(name)}`) as RecordOf<Type>;
