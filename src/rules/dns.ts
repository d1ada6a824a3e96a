import { canonicalHostname, recordText } from "../model/dns-form.ts";
import type { DnsRecord } from "../model/dns-record.ts";
import { fullName, zoneOf, type Zone } from "../model/dns.ts";
import type { FleetParts } from "../model/fleet-parts.ts";
import { edgeHostnames } from "../model/edge-hostnames.ts";
import { isActive } from "../model/status.ts";
import { filesOf, type Finding, type FleetView } from "../model/view.ts";
import { pairs, type Rule } from "./view.ts";

/** Something that answers under a name: a record, or a thing at the edge that brings its own record. */
interface Claim {
  name: string;
  file: string;
  what: string;
  record?: DnsRecord;
  /** What the record says, however it is written. */
  says?: string;
}

/** Records of one name that exclude each other. */
export const dnsClashes: Rule = (view) => {
  const claims = [...view.fleet.zones.filter(isActive).flatMap((z) => recordClaims(view, z)), ...edgeClaims(view)];
  return [...Map.groupBy(claims, (c) => c.name).values()].flatMap((same) =>
    pairs(same).flatMap(([a, b]) => clash(a, b)),
  );
};

function clash(a: Claim, b: Claim): Finding[] {
  const problem = problemOf(a, b);
  if (!problem) return [];
  return [
    {
      rule: "dns-clash",
      files: filesOf(a.file, b.file),
      message: `${a.what} and ${b.what} exclude each other: ${problem}`,
      remedy: `remove one of them, or rename it, in ${filesOf(a.file, b.file).join(" or ")}`,
    },
  ];
}

const brings = new Set(["A", "AAAA", "CNAME"]);
function problemOf(a: Claim, b: Claim): string | undefined {
  if (!a.record || !b.record) {
    const record = a.record ?? b.record;
    if (record && !brings.has(record.type)) return undefined;
    return record ? "what stands at the edge brings its own record" : "a host name belongs to one thing at the edge";
  }
  if (a.record.type === b.record.type && a.says === b.says) return "they are the same record twice";
  if (a.record.type === "CNAME" || b.record.type === "CNAME")
    return "beside a CNAME nothing else can stand under the same name";
  return undefined;
}

/** What makes two records the same for a DNS provider: not the TTL, the proxy or a comment. */
function textIn({ hosts }: Pick<FleetParts, "hosts">, record: DnsRecord): string {
  const { type, target } = record;
  const content =
    typeof target === "string" ? target : (hosts.find(({ name }) => name === target.name)?.ipv4 ?? `of ${target.name}`);
  if (record.type === "SRV") return recordText({ type, data: { ...record, target: content } });
  if (record.type === "CAA") return recordText({ type, data: { ...record, value: content } });
  return recordText({ type, content, ...(record.type === "MX" && { priority: record.priority }) });
}

const recordClaims = ({ fleet, fileOf }: FleetView, zone: Zone): Claim[] =>
  zone.records.filter(isActive).map((record) => {
    const name = fullName(record, zone.name);
    const what = `the ${record.type} record ${name}`;
    return { name, file: fileOf.zone(zone.name), what, record, says: textIn(fleet, record) };
  });

const edgeClaims = ({ fleet, fileOf }: FleetView): Claim[] =>
  edgeHostnames(fleet.edge)
    .filter((h) => h.active)
    .map(({ hostname, owner }) => ({
      name: canonicalHostname(hostname),
      file: fileOf.edge,
      what: `${owner} (${hostname})`,
    }));

/** Mistakes inside one zone, and host names at the edge that no zone of the fleet holds. */
export const dnsNames: Rule = ({ fleet, fileOf }) => [
  ...fleet.zones.flatMap((zone) =>
    zone.records
      .filter((r) => r.name === zone.name || r.name.endsWith(`.${zone.name}`))
      .map((record): Finding => ({
        rule: "dns-name",
        files: [fileOf.zone(zone.name)],
        message: `the record "${record.name}" repeats its zone: it would be ${fullName(record, zone.name)}`,
        remedy: `write "${record.name.slice(0, -zone.name.length - 1) || "@"}"`,
      })),
  ),
  ...edgeHostnames(fleet.edge)
    .filter(
      ({ hostname }) =>
        !zoneOf(
          fleet.zones.filter(({ provider }) => provider === "cloudflare"),
          hostname,
        ),
    )
    .map(({ hostname, owner }): Finding => ({
      rule: "dns-name",
      files: filesOf(fileOf.edge, fileOf.fleet),
      message: `${owner} answers for ${hostname}, but no zone of the fleet at Cloudflare holds that name`,
      remedy: `correct the name in ${fileOf.edge}, or add its zone in ${fileOf.fleet}`,
    })),
];
