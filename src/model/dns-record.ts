import { z } from "zod";
import { refSchema } from "./text.ts";
import { statusSchema } from "./status.ts";

/** Letters of any script: what goes over the wire is Punycode. */
const label = "[\\p{L}\\p{N}_]([\\p{L}\\p{N}_-]{0,61}[\\p{L}\\p{N}_])?";
/** A name inside a zone: "@" for the zone itself, "www", "*.apricot", "_sip._tcp". */
const recordName = z
  .string()
  .regex(
    new RegExp(`^(@|\\*|(\\*\\.)?${label}(\\.${label})*)$`, "u"),
    'must be a name inside the zone, such as "@", "www" or "*.lan", without the zone\'s own name at the end',
  );
/** A fully qualified host name, without a dot at the end. */
export const hostnameSchema = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?([\p{L}\p{N}_]([\p{L}\p{N}_-]{0,61}[\p{L}\p{N}])?\.)+\p{L}([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u,
    'must be a full host name such as "www.example.com"',
  );

/** The public address of a host of the fleet, by the host's name: written in its host file and nowhere else. */
export const addressRefSchema = refSchema.extend({ ref: z.literal("address") });

const ttlRange = 'must be "auto" or seconds from 60 to 86400';
const ttl = z.union([z.literal("auto"), z.int().min(60, ttlRange).max(86400, ttlRange)], ttlRange).default("auto");
const common = {
  name: recordName,
  ttl,
  comment: z.string().max(100, "must be at most 100 characters").optional(),
  /** One that exists is taken over and changed to what stands here; without, only one that is already like this. */
  adopt: z.boolean().optional(),
  status: statusSchema,
};
/** Whether visitors reach it through Cloudflare, which hides the address and carries only HTTP. */
const proxied = { proxied: z.boolean().default(false) };
const addressTarget = "must be an IPv4 address or a host of the fleet";
const priority = z.int().min(0).max(65535);

export const recordSchema = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("A"),
      ...common,
      ...proxied,
      target: z.union([z.ipv4(addressTarget), addressRefSchema], addressTarget),
    }),
    z.strictObject({ type: z.literal("AAAA"), ...common, ...proxied, target: z.ipv6("must be an IPv6 address") }),
    z.strictObject({ type: z.literal("CNAME"), ...common, ...proxied, target: hostnameSchema }),
    z.strictObject({ type: z.literal("MX"), ...common, target: hostnameSchema, priority }),
    z.strictObject({ type: z.literal("TXT"), ...common, target: z.string().min(1).max(2048) }),
    z.strictObject({
      type: z.literal("SRV"),
      ...common,
      target: hostnameSchema,
      priority,
      weight: priority,
      port: z.int().min(1).max(65535),
    }),
    z.strictObject({
      type: z.literal("CAA"),
      ...common,
      tag: z.enum(["issue", "issuewild", "iodef"]),
      target: z.string().min(1),
      flags: z.union([z.literal(0), z.literal(128)]).default(0),
    }),
    z.strictObject({ type: z.literal("NS"), ...common, target: hostnameSchema }),
  ])
  .refine((r) => !("proxied" in r && r.proxied && r.ttl !== "auto"), {
    path: ["ttl"],
    error: "a proxied record has no TTL of its own: leave ttl out",
  });

/** One DNS record; `type` says what its target is. */
export type DnsRecord = z.output<typeof recordSchema>;
export type RecordOf<Type extends DnsRecord["type"]> = Extract<DnsRecord, { type: Type }>;
