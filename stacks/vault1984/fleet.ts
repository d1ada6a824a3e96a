import { a, zone } from "../../src/model/dns.ts";
import { edge, loadBalancer } from "../../src/model/edge.ts";
import { fleet } from "../../src/model/fleet.ts";
import type { Host } from "../../src/model/host.ts";
import { isActive } from "../../src/model/status.ts";
import { addressOf } from "../../src/model/text.ts";
import { kumaMonitor } from "../../services/kuma-monitor/index.ts";
import { domain, goLive, hub, mesh, notification } from "./parts.ts";
import { policies } from "./policies.ts";
import { secrets } from "./secrets.ts";
import { isSpoke } from "./spoke.ts";

/** The hub watches each spoke: one monitor, a thing of its own, so that a new spoke changes none of the others. */
const withMonitors = (host: Host, spokes: readonly Host[]): Host =>
  host.name !== hub.name
    ? host
    : {
        ...host,
        services: [
          ...host.services,
          ...spokes.map((spoke) => kumaMonitor({ node: spoke.name, silence: 120, notification })),
        ],
      };

export default (hosts: Host[]) => {
  const spokes = hosts.filter(isSpoke).filter(isActive);
  return fleet({
    name: "vault1984",
    hosts: hosts.map((host) => withMonitors(host, spokes)),
    mesh: { type: "wireguard", network: mesh, hub: hub.name, port: 51820 },
    rollout: { pilot: ["virginia", "frankfurt", "singapore"], go: false, batches: 4 },
    zones: [
      zone({
        name: domain,
        id: "1c7614cd4ee5eabdc03905609024f93a",
        records: [
          a("noc", addressOf(hub.name)),
          a("soc", addressOf(hub.name)),
          a("@", addressOf("virginia"), { status: goLive }),
          a("www", addressOf("virginia"), { status: goLive }),
          ...spokes.map((spoke) => a(spoke.name, addressOf(spoke.name))),
        ],
      }),
    ],
    edge: edge({
      loadBalancers: [
        loadBalancer({
          name: "geodns",
          hostname: domain,
          origins: hosts.filter(isSpoke).map(({ name: host }) => ({ host })),
          steering: "latency",
          monthlyCost: { usd: 5 },
          status: "planned",
        }),
      ],
    }),
    secrets,
    budget: { usd: 100, usdPerEur: 1.1 },
    scaling: [
      {
        when: "demand on a single node",
        then: "t4g.nano → t4g.micro (2 vCPU, 1 GB) in its host file",
        cost: { usd: 3 },
      },
      { when: "more demand on it", then: "→ t4g.small (2 vCPU, 2 GB)", cost: { usd: 6 } },
      {
        when: "the pilot is judged good",
        then: "Cloudflare Load Balancer, latency-based over all nodes",
        cost: { usd: 5 },
      },
    ],
    policies,
  });
};
