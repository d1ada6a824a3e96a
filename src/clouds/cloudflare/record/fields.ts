import { createHash } from "node:crypto";
import { Address6 } from "ip-address";
import type { DnsRecord } from "../../../model/dns-record.ts";
import { canonicalContent, canonicalHostname, characterStrings, recordText } from "../../../model/dns-form.ts";

/** A DNS record as Cloudflare's API shows it; some types have `data` besides. */
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
  tags?: string[];
  data?: Record<string, unknown>;
  meta?: { read_only?: boolean };
}

/** What a record says, as the API and the provider take it: SRV and CAA in fields, everything else as text. */
export function fieldsOf<C>(record: DnsRecord, content: C) {
  switch (record.type) {
    case "SRV":
      return {
        priority: record.priority,
        data: { priority: record.priority, weight: record.weight, port: record.port, target: content },
      };
    case "CAA":
      return { data: { flags: record.flags, tag: record.tag, value: content } };
    case "MX":
      return { content, priority: record.priority };
    case "A":
    case "AAAA":
    case "CNAME":
      return { content, proxied: record.proxied };
    case "TXT":
    case "NS":
      return { content };
  }
}

/** A target as it is sent, where it is no host's address: in the one form, and text as character strings. */
export function sentContent({ type }: DnsRecord, target: string): string {
  if (type === "TXT") return characterStrings(canonicalContent(type, target));
  return type === "SRV" ? canonicalHostname(target) : canonicalContent(type, target);
}

/** What a record to a known target is at the vendor: the type, the full name, and what it says. */
export const identityOf = (name: string, record: Parameters<typeof recordText>[0]): string =>
  `${canonicalHostname(name)} ${record.type} ${recordText(record)}`;

/**
 * A record's name in the stack. Only one CNAME can stand under a name, so what it says is not part of it; an address
 * that a host gives is called after the host. Every other record is what it says.
 */
export function logicalName(name: string, record: DnsRecord): string {
  if (record.type === "CNAME") return `${name} CNAME`;
  if (typeof record.target === "object") return `${name} ${record.type} ${record.target.name}`;
  const text = recordText({ type: record.type, ...fieldsOf(record, record.target) });
  return `${name} ${record.type} ${record.type === "AAAA" ? groupsOf(text) : label(text)}`;
}

/** "2001:db8:0:0:0:0:0:1": what separates a URN's parts must not be in it. */
const groupsOf = (address: string): string =>
  new Address6(address).parsedAddress.map((group) => parseInt(group, 16).toString(16)).join(":");

const LONGEST = 60;

/** A text as part of a URN: short, and without what separates a URN's parts. */
function label(text: string): string {
  if (text.length <= LONGEST && /^[ -~]+$/.test(text) && !text.includes("::")) return text;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 8);
  return `${text.replace(/[^ -~]|::/g, "…").slice(0, LONGEST / 2)}… ${digest}`;
}

/** The names of addresses exclude a CNAME of the same name, so one becomes the other. */
export const slotsOf = (name: string, type: string): string[] => {
  const others: Record<string, string[]> = { CNAME: ["A", "AAAA"], A: ["CNAME"], AAAA: ["CNAME"] };
  return [type, ...(others[type] ?? [])].map((each) => `${name} ${each}`);
};
