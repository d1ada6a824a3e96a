import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { Address6 } from "ip-address";
import { CloudError } from "../http/types.ts";
import type { DnsRecord } from "./dns-store.ts";
import type { Json } from "./reply.ts";
import { inZone, type Zone } from "./zones.ts";

/** The parts of a record that its user chooses. */
export type RecordFields = Pick<
  DnsRecord,
  "name" | "type" | "content" | "ttl" | "proxied" | "proxiable" | "comment" | "tags" | "settings" | "priority" | "data"
>;

const PROXIABLE = ["A", "AAAA", "CNAME"];
const EXCLUSIVE = ["A", "AAAA", "CNAME"];
const PLAIN = ["A", "AAAA", "CNAME", "MX", "NS", "OPENPGPKEY", "PTR", "TXT"];
/** How the text form of a record is made of its data. */
const CONTENT: Record<string, string[]> = {
  CAA: ["flags", "tag", "value"],
  CERT: ["type", "key_tag", "algorithm", "certificate"],
  DNSKEY: ["flags", "protocol", "algorithm", "public_key"],
  DS: ["key_tag", "algorithm", "digest_type", "digest"],
  HTTPS: ["priority", "target", "value"],
  LOC: [
    "lat_degrees",
    "lat_minutes",
    "lat_seconds",
    "lat_direction",
    "long_degrees",
    "long_minutes",
    "long_seconds",
    "long_direction",
    "altitude",
    "size",
    "precision_horz",
    "precision_vert",
  ],
  NAPTR: ["order", "preference", "flags", "service", "regex", "replacement"],
  SMIMEA: ["usage", "selector", "matching_type", "certificate"],
  SRV: ["priority", "weight", "port", "target"],
  SSHFP: ["algorithm", "type", "fingerprint"],
  SVCB: ["priority", "target", "value"],
  TLSA: ["usage", "selector", "matching_type", "certificate"],
  URI: ["weight", "target"],
};

/** Cloudflare's validation of a whole record. @throws CloudError 1004 with the exact complaint in its error_chain. */
export function checkedFields(zone: Zone, body: Json): RecordFields {
  const type = String(body.type ?? "").toUpperCase();
  if (!PLAIN.includes(type) && CONTENT[type] === undefined) throw refused(9003, `Invalid 'type': "${type}".`);
  const name = checkedName(zone, body.name);
  const data = CONTENT[type] === undefined ? undefined : checkedData(type, body.data);
  const content = data === undefined ? checkedContent(type, body.content, name) : contentOf(type, data);
  const proxiable = PROXIABLE.includes(type);
  const proxied = body.proxied === true;
  if (proxied && !proxiable) throw refused(9004, `This record type cannot be proxied.`);
  return {
    name,
    type,
    content,
    proxied,
    proxiable,
    ttl: proxied ? 1 : checkedTtl(body.ttl ?? 1),
    comment: checkedComment(body.comment),
    tags: Array.isArray(body.tags) ? body.tags.map(String).sort() : [],
    settings: (body.settings as Json | undefined) ?? {},
    ...(data === undefined ? {} : { data }),
    ...priorityOf(type, body, data),
  };
}

/**
 * What was reported of the codes: https://github.com/jeessy2/ddns-go/issues/1378,
 * https://github.com/favonia/cloudflare-ddns/issues/990
 * @throws CloudError 81058 for an identical record, 81054 for an address beside a CNAME, 81053 for a CNAME beside either
 */
export function checkClash(fields: RecordFields, others: DnsRecord[]): void {
  const here = others.filter((other) => other.name === fields.name);
  if (
    here.some(
      (other) => other.type === fields.type && other.content === fields.content && other.priority === fields.priority,
    )
  ) {
    throw new CloudError(400, 81058, "An identical record already exists.");
  }
  if (fields.type === "CNAME" && here.some((other) => EXCLUSIVE.includes(other.type)))
    throw new CloudError(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
  if (EXCLUSIVE.includes(fields.type) && here.some((other) => other.type === "CNAME"))
    throw new CloudError(400, 81054, "A CNAME record with that host already exists.");
}

function checkedName(zone: Zone, given: unknown): string {
  if (typeof given !== "string" || given === "") throw refused(9000, "DNS name is required.");
  const short = ascii(given);
  const name = short === "@" ? zone.name : inZone(zone, short) ? short : `${short}.${zone.name}`;
  const labels = name.split(".");
  const good =
    name.length <= 253 &&
    labels.every((label, i) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label) || (label === "*" && i === 0));
  if (!good) throw refused(9000, "DNS name is invalid.");
  return name;
}

