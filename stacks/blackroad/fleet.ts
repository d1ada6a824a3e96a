import { zone } from "../../src/model/dns.ts";
import { fleet } from "../../src/model/fleet.ts";
import type { Host } from "../../src/model/host.ts";
import { atCloudflare } from "./edge.ts";
import { tailnet } from "./parts.ts";
import { policies } from "./policies.ts";
import { secrets } from "./secrets.ts";

/** Who owns the tags that the document names; the hosts' own follow from their roles. */
const policyFile = `{
  "tagOwners": {
    "tag:server": ["autogroup:admin"],
    "tag:infra": ["autogroup:admin"],
  },
}`;

/** The document gives no ids: each zone's own, from its overview page, belongs here before the first real up. */
const placeholder = (n: number) => String(n).padStart(32, "0");

export default (hosts: Host[]) =>
  fleet({
    name: "blackroad",
    hosts,
    // Every name leads to a tunnel or a Worker, which bring their records.
    zones: [zone({ name: "blackroad.io", id: placeholder(1) }), zone({ name: "lucidia.earth", id: placeholder(2) })],
    edge: atCloudflare,
    mesh: {
      type: "tailscale",
      tailnet,
      // The document's own: everyone reaches everything. "derived" lets through what services need, and people.
      policy: "open",
      document: policyFile,
    },
    secrets,
    policies,
    budget: { usd: 50 },
    costs: [
      { name: "17 domains at $12 a year", cost: { usd: 17 } },
      { name: "electricity, about 50 W", cost: { usd: [10, 15] } },
      { name: "Cloudflare Pro", cost: { usd: 20 }, status: "planned" },
    ],
    scaling: [
      { when: "answers of the model are slow", then: "a smaller context, or smaller batches" },
      { when: "visitors are to see no gap at all", then: "the load balancer over both tunnels", cost: { usd: 5 } },
    ],
  });
