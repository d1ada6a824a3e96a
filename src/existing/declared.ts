import type { StateResource } from "../engine/state.ts";
import { fullName } from "../model/dns.ts";
import type { Fleet } from "../model/fleet.ts";
import type { AwsHost } from "../model/host.ts";
import { isActive } from "../model/status.ts";
import { recordName } from "./cloudflare.ts";
import type { Existing, ExistingKind } from "./types.ts";

/**
 * A host's public address: from its file, or from the cloud for one that the fleet made; undefined for one that is
 * still to be made.
 */
export const knownAddress = (fleet: Fleet, existing: Existing, host: string): string | undefined =>
  fleet.hosts.find((h) => h.name === host)?.ipv4 ??
  existing[`hcloud:address/${host}`] ??
  existing[`aws:address/${host}`];

/** Keys of what an instance at AWS is made of; of one that is adopted, only itself. */
export const awsKeys = ({ name, adopt }: AwsHost): string[] =>
  (adopt ? ["aws:instance"] : ["aws:instance", "aws:key-pair", "aws:security-group", "aws:eip"]).map(
    (kind) => `${kind}/${name}`,
  );

/** Keys ("kind/name") of everything that a fleet declares and that may exist already. */
export function declaredKeys(fleet: Fleet, existing: Existing = {}): Set<string> {
  const { edge } = fleet;
  const servers = fleet.hosts.filter((h) => isActive(h) && h.kind === "hetzner").map((h) => h.name);
  const records = fleet.zones.filter(isActive).flatMap((zone) =>
    zone.records.filter(isActive).map((r) => ({
      name: fullName(r, zone.name),
      type: r.type,
      content: typeof r.target === "string" ? r.target : (knownAddress(fleet, existing, r.target.name) ?? ""),
    })),
  );
  const pages = edge.pages.filter(isActive);
  const pageRecords = pages.flatMap((p) =>
    p.domains.map((name) => ({ name, type: "CNAME", content: `${p.name}.pages.dev` })),
  );
  const keys: [ExistingKind, string[]][] = [
    ["hcloud:server", servers],
    ["hcloud:firewall", servers],
    ["cloudflare:record", [...records, ...pageRecords].map(recordName)],
    ["cloudflare:bucket", edge.buckets.filter(isActive).map((b) => b.name)],
    ["cloudflare:kv", edge.kv.filter(isActive).map((n) => n.name)],
    ["cloudflare:pages", pages.map((p) => p.name)],
  ];
  const atAws = fleet.hosts
    .filter((h) => h.kind === "aws")
    .filter(isActive)
    .flatMap(awsKeys);
  return new Set([...keys.flatMap(([kind, names]) => names.map((name) => `${kind}/${name}`)), ...atAws]);
}

/** Keys of what a stack's exported state holds already. */
export function keysInState(resources: readonly StateResource[]): Set<string> {
  const keys = resources.map(({ type, inputs = {} }) => {
    const name = String(inputs.name);
    switch (type) {
      case "hcloud:index/server:Server":
        return `hcloud:server/${name}`;
      case "hcloud:index/firewall:Firewall":
        return `hcloud:firewall/${name}`;
      case "aws:ec2/instance:Instance":
        return `aws:instance/${hostTag(inputs)}`;
      case "aws:ec2/keyPair:KeyPair":
        return `aws:key-pair/${hostTag(inputs)}`;
      case "aws:ec2/securityGroup:SecurityGroup":
        return `aws:security-group/${hostTag(inputs)}`;
      case "aws:ec2/eip:Eip":
        return `aws:eip/${hostTag(inputs)}`;
      case "cloudflare:index/dnsRecord:DnsRecord":
        return `cloudflare:record/${recordName({ name, type: String(inputs.type), content: String(inputs.content) })}`;
      case "cloudflare:index/r2Bucket:R2Bucket":
        return `cloudflare:bucket/${name}`;
      case "cloudflare:index/workersKvNamespace:WorkersKvNamespace":
        return `cloudflare:kv/${String(inputs.title)}`;
      case "cloudflare:index/pagesProject:PagesProject":
        return `cloudflare:pages/${name}`;
      default:
        return undefined;
    }
  });
  return new Set(keys.filter((key) => key !== undefined));
}

/** What the fleet makes at AWS carries its host's name as a tag. */
const hostTag = ({ tags }: Record<string, unknown>): string =>
  String((tags as Record<string, unknown> | undefined)?.host);

/** Public addresses of the machines that a stack holds, as findExisting() would give them. */
export const addressesInState = (resources: readonly StateResource[]): Existing =>
  Object.fromEntries(
    resources.flatMap(({ type, inputs = {}, outputs = {} }) => {
      if (type === "hcloud:index/server:Server" && typeof outputs.ipv4Address === "string")
        return [[`hcloud:address/${String(inputs.name)}`, outputs.ipv4Address]];
      return type === "aws:ec2/eip:Eip" && typeof outputs.publicIp === "string"
        ? [[`aws:address/${hostTag(inputs)}`, outputs.publicIp]]
        : [];
    }),
  );