function checkedContent(type: string, given: unknown, name: string): string {
  if (typeof given !== "string" || given === "") throw refused(9020, `Content for ${type} record is required.`);
  const host = ascii(given);
  if (type === "A" && !isIPv4(given)) throw refused(9005, "Content for A record must be a valid IPv4 address.");
  if (type === "AAAA" && !isIPv6(given)) throw refused(9006, "Content for AAAA record must be a valid IPv6 address.");
  if (type === "AAAA") return new Address6(given).correctForm();
  if (type === "TXT") return cut(given);
  if (type === "CNAME" && host === name) throw refused(9039, "CNAME content cannot reference itself.");
  if (!["CNAME", "MX", "NS", "PTR"].includes(type)) return given;
  if (!/^[a-z0-9_.-]+$/.test(host) || isIPv4(host)) throw refused(9007, `Content for ${type} record is invalid.`);
  return host;
}

/** In lower case and Punycode, without the dot at the end: https://github.com/cloudflare/cloudflare-docs/issues/1991 */
const ascii = (name: string): string => {
  const bare = name.toLowerCase().replace(/\.$/, "");
  return /^[ -~]*$/.test(bare) ? bare : domainToASCII(bare) || bare;
};

/**
 * Text stays as it was sent, with quotation marks or without; a string of more than 255 bytes is cut:
 * https://github.com/cloudflare/terraform-provider-cloudflare/issues/6238
 */
function cut(text: string): string {
  const strings = text.startsWith('"')
    ? [...text.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, inner]) => inner!)
    : [text];
  if (strings.every((string) => Buffer.byteLength(string) <= 255)) return text;
  return strings
    .flatMap((string) => string.match(/[^]{1,255}/g) ?? [""])
    .map((string) => `"${string}"`)
    .join(" ");
}

function checkedData(type: string, given: unknown): Json {
  const data = { ...((given ?? {}) as Json) };
  if (typeof data.target === "string") data.target = ascii(data.target);
  const missing = (CONTENT[type] ?? []).filter(
    (field) =>
      data[field] === undefined && !["value", "altitude", "size"].includes(field) && !field.startsWith("precision"),
  );
  if (missing.length > 0)
    throw refused(9101, `${missing.map((field) => `data.${field}`).join(", ")} is a required data field.`);
  return data;
}

const contentOf = (type: string, data: Json): string =>
  (CONTENT[type] ?? [])
    .flatMap((field) =>
      data[field] === undefined
        ? []
        : [type === "CAA" && field === "value" ? `"${String(data[field])}"` : String(data[field])],
    )
    .join(" ");

function checkedTtl(ttl: unknown): number {
  if (typeof ttl === "number" && (ttl === 1 || (ttl >= 60 && ttl <= 86400))) return ttl;
  throw refused(9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.");
}

function checkedComment(comment: unknown): string | null {
  if (comment === undefined || comment === null || comment === "") return null;
  if (String(comment).length > 100) throw refused(9200, "DNS record comments cannot be longer than 100 characters.");
  return String(comment);
}

function priorityOf(type: string, body: Json, data?: Json): { priority?: number } {
  const priority = type === "MX" || type === "URI" ? body.priority : type === "SRV" ? data?.priority : undefined;
  if (type === "MX" && typeof priority !== "number")
    throw refused(9100, "priority is a required data field for MX records.");
  return typeof priority === "number" ? { priority } : {};
}

const refused = (code: number, message: string): CloudError =>
  new CloudError(400, 1004, "DNS Validation Error", [{ code, message }]);
