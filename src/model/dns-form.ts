import { domainToASCII } from "node:url";
import { Address6 } from "ip-address";

/**
 * DNS records in one form. Vendors and people write the same record in several: with capitals, with a dot at the end,
 * with or without quotation marks, in pieces.
 */

/** What a record says besides its name and type, as Cloudflare's API and its provider have it. */
export interface RecordData {
  type: string;
  content?: string;
  /** Of MX. */
  priority?: number;
  /** Of SRV and CAA. */
  data?: Record<string, unknown>;
}

/** "Bücher.Example." is "xn--bcher-kva.example". */
export function canonicalHostname(name: string): string {
  const bare = name.replace(/\.$/, "").toLowerCase();
  // What is ASCII already may be no host name in the strict sense, such as _dmarc.
  return /^[ -~]*$/.test(bare) ? bare : domainToASCII(bare) || bare;
}

/** A record's content in the one form, by its type. */
export function canonicalContent(type: string, content: string): string {
  switch (type) {
    case "AAAA":
      return Address6.isValid(content) ? new Address6(content).correctForm() : content;
    case "CNAME":
    case "MX":
    case "NS":
      return canonicalHostname(content);
    case "TXT":
      return textOf(content);
    default:
      return content;
  }
}

/** Fields of a record in the one form. */
export function canonicalData(type: string, data: Record<string, unknown>): Record<string, unknown> {
  if (type === "SRV")
    return { ...numbers(data, ["priority", "weight", "port"]), target: canonicalHostname(text(data.target)) };
  if (type !== "CAA") return data;
  const tag = text(data.tag).toLowerCase();
  return { ...numbers(data, ["flags"]), tag, value: canonicalIssuer(tag, text(data.value)) };
}

/** All that a record says, in one line. Two records of a name and type that say the same cannot exist. */
export function recordText({ type, content = "", priority, data = {} }: RecordData): string {
  const form = canonicalData(type, data);
  switch (type) {
    case "MX":
      return `${Number(priority)} ${canonicalContent(type, content)}`;
    case "SRV":
      return [form.priority, form.weight, form.port, form.target].join(" ");
    case "CAA":
      return [form.flags, form.tag, form.value].join(" ");
    default:
      return canonicalContent(type, content);
  }
}

/** An authority's name may be followed by parameters, which are its own. */
const canonicalIssuer = (tag: string, value: string): string =>
  tag === "iodef" ? value.trim() : value.trim().replace(/^[^;]*/, (issuer) => canonicalHostname(issuer.trim()));

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const numbers = (data: Record<string, unknown>, fields: readonly string[]): Record<string, number> =>
  Object.fromEntries(fields.map((field) => [field, Number(data[field] ?? 0)]));

/** The character strings of a TXT record, each in quotation marks: RFC 1035, sections 3.3 and 5.1. */
const STRINGS = /^\s*("(?:[^"\\]|\\.)*"\s*)+$/s;

/** What a TXT record says: its strings, one after the other. What stands in no quotation marks is one string. */
export function textOf(content: string): string {
  if (!STRINGS.test(content)) return content;
  const bytes = [...content.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, inner]) => unescaped(inner!));
  return Buffer.concat(bytes).toString();
}

/** \" and \\ are the character itself, \226 is a byte. */
const unescaped = (inner: string): Buffer =>
  Buffer.concat(
    [...inner.matchAll(/\\(\d{3})|\\(.)|([^\\]+)/gs)].map(([, byte, char, plain]) =>
      byte === undefined ? Buffer.from(char ?? plain!) : Buffer.from([Number(byte) & 255]),
    ),
  );

/** The most bytes that one character string holds. */
const LONGEST = 255;

/** A text as character strings: in quotation marks, cut where it is too long, and never inside a character. */
export function characterStrings(text: string): string {
  const pieces = [""];
  for (const char of text)
    if (Buffer.byteLength(pieces.at(-1)! + char) > LONGEST) pieces.push(char);
    else pieces[pieces.length - 1] += char;
  return pieces.map((piece) => `"${piece.replace(/["\\]/g, "\\$&")}"`).join(" ");
}
