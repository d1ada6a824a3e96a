/**
 * Lists in which order means nothing, and what makes an element of each the same as another: everything that compares or
 * tells such a list reads it here. A list that is not here is one in which order counts.
 */

/** One element by what identifies it, and what else is to be said of it: what can change while it stays the same. */
export interface Element {
  key: string;
  /** Empty where the key says it all. */
  rest: Record<string, unknown>;
}

/** An element as it is declared → what counts by itself: a rule for two networks is two. */
export type Identify = (element: unknown) => Element[];

/** One set of a resource type. */
export interface SetKind {
  /** What one element is, for people. */
  word: string;
  identify: Identify;
}

type Fields = Record<string, unknown>;

const plain: Identify = (element) => [
  { key: typeof element === "string" ? element : JSON.stringify(element), rest: {} },
];
const by =
  (field: string): Identify =>
  (element) => {
    const { [field]: key, ...rest } = element as Fields;
    return [{ key: String(key), rest }];
  };

const texts = (...lists: unknown[]): string[] =>
  lists.flatMap((list) => (Array.isArray(list) ? list.map(String) : typeof list === "string" ? [list] : []));

/** A rule for each of its networks; one without any is kept, too. */
const perNetwork = (head: string, networks: readonly string[], rest: Fields): Element[] =>
  (networks.length > 0 ? networks : ["nowhere"]).map((network) => ({ key: `${head} ${network}`, rest }));

/** "8443/tcp from 0.0.0.0/0", as host files write a port. */
const securityGroupRule =
  (preposition: "from" | "to"): Identify =>
  (element) => {
    const { protocol, fromPort, toPort, cidrBlocks, ipv6CidrBlocks, prefixListIds, securityGroups, self, ...rest } =
      element as Fields;
    const ports = fromPort === toPort ? String(fromPort) : `${String(fromPort)}-${String(toPort)}`;
    const what = String(protocol) === "-1" ? "everything" : `${ports}/${String(protocol)}`;
    const networks = [
      ...texts(cidrBlocks, ipv6CidrBlocks, prefixListIds, securityGroups),
      ...(self === true ? ["the group itself"] : []),
    ];
    return perNetwork(`${what} ${preposition}`, networks, rest);
  };

/** "in 8443/tcp from 0.0.0.0/0". */
const hetznerRule: Identify = (element) => {
  const { direction, protocol, port, sourceIps, destinationIps, ...rest } = element as Fields;
  const what = [port, protocol].filter((part) => !isBlank(part)).join("/");
  const [preposition, networks] = direction === "out" ? ["to", destinationIps] : ["from", sourceIps];
  return perNetwork(`${String(direction)} ${what} ${preposition}`, texts(networks), rest);
};

/** "8443/tcp from 0.0.0.0/0". */
const dropletRule =
  (side: "source" | "destination"): Identify =>
  (element) => {
    const { protocol, portRange, ...rest } = element as Fields;
    const what = [portRange, protocol].filter((part) => !isBlank(part)).join("/");
    const whom = ["Addresses", "Tags", "DropletIds", "LoadBalancerUids", "KubernetesIds"].map((of) => `${side}${of}`);
    const others = Object.fromEntries(Object.entries(rest).filter(([name]) => !whom.includes(name)));
    const networks = whom.flatMap((name) => (Array.isArray(rest[name]) ? rest[name].map(String) : []));
    return perNetwork(`${what} ${side === "source" ? "from" : "to"}`, networks, others);
  };

/**
 * By resource type and property; `*` stands for any key. What is a set there: of Hetzner and AWS, the providers'
 * Terraform schemas; of Cloudflare, what its API answers in an order of its own; of services, what the host keeps
 * without one.
 */
const SETS: Record<string, Record<string, SetKind>> = {
  "aws:ec2/securityGroup:SecurityGroup": {
    ingress: { word: "ingress", identify: securityGroupRule("from") },
    egress: { word: "egress", identify: securityGroupRule("to") },
  },
  "aws:ec2/instance:Instance": {
    vpcSecurityGroupIds: { word: "firewall", identify: plain },
    securityGroups: { word: "firewall", identify: plain },
    ebsBlockDevices: { word: "block device", identify: by("deviceName") },
    secondaryPrivateIps: { word: "private address", identify: plain },
  },
  "aws:budgets/budget:Budget": { costFilters: { word: "cost filter", identify: by("name") } },
  "hcloud:index/firewall:Firewall": {
    rules: { word: "rule", identify: hetznerRule },
    applyTos: { word: "applied to", identify: plain },
  },
  "hcloud:index/server:Server": {
    firewallIds: { word: "firewall", identify: plain },
    networks: { word: "network", identify: by("networkId") },
  },
  "digitalocean:index/droplet:Droplet": { tags: { word: "tag", identify: plain } },
  "digitalocean:index/firewall:Firewall": {
    inboundRules: { word: "inbound rule", identify: dropletRule("source") },
    outboundRules: { word: "outbound rule", identify: dropletRule("destination") },
    tags: { word: "tag", identify: plain },
    dropletIds: { word: "droplet", identify: plain },
  },
  "cloudflare:index/dnsRecord:DnsRecord": { tags: { word: "tag", identify: plain } },
  "cloudflare:index/workersScript:WorkersScript": {
    bindings: { word: "binding", identify: by("name") },
    compatibilityFlags: { word: "compatibility flag", identify: plain },
    tailConsumers: { word: "tail consumer", identify: by("service") },
  },
  "cloudflare:index/loadBalancerPool:LoadBalancerPool": { origins: { word: "origin", identify: by("name") } },
  "fleet:host:Service": {
    packages: { word: "package", identify: plain },
    "users.*.groups": { word: "group", identify: plain },
  },
};

/** The set at a property of a type, by its keys; nothing for a list in which order counts, and for what is no list. */
export const setAt = (type: string, keys: readonly string[]): SetKind | undefined =>
  Object.entries(SETS[type] ?? {}).find(([pattern]) => {
    const wanted = pattern.split(".");
    return wanted.length === keys.length && wanted.every((part, i) => part === "*" || part === keys[i]);
  })?.[1];

/** The elements of a set by their keys: of each key, the texts of what else is said, each once. */
export const elementsOf = (list: readonly unknown[], identify: Identify): Map<string, Set<string>> =>
  new Map(
    [...Map.groupBy(list.flatMap(identify), ({ key }) => key)].map(([key, elements]) => [
      key,
      new Set(elements.map(({ rest }) => restText(rest))),
    ]),
  );

const restText = (rest: Element["rest"]): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(rest)
        .filter(([, value]) => !isBlank(value))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  );

/** What a server fills in where nothing was said. */
const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
