import type { Properties, Value } from "../../../plugin/types.ts";
import { unlessGone } from "../http-client.ts";
import { unless, type Json } from "./client.ts";
import type { Kind, Plain } from "./resource.ts";

/** What rules are about: the API's name → the provider's, after "source" or "destination". */
const TARGETS = {
  addresses: "Addresses",
  droplet_ids: "DropletIds",
  tags: "Tags",
  load_balancer_uids: "LoadBalancerUids",
  kubernetes_ids: "KubernetesIds",
} as const;

interface Rule {
  protocol: string;
  ports: string;
  sources?: Record<string, Value>;
  destinations?: Record<string, Value>;
}

interface Shown {
  name: string;
  status: string;
  created_at: string;
  pending_changes: { droplet_id: number; removing: boolean; status: string }[];
  inbound_rules: Rule[];
  outbound_rules: Rule[];
  droplet_ids: number[];
  tags: string[];
}

/** Rules, and what they hold for: droplets by their ids or by tags that exist. */
export const firewall: Kind = {
  name: "firewall",
  whole: ["inboundRules", "outboundRules"],
  async create(client, inputs) {
    return (await client.call<{ firewall: { id: string } }>("POST", "/firewalls", bodyOf(inputs))).firewall.id;
  },
  async read(client, id) {
    const found = await unlessGone(client.call<{ firewall: Shown }>("GET", `/firewalls/${id}`));
    if (found === undefined) return undefined;
    const { name, status, created_at, pending_changes, inbound_rules, outbound_rules, droplet_ids, tags } =
      found.firewall;
    return {
      name,
      dropletIds: droplet_ids,
      tags,
      inboundRules: inbound_rules.map((rule) => fromApi(rule, "source", rule.sources)),
      outboundRules: outbound_rules.map((rule) => fromApi(rule, "destination", rule.destinations)),
      status,
      createdAt: created_at,
      pendingChanges: pending_changes.map((each) => ({ ...each })),
    };
  },
  async update(client, id, _olds, news) {
    await client.call("PUT", `/firewalls/${id}`, bodyOf(news));
  },
  async delete(client, id) {
    await unless([404], client.call("DELETE", `/firewalls/${id}`));
  },
};

const bodyOf = ({ name, dropletIds, tags, inboundRules, outboundRules }: Plain): Json => ({
  name,
  droplet_ids: dropletIds ?? [],
  tags: tags ?? [],
  inbound_rules: ((inboundRules ?? []) as Plain[]).map((rule) => toApi(rule, "source")),
  outbound_rules: ((outboundRules ?? []) as Plain[]).map((rule) => toApi(rule, "destination")),
});

function toApi(rule: Plain, of: "source" | "destination"): Json {
  const targets = Object.entries(TARGETS).flatMap(([api, name]) => {
    const value = rule[`${of}${name}`];
    return value === undefined ? [] : [[api, value]];
  });
  return { protocol: rule.protocol, ports: rule.portRange, [`${of}s`]: Object.fromEntries(targets) as Json };
}

/** The API keeps "all" as 0, also for icmp, which has no ports. */
function fromApi({ protocol, ports }: Rule, of: string, targets: Record<string, Value> = {}): Properties {
  const portRange = ports !== "0" ? ports : protocol === "icmp" ? undefined : "all";
  const named = Object.entries(TARGETS).flatMap(([api, name]) => {
    const value = targets[api];
    return Array.isArray(value) && value.length > 0 ? [[`${of}${name}`, value] as const] : [];
  });
  return { protocol, ...(portRange !== undefined && { portRange }), ...Object.fromEntries(named) };
}
