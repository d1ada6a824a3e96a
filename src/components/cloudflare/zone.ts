import * as pulumi from "@pulumi/pulumi";
import { recordName } from "../../existing/cloudflare.ts";
import { fullName, type Zone } from "../../model/dns.ts";
import type { DnsRecord } from "../../model/dns-record.ts";
import { isActive } from "../../model/status.ts";
import type { CloudView } from "../../existing/types.ts";
import { adoption } from "../adoption.ts";
import * as cloudflare from "./sdk.ts";

export interface CloudflareZoneArgs {
  zone: Zone & { id: string };
  /** A host's public address, by its name. */
  addressOf: (host: string) => pulumi.Input<string>;
  /**
   * The address that a host has now, for recognising a record that exists; undefined for machines that are still to be
   * made.
   */
  knownAddress: (host: string) => string | undefined;
  view: CloudView;
}

/**
 * The records and settings of one zone. The zone itself exists: it is where the owner pointed the domain's name
 * servers.
 */
export class CloudflareZone extends pulumi.ComponentResource {
  constructor(name: string, args: CloudflareZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:cloudflare:Zone", name, {}, opts);
    for (const record of args.zone.records.filter(isActive)) this.createRecord(args, record);
    for (const [settingId, value] of Object.entries(args.zone.settings)) {
      new cloudflare.ZoneSetting(`${name}-${settingId}`, { zoneId: args.zone.id, settingId, value }, { parent: this });
    }
    this.registerOutputs({});
  }

  private createRecord(args: CloudflareZoneArgs, record: DnsRecord): cloudflare.DnsRecord {
    const { zone, view } = args;
    const name = fullName(record, zone.name);
    const isReference = typeof record.target === "object";
    const content = isReference ? args.addressOf((record.target as { name: string }).name) : (record.target as string);
    const known = isReference ? args.knownAddress((record.target as { name: string }).name) : (record.target as string);
    const twins = zone.records.filter((r) => r.type === record.type && r.name === record.name);
    return new cloudflare.DnsRecord(
      `${name} ${record.type}${twins.length > 1 ? ` ${twins.indexOf(record) + 1}` : ""}`,
      {
        zoneId: zone.id,
        name,
        type: record.type,
        ttl: record.ttl === "auto" ? 1 : record.ttl,
        ...(record.comment !== undefined && { comment: record.comment }),
        ...contentOf(record, content),
      },
      // Cloudflare refuses a second record beside the first one, so a replacement has to make room.
      {
        parent: this,
        deleteBeforeReplace: true,
        ...(known !== undefined &&
          adoption(view, "cloudflare:record", recordName({ name, type: record.type, content: known }))),
      },
    );
  }
}

/** Cloudflare takes SRV and CAA as fields, everything else as text. */
function contentOf(record: DnsRecord, content: pulumi.Input<string>): Partial<cloudflare.DnsRecordArgs> {
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
