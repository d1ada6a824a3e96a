import { keysOf } from "../engine/differences.ts";
import { setAt } from "../engine/sets.ts";

/** What a resource is, in a reviewer's words. */
const RESOURCES: Record<string, string> = {
  "fleet:host:Service": "service",
  "fleet:index:Token": "token",
  "fleet:mesh:Key": "mesh key",
  "fleet:ssh:HostKey": "SSH host key",
  "fleet:ssh:KeyPair": "SSH key pair",
  "hcloud:index/server:Server": "server",
  "hcloud:index/firewall:Firewall": "firewall",
  "digitalocean:index/droplet:Droplet": "droplet",
  "digitalocean:index/firewall:Firewall": "firewall",
  "aws:ec2/instance:Instance": "instance",
  "pulumi:providers:aws": "provider of the region",
  "aws:ec2/eip:Eip": "address",
  "aws:ec2/eipAssociation:EipAssociation": "address of the instance",
  "aws:ec2/keyPair:KeyPair": "SSH key",
  "aws:ec2/securityGroup:SecurityGroup": "firewall",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "firewall rule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "firewall rule",
  "cloudflare:index/dnsRecord:DnsRecord": "record",
  "cloudflare:index/zoneSetting:ZoneSetting": "setting",
  "cloudflare:index/r2Bucket:R2Bucket": "bucket",
  "cloudflare:index/r2CustomDomain:R2CustomDomain": "host name of a bucket",
  "cloudflare:index/workersScript:WorkersScript": "Worker",
  "cloudflare:index/workersCustomDomain:WorkersCustomDomain": "host name of a Worker",
  "cloudflare:index/workersRoute:WorkersRoute": "route of a Worker",
  "cloudflare:index/workersKvNamespace:WorkersKvNamespace": "KV namespace",
  "cloudflare:index/workersKv:WorkersKv": "KV value",
  "cloudflare:index/d1Database:D1Database": "database",
  "cloudflare:index/pagesProject:PagesProject": "Pages project",
  "cloudflare:index/pagesDomain:PagesDomain": "host name of a Pages project",
};

/** "hcloud:index/placementGroup:PlacementGroup" is a placement group. */
export const resourceWord = (type: string): string =>
  RESOURCES[type] ??
  type
    .slice(type.lastIndexOf(":") + 1)
    .replace(/[^A-Za-z0-9]/g, "")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, " ")
    .toLowerCase();

/** A property as a reviewer names it: a word of ours, and what comes from the fleet. */
export interface PropertyWords {
  /** "file", "unit"; empty where the name says it all. */
  kind: string;
  /** "/etc/nginx/nginx.conf". */
  name: string;
  /** "mode", "enabled"; empty when the thing as a whole or its text is meant. */
  part: string;
  /** It is an element of a set, told by what identifies it. */
  element?: true;
}

/** The maps of a bundle, and what one of their entries is. */
const ENTRIES: Record<string, string> = {
  files: "file",
  units: "unit",
  containers: "container",
  cron: "cron entry",
  directories: "directory",
  artifacts: "program",
  users: "user",
  groups: "group",
  sysctl: "kernel setting",
  options: "NixOS option",
};
const WHOLE: Record<string, string> = {
  packages: "packages",
  timeZone: "time zone",
  validations: "validation",
  checks: "check",
};
/** What an entry is mostly. */
const TEXTS = new Set(["content", "text"]);

/** Puts a property path of a resource into words: files["/etc/x"].content is the file /etc/x. */
export function propertyWords(type: string, path: string): PropertyWords {
  const element = elementWords(type, path);
  if (element) return element;
  const [section = "", ...keys] = keysOf(path);
  if (type !== "fleet:host:Service") return { kind: "", name: path, part: "" };
  if (section === "records" && keys.length > 1) return { kind: "entry", name: keys[1]!, part: keys.slice(2).join(".") };
  const [name, ...rest] = keys;
  if (section in WHOLE)
    return {
      kind: WHOLE[section]!,
      name: "",
      part: [name, ...rest].filter((key) => key !== undefined && !/^\d+$/.test(key)).join("."),
    };
  if (!(section in ENTRIES) || name === undefined) return { kind: "", name: path, part: "" };
  if (rest[0] === "dropIns" && rest.length > 1)
    return { kind: "unit", name, part: `drop-in ${rest.slice(1).join(".")}` };
  return { kind: ENTRIES[section]!, name, part: rest.length === 1 && TEXTS.has(rest[0]!) ? "" : rest.join(".") };
}

/** Maps of names of a fleet's own choice that clouds keep with a thing, and what an entry is. */
const NAMES: Record<string, string> = { tags: "tag", labels: "label" };

/**
 * An element of a set, or a name that clouds keep with a thing, in the words of a declaration: "ingress 8443/tcp from
 * 0.0.0.0/0", "tag role". Nothing for any other property.
 */
export function elementWords(type: string, path: string): PropertyWords | undefined {
  const keys = keysOf(path);
  for (let n = 1; n < keys.length; n += 1) {
    const set = setAt(type, keys.slice(0, n));
    if (set) return { kind: set.word, name: keys[n]!, part: keys.slice(n + 1).join("."), element: true };
  }
  const kind = type.startsWith("fleet:") || keys.length !== 2 ? undefined : NAMES[keys[0]!];
  return kind === undefined ? undefined : { kind, name: keys[1]!, part: "" };
}

/** What else is known of an element that is on one side alone: "description web"; empty where that is nothing. */
export const elementRemark = (value: unknown): string =>
  typeof value !== "object" || value === null
    ? ""
    : Object.entries(value)
        .filter(([, each]) => each !== null && each !== undefined && each !== "")
        .map(([key, each]) => `${key} ${typeof each === "string" ? each : JSON.stringify(each)}`)
        .join(", ");
