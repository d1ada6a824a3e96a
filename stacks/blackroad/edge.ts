import { bucket, d1, type Edge, edge, kv, loadBalancer, tunnel, worker } from "../../src/model/edge.ts";
import { planned } from "../../src/model/status.ts";
import { ports, tailnet } from "./parts.ts";

const script = (name: string) => `stacks/blackroad/workers/${name}.js`;
const local = (port: number) => `http://localhost:${port}`;
const route = (hostname: string, path = "/*") => ({ pattern: `${hostname}${path}`, zone: "blackroad.io" });

/** The five of the document's target, and the page whose Worker it does not name. */
const workers = [
  worker({
    name: "blackroad-edge-gateway",
    purpose: "the way in: who asks, how often, and where it leads",
    script: script("edge-gateway"),
    routes: ["api", "agents", "llm"].map((name) => route(`${name}.blackroad.io`)),
    bindings: {
      AUTH: { worker: "blackroad-auth" },
      RATELIMIT: { worker: "blackroad-ratelimit" },
      TELEMETRY: { worker: "blackroad-telemetry" },
    },
  }),
  worker({
    name: "blackroad-auth",
    purpose: "whose an API key is",
    script: script("auth"),
    bindings: { AUTH: { kv: "AUTH" } },
  }),
  worker({
    name: "blackroad-ratelimit",
    purpose: "100 requests a minute for each user",
    script: script("ratelimit"),
    bindings: { RATE_LIMIT: { kv: "RATE_LIMIT" } },
  }),
  worker({
    name: "blackroad-billing",
    purpose: "Stripe's webhooks, in place of three Workers",
    script: script("billing"),
    routes: [route("api.blackroad.io", "/stripe/*")],
    bindings: { BILLING: { kv: "BILLING" }, STRIPE_WEBHOOK_SECRET: { secret: "STRIPE_WEBHOOK_SECRET" } },
  }),
  worker({
    name: "blackroad-telemetry",
    purpose: "what programs tell of themselves",
    script: script("telemetry"),
    bindings: { LOGS: { d1: "blackroad-logs" } },
  }),
  planned(worker({ name: "blackroad-status", purpose: "the status page", hostnames: ["status.blackroad.io"] })),
];

const tunnels = [
  tunnel({
    name: "pi5-alpha",
    hosts: ["pi5-alpha"],
    failover: { to: "droplet-failover", after: "30 s" },
    ingress: [
      { hostname: "blackroad.io", service: local(ports.website) },
      { hostname: "www.blackroad.io", service: local(ports.website) },
      { hostname: "api.blackroad.io", service: `http://pi5-alpha.${tailnet}:${ports.api}` },
      { hostname: "lucidia.earth", service: local(ports.lucidia) },
      { hostname: "www.lucidia.earth", service: local(ports.lucidia) },
      { hostname: "agents.blackroad.io", service: `http://pi5-beta.${tailnet}:${ports.agents}` },
      { hostname: "llm.blackroad.io", service: `http://jetson-prime.${tailnet}:${ports.llm}` },
    ],
  }),
  tunnel({
    name: "droplet-failover",
    hosts: ["droplet-failover"],
    standby: true,
    // A wildcard does not take the name of the zone itself.
    ingress: ["blackroad.io", "*.blackroad.io", "lucidia.earth", "*.lucidia.earth"].map((hostname) => ({
      hostname,
      service: local(ports.failover),
    })),
  }),
];

export const atCloudflare: Edge = edge({
  // The document does not name the account: its own id belongs here before the first real up.
  account: "0".repeat(32),
  workers,
  tunnels,
  kv: [
    kv({ name: "AUTH", purpose: "API keys by their SHA-256, tokens, sessions" }),
    kv({ name: "IDENTITY", purpose: "user and agent identities" }),
    kv({ name: "RATE_LIMIT", purpose: "counters" }),
    kv({ name: "CACHE", purpose: "answers" }),
    kv({ name: "BILLING", purpose: "billing state and subscriptions" }),
    kv({ name: "STATE", purpose: "state that the edge needs" }),
  ],
  d1: [
    d1({ name: "blackroad-os-main", purpose: "primary database" }),
    d1({ name: "blackroad-logs", purpose: "log storage" }),
  ],
  buckets: [
    bucket({ name: "blackroad-os-core-storage", purpose: "core system files" }),
    bucket({ name: "blackroad-os-agents-storage", purpose: "agents' data and state" }),
    bucket({ name: "blackroad-os-api-storage", purpose: "artifacts of the API" }),
    bucket({ name: "blackroad-os-api-gateway-storage", purpose: "the gateway's configuration" }),
    bucket({ name: "blackroad-os-mesh-storage", purpose: "data of the mesh" }),
    bucket({ name: "lucidia-core-storage", purpose: "Lucidia's system files" }),
  ],
  loadBalancers: [
    loadBalancer({
      name: "house-or-droplet",
      hostname: "www.blackroad.io",
      origins: [{ tunnel: "pi5-alpha" }, { tunnel: "droplet-failover" }],
      monthlyCost: { usd: 5 },
      status: "planned",
    }),
  ],
});
