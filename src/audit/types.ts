import type { Lines } from "../clouds/kind.ts";
import type { Money } from "../model/cost.ts";

export type { Lines };

/** What can be found, by where it is. */
export const kindsAtHetzner = [
  "server",
  "volume",
  "primary-ip",
  "floating-ip",
  "firewall",
  "ssh-key",
  "network",
] as const;
export const kindsAtCloudflare = [
  "dns-record",
  "tunnel",
  "worker",
  "worker-route",
  "worker-domain",
  "bucket",
  "kv-namespace",
  "database",
  "pages-project",
] as const;
export const kindsAtAws = ["instance", "disk", "elastic-ip", "security-group", "key-pair"] as const;
/** Those that have another word than at Hetzner. */
export const kindsAtDigitalOcean = [
  "droplet",
  "snapshot",
  "image",
  "reserved-ip",
  "tag",
  "vpc",
  "domain",
  "project",
] as const;
export const kindsOnHosts = ["port", "unit", "cron", "authorized-key", "user", "package", "container"] as const;
export const findingKinds = [
  ...kindsAtHetzner,
  ...kindsAtCloudflare,
  ...kindsAtAws,
  ...kindsAtDigitalOcean,
  ...kindsOnHosts,
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** What the Pulumi engine imports it by. */
export interface PulumiId {
  /** "hcloud:index/volume:Volume". */
  type: string;
  id: string;
}

/** Something that exists and that nobody declared. */
export interface Finding {
  /** Where it is: "Hetzner Cloud", "Cloudflare", "AWS eu-west-2", or the name of a host. */
  place: string;
  /** The host that it is on; null at a provider. */
  host: string | null;
  kind: FindingKind;
  /** What it is called there; of a key, its fingerprint. */
  name: string;
  /** What else tells a reader whether it may go. Never a secret, nor what may hold one. */
  detail: string;
  /** What it costs, where its provider says so. */
  monthlyCost?: Money;
  pulumi?: PulumiId;
  lines?: Lines;
}

/** A place, or a part of it, that could not be looked at. */
export interface Unknown {
  place: string;
  host: string | null;
  reason: string;
}

/** What a look at one place or several gave. */
export interface Looked {
  findings: Finding[];
  unknown: Unknown[];
}
