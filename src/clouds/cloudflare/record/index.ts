import { cname, fullName, type Zone } from "../../../model/dns.ts";
import type { DnsRecord } from "../../../model/dns-record.ts";
import { canonicalContent, canonicalData, canonicalHostname } from "../../../model/dns-form.ts";
import { hostnamesOfTunnel } from "../../../model/tunnel.ts";
import { isActive } from "../../../model/status.ts";
import type { Component, Declared, Kind, Known } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { idOfZone, inEdge, inZone, stackFile, zoneIdOf, type InFleet } from "../names.ts";
import { addressKey, targetOfTunnel, tunnel } from "../tunnel/index.ts";
import { fieldsOf, identityOf, logicalName, sentContent, slotsOf, type ApiRecord } from "./fields.ts";
import { recordLines } from "./lines.ts";

interface ZoneRecord extends InFleet<DnsRecord> {
  /** The full name, in the one form. */
  name: string;
  zoneId: () => string;
  within: Component[];
  /** The tunnel that it leads to, whose id is known only when it is there. */
  tunnel?: string;
}

/** The largest page that is asked for: the API would give more, but a page is held in memory as a whole. */
const PAGE = 5000;

/** A DNS record. Identity: its name, its type, and all that it says. */
export const record: Kind<ZoneRecord, ApiRecord, CloudflareClient> = {
  is: "cloudflare/record",
  title: "DNS record",
  token: "cloudflare:index/dnsRecord:DnsRecord",

  declared: (fleet) => [
    ...fleet.zones.flatMap((zone) =>
      zone.records.map((each) =>
        declared(each, {
          fleet,
          name: fullName(each, zone.name),
          zoneId: () => idOfZone(zone),
          within: inZone(zone.name),
          active: isActive(zone) && zone.provider === "cloudflare",
        }),
      ),
    ),
    // Pages, unlike Workers and R2, leaves the record of a host name to the owner of the zone.
    ...fleet.edge.pages.flatMap((project) =>
      project.domains.map((domain) =>
        declared(cname("@", `${project.name}.pages.dev`, { proxied: true, adopt: project.adopt }), {
          fleet,
          name: canonicalHostname(domain),
          zoneId: () => zoneIdOf(fleet, domain),
          within: inEdge,
          active: isActive(project),
        }),
      ),
    ),
    ...fleet.edge.tunnels
      .filter(({ standby }) => !standby)
      .flatMap((is) =>
        hostnamesOfTunnel(is).map((name) =>
          declared(cname("@", "cfargotunnel.com", { proxied: true, adopt: is.adopt }), {
            fleet,
            name,
            zoneId: () => zoneIdOf(fleet, name),
            within: inEdge,
            tunnel: is.name,
            active: isActive(is),
          }),
        ),
      ),
  ],
  identity({ name, is, tunnel: through }, known) {
    const target = through === undefined ? targetOf(is, known) : known.address(addressKey(through));
    return target === undefined ? undefined : identityOf(name, { type: is.type, ...fieldsOf(is, target) });
  },
  held({ inputs = {} }) {
    const { name, type } = inputs as unknown as ApiRecord;
    return { identity: identityOf(name, inputs as unknown as ApiRecord), slot: `${canonicalHostname(name)} ${type}` };
  },
  ask: (client) =>
    client.zones.filter(isAsked).map(({ id, name }) => ({
      about: `records of ${name}`,
      async list() {
        if (id === undefined)
          throw new Error("it has no id in the fleet's file: copy it from its overview page at Cloudflare");
        const all = await client.zoneList<ApiRecord>(id, "/dns_records", PAGE);
        // One that cannot be edited is made by what it belongs to, such as a Worker's domain.
        return all
          .filter(({ meta }) => meta?.read_only !== true)
          .map((shown) => ({
            identity: identityOf(shown.name, shown),
            id: shown.id,
            importId: `${id}/${shown.id}`,
            shown,
          }));
      },
    })),

  within: ({ within }) => within,
  resource: ({ name, zoneId, is, tunnel: through }, values) => ({
    args: {
      zoneId: zoneId(),
      name,
      type: is.type,
      ttl: ttlOf(is),
      ...(is.comment !== undefined && { comment: is.comment }),
      ...fieldsOf(
        is,
        through !== undefined
          ? values.of(tunnel.is, through, "id", targetOfTunnel)
          : typeof is.target === "string"
            ? sentContent(is, is.target)
            : values.address(is.target.name),
      ),
    },
    // Cloudflare refuses an address beside a CNAME, so a replacement has to make room.
    options: { deleteBeforeReplace: true },
  }),

  adopts: ({ is }) => is.adopt ?? false,
  differs(shown, { is }) {
    const declared: Record<string, unknown> = {
      ttl: ttlOf(is),
      proxied: "proxied" in is && is.proxied,
      comment: is.comment ?? "",
      tags: "",
    };
    const there: Record<string, unknown> = {
      ttl: shown.ttl ?? 1,
      proxied: shown.proxied ?? false,
      comment: shown.comment ?? "",
      tags: (shown.tags ?? []).join(", "),
    };
    return Object.keys(declared)
      .filter((field) => declared[field] !== there[field])
      .map((field) => `${field} is ${said(there[field])} there and ${said(declared[field])} in the file`);
  },
  canonical: {
    name: (name) => canonicalHostname(String(name)),
    content: (content, { type }) => canonicalContent(String(type), String(content)),
    data: (data, { type }) => canonicalData(String(type), data as Record<string, unknown>),
  },
  inputs: ({ name, type, content, data }) => ({ name, type, content, ...(data && { data }) }),

  audit: {
    kind: "dns-record",
    tell: ({ name, type, content = "", proxied }) => ({
      name: `${name} ${type}`,
      detail: `to ${content}${proxied ? ", proxied" : ""}`,
    }),
    lines: (shown, fleet) => recordLines(fleet, shown),
  },
  quirks: [
    {
      is: "takes text without quotation marks, keeps it so, and warns of it in its console",
      seen: "2025-10",
      source: "https://github.com/cloudflare/terraform-provider-cloudflare/issues/6354",
    },
    {
      is: "cuts a string of more than 255 bytes into several, and answers with those",
      seen: "2025-09",
      source: "https://github.com/cloudflare/terraform-provider-cloudflare/issues/6238",
    },
    {
      is: "answers names, and targets that are names, in lower case",
      seen: "2026-04",
      source: "https://github.com/cloudflare/terraform-provider-cloudflare/issues/529",
    },
    {
      is: "answers names of records in Punycode, whatever was sent, and names of zones in Unicode",
      seen: "2026-09",
      source: "https://github.com/cloudflare/cloudflare-docs/issues/1991",
    },
    {
      is: "answers IPv6 addresses in their short form",
      seen: "2024-06",
      source: "https://github.com/cloudflare/terraform-provider-cloudflare/issues/3354",
    },
    {
      is: "drops the dot at the end of a target",
      seen: "2022-06",
      source: "https://github.com/cloudflare/terraform-provider-cloudflare/pull/1713",
    },
    {
      is: "refuses an identical record with 81058, an address beside a CNAME with 81054",
      seen: "2025-07",
      source:
        "https://github.com/ZhiXuanWang/cf-speed-dns/issues/55, https://github.com/favonia/cloudflare-ddns/issues/990",
    },
  ],
};

function declared(
  is: DnsRecord,
  { active, ...where }: Omit<ZoneRecord, "is"> & { active: boolean },
): Declared<ZoneRecord> {
  return {
    name: logicalName(where.name, is),
    slots: slotsOf(where.name, is.type),
    file: stackFile(where.fleet),
    active: active && isActive(is),
    model: { is, ...where },
  };
}

/** Whether Cloudflare answers for it. */
export const isAsked = (zone: Zone): boolean => isActive(zone) && zone.provider === "cloudflare";

/** Seconds; 1 is Cloudflare's word for automatic. */
const ttlOf = ({ ttl }: DnsRecord): number => (ttl === "auto" ? 1 : ttl);

const targetOf = ({ target }: DnsRecord, known: Known): string | undefined =>
  typeof target === "string" ? target : known.address(target.name);

const said = (value: unknown): string => (value === "" ? "nothing" : JSON.stringify(value));
