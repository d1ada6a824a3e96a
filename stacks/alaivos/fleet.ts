import { a, zone } from "../../src/model/dns.ts";
import { bucket, edge, kv, pages, worker } from "../../src/model/edge.ts";
import { fleet } from "../../src/model/fleet.ts";
import type { Host } from "../../src/model/host.ts";
import { planned } from "../../src/model/status.ts";
import { addressOf } from "../../src/model/text.ts";
import { cloudflareAccount } from "./parts.ts";
import { policies } from "./policies.ts";
import { secrets } from "./secrets.ts";

const site = (name: string) =>
  worker({ name, hostnames: [`${name}.alaivos.com`], script: `stacks/alaivos/workers/${name}.js`, adopt: true });

export default (hosts: Host[]) =>
  fleet({
    name: "alaivos",
    hosts,
    zones: [
      zone({
        name: "alaivos.com",
        id: "61aa2fc5577e9f95ec50a60b3e78a001",
        records: [a("ghost", addressOf("ghost-01"), { proxied: true })],
      }),
    ],
    edge: edge({
      account: cloudflareAccount,
      buckets: [
        bucket({
          name: "alaivos-models",
          customDomains: ["cdn.alaivos.com"],
          purpose: "models, voices and pipeline output for the app",
        }),
      ],
      workers: [
        { ...site("photon"), purpose: "Photon autocomplete proxy" },
        { ...site("search"), purpose: "search aggregator (DuckDuckGo)" },
        { ...site("places"), purpose: "places lookup" },
        { ...site("banking"), purpose: "Open Banking proxy" },
        planned(
          worker({
            name: "hub",
            hostnames: ["hub.alaivos.com"],
            script: "stacks/alaivos/workers/hub.js",
            purpose: "portal of the shared agent brain",
            bindings: {
              BRAIN: { kv: "shared-agent-brain" },
              SUPABASE_SERVICE_ROLE: { secret: "SUPABASE_SERVICE_ROLE" },
            },
          }),
        ),
      ],
      pages: [
        pages({
          name: "alaivos-com",
          domains: ["alaivos.com", "www.alaivos.com"],
          purpose: "marketing and billing portal",
        }),
        pages({ name: "landing" }),
        pages({ name: "docs" }),
      ],
      kv: [
        planned(
          kv({
            name: "shared-agent-brain",
            keys: ["master-kb", "current-sprint", "sprint-results", "sprint-log", "delta-findings", "arch-decisions"],
          }),
        ),
        planned(kv({ name: "alaivos-biz-kb", purpose: "the business track's own; copied, never referenced" })),
      ],
    }),
    secrets,
    policies,
    // The document sets no budget: its own stated total, €28 and $3.
    budget: { eur: 31, usdPerEur: 1.1 },
    costs: [{ name: "TheSportsDB Patreon", cost: { usd: 3 } }],
    scaling: [
      { when: "up to 300 subscribers in comfort, 500 at most, on one CX43", then: "nothing" },
      { when: "over 500 Ghost subscribers", then: "a second ghost host, or CX43 to CX53", cost: { eur: [17, 25] } },
      { when: "over 1,000 Ghost subscribers", then: "a dedicated GPU server GEX44 (CUDA)", cost: { eur: 184 } },
      { when: "Photon is to be self-hosted", then: "a new host: the 38 GB disk of cx23-b is too small" },
      { when: "training jobs run on bishop", then: "keep them off the hot path: offline batches, once" },
    ],
  });
