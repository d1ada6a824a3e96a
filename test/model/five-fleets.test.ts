/**
 * The model holds all five fleets: each sketched with what is peculiar to it, sound as a whole, and with the costs that
 * its document states.
 */
import { expect, test } from "vitest";
import { cloudflared } from "../../services/cloudflared/index.ts";
import { assumed } from "../../src/model/assumed.ts";
import { showSum } from "../../src/model/cost.ts";
import { a, aaaa, cname, mx, txt, zone } from "../../src/model/dns.ts";
import { bucket, d1, edge, kv, loadBalancer, pages, tunnel, worker } from "../../src/model/edge.ts";
import { fleet, type Fleet, monthlyCost } from "../../src/model/fleet.ts";
import { aws, bareMetal, digitalocean, hetzner, jetson, mac, miniPc, pi, vps } from "../../src/model/host.ts";
import { ports, tcp, udp } from "../../src/model/port.ts";
import { checkFleet, showFinding } from "../../src/rules/check.ts";
import { declareSecret } from "../../src/model/secret.ts";
import { planned } from "../../src/model/status.ts";
import { addressOf, secret, text } from "../../src/model/text.ts";
import { sketch } from "./fixtures.ts";

const token = (name: string, status: "active" | "planned" = "active") =>
  declareSecret({ name, format: { kind: "token" }, usedBy: ["a service"], make: "ask the provider", status });
const reads = (name: string) => ({
  files: { [`/etc/${name.toLowerCase()}`]: { content: text`${secret(name)}`, mode: "0600" } },
});
const base = sketch("base", { bundle: (host) => ({ timeZone: host.timeZone }) });

function alaivos(): Fleet {
  const ghost = hetzner({
    name: "ghost-01",
    type: "cx43",
    location: "hel1",
    os: assumed("debian", "the document names no OS"),
    ipv4: "46.62.149.145",
    adopt: true,
    roles: ["primary"],
    monthlyCost: { eur: 17 },
    publicPorts: ["22/tcp", "80/tcp", "443/tcp", "3478/udp", "3478/tcp", "5349/tcp", "49152-65535/udp"],
    services: [
      base,
      sketch("nginx", { ports: [tcp(80), tcp(443)], dependsOn: ["sports-cache"] }),
      sketch("coturn", {
        ports: [udp(3478), tcp(3478), tcp(5349), udp(ports(49152, 65535))],
        bundle: reads("TURN_SECRET"),
      }),
      sketch("sports-cache", { ports: [tcp(11436, "loopback")] }),
      planned(sketch("wrangler", { bundle: reads("CLOUDFLARE_API_TOKEN") })),
    ],
  });
  const collector = (name: string, ipv4: string, services = [base]) =>
    hetzner({
      name,
      type: "cx23",
      location: assumed("hel1", "the document names no region"),
      os: "debian",
      ipv4,
      adopt: true,
      monthlyCost: { eur: 4 },
      services,
    });
  return fleet({
    name: "alaivos",
    hosts: [
      ghost,
      collector("cx23", "204.168.205.135", [
        base,
        sketch("rsync", {
          dependsOn: ["ghost-01/base"],
          bundle: { cron: { rsync: { schedule: "30 2 * * *", command: "rsync" } } },
        }),
      ]),
      collector("cx23-b", "204.168.236.190"),
      miniPc({
        name: "bishop",
        os: assumed("debian", "Docker or Proxmox is named, no OS"),
        status: "planned",
        model: "AMD Ryzen AI 9 HX 370",
      }),
    ],
    zones: [
      zone({
        name: "alaivos.com",
        id: "61aa2fc5577e9f95ec50a60b3e78a001",
        records: [a("ghost", ghost, { proxied: true })],
      }),
    ],
    edge: edge({
      buckets: [bucket({ name: "alaivos-models", customDomains: ["cdn.alaivos.com"] })],
      workers: [
        worker({ name: "photon", hostnames: ["photon.alaivos.com"] }),
        worker({
          name: "hub",
          hostnames: ["hub.alaivos.com"],
          bindings: { BRAIN: { kv: "shared-agent-brain" } },
          status: "planned",
        }),
      ],
      pages: [pages({ name: "alaivos-com", domains: ["alaivos.com", "www.alaivos.com"] }), pages({ name: "landing" })],
      kv: [kv({ name: "shared-agent-brain", keys: ["master-kb", "sprint-log"], status: "planned" })],
    }),
    secrets: [
      declareSecret({
        name: "TURN_SECRET",
        format: { kind: "hex", length: 64 },
        usedBy: ["coturn on ghost-01"],
        make: "openssl rand -hex 32",
      }),
      token("CLOUDFLARE_API_TOKEN", "planned"),
    ],
    costs: [{ name: "TheSportsDB", cost: { usd: 3 } }],
    scaling: [
      { when: "more than 500 Ghost subscribers", then: "a second ghost node, or CX53", cost: { eur: [17, 25] } },
    ],
    policies: { "https-only": "nginx is HTTPS only" },
  });
}

function vault1984(): Fleet {
  const spoke = (name: string, region: (typeof regions)[number], last: number) =>
    aws({
      name,
      region,
      type: "t4g.nano",
      os: "nixos",
      mesh: `10.84.0.${last}`,
      jump: "zurich",
      monthlyCost: { usd: 3 },
      roles: ["spoke"],
      publicPorts: ["80/tcp", "443/tcp"],
      services: [
        sketch("sshd", { ports: [tcp(22, "mesh")] }),
        sketch("vault1984", {
          ports: [tcp(80), tcp(443)],
          dependsOn: ["wireguard", "zurich/uptime-kuma"],
          runsOn: { arch: ["arm64"] },
        }),
      ],
    });
  const regions = [
    "us-east-1",
    "us-west-1",
    "ca-central-1",
    "mx-central-1",
    "sa-east-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-south-2",
    "eu-north-1",
    "me-central-1",
    "il-central-1",
    "af-south-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-2",
    "ap-northeast-2",
    "ap-east-1",
  ] as const;
  const spokes = regions.map((region, i) => spoke(region, region, i + 2));
  const zurich = vps({
    name: "zurich",
    os: assumed("nixos", "NixOS everywhere, but HQ's is not named"),
    provider: "hostkey",
    location: "Zürich",
    ipv4: "185.218.204.47",
    mesh: "10.84.0.1",
    monthlyCost: { eur: 3.9 },
    publicPorts: ["51820/udp", "443/tcp"],
    services: [sketch("uptime-kuma", { ports: [tcp(3001, "loopback")] })],
  });
  return fleet({
    name: "vault1984",
    hosts: [zurich, ...spokes],
    mesh: { type: "wireguard", network: "10.84.0.0/24", hub: "zurich" },
    zones: [
      zone({
        name: "vault1984.com",
        records: [a("noc", zurich), a("@", spokes[0]!), ...spokes.map((s) => a(s.name, s))],
      }),
    ],
    edge: edge({
      loadBalancers: [
        loadBalancer({
          name: "geodns",
          hostname: "any.vault1984.com",
          origins: spokes.map((s) => ({ host: s.name })),
          steering: "latency",
          monthlyCost: { usd: 5 },
          status: "planned",
        }),
      ],
    }),
    rollout: { pilot: ["us-east-1"], batches: 4 },
    budget: { usd: 100, usdPerEur: 1.03 },
  });
}

function blackroad(): Fleet {
  const node = {
    os: assumed("raspberry-pi-os", "the document names no OS"),
    user: "pi",
    location: "home",
    services: [sketch("tailscaled")],
  } as const;
  return fleet({
    name: "blackroad",
    hosts: [
      pi({
        ...node,
        services: [
          ...node.services,
          cloudflared({ tunnel: "pi5-alpha" }),
          sketch("api", {
            ports: [tcp(8000, "mesh")],
            dependsOn: ["pi5-gamma/postgresql", "jetson-prime/vllm"],
            bundle: reads("DATABASE_URL"),
          }),
        ],
        name: "pi5-alpha",
        model: "Raspberry Pi 5 8GB",
      }),
      pi({ ...node, services: [sketch("postgresql", { ports: [tcp(5432, "mesh")] })], name: "pi5-gamma" }),
      jetson({
        name: "jetson-prime",
        os: "ubuntu",
        services: [sketch("vllm", { ports: [tcp(8080, "mesh")], runsOn: { arch: ["arm64"] } })],
      }),
      digitalocean({
        name: "droplet-failover",
        os: "ubuntu",
        size: "s-1vcpu-1gb",
        region: assumed("nyc3", "the document names no region"),
        monthlyCost: { usd: 6 },
        services: [cloudflared({ tunnel: "droplet-failover" })],
      }),
    ],
    mesh: {
      type: "tailscale",
      tailnet: "tail1.ts.net",
      policy: "open",
      document: '{"tagOwners": {"tag:server": ["autogroup:admin"]}}',
    },
    zones: [zone({ name: "blackroad.io" }), zone({ name: "lucidia.earth" })],
    edge: edge({
      tunnels: [
        tunnel({
          name: "pi5-alpha",
          hosts: ["pi5-alpha"],
          ingress: [
            { hostname: "blackroad.io", service: "http://localhost:3000" },
            { hostname: "api.blackroad.io", service: "http://localhost:8000" },
          ],
        }),
        tunnel({
          name: "droplet-failover",
          hosts: ["droplet-failover"],
          standby: true,
          ingress: [{ hostname: "*.blackroad.io", service: "http://localhost:8080" }],
        }),
      ],
      workers: [
        worker({
          name: "blackroad-auth",
          routes: [{ pattern: "api.blackroad.io/*", zone: "blackroad.io" }],
          bindings: {
            API_KEYS: { kv: "AUTH" },
            DB: { d1: "blackroad-os-main" },
            FILES: { bucket: "blackroad-os-api-storage" },
            LIMIT: { text: "100" },
          },
        }),
      ],
      kv: [kv({ name: "AUTH" })],
      d1: [d1({ name: "blackroad-os-main" })],
      buckets: [bucket({ name: "blackroad-os-api-storage" })],
      loadBalancers: [
        loadBalancer({
          name: "edge",
          hostname: "www.blackroad.io",
          origins: [{ tunnel: "pi5-alpha" }, { tunnel: "droplet-failover" }],
          monthlyCost: { usd: 5 },
          status: "planned",
        }),
      ],
    }),
    secrets: [
      declareSecret({
        name: "DATABASE_URL",
        format: { kind: "url", scheme: "postgresql" },
        usedBy: ["api"],
        make: "from the database",
      }),
    ],
    costs: [
      { name: "17 domains", cost: { usd: 17 } },
      { name: "electricity", cost: { usd: [10, 15] } },
      { name: "Cloudflare Pro", cost: { usd: 20 }, status: "planned" },
    ],
    budget: { usd: 50 },
  });
}

function alai(): Fleet {
  const azure = vps({
    name: "azure-vm",
    os: assumed("debian", "the document names no OS"),
    provider: "azure",
    location: "swedencentral",
    ipv4: "4.223.110.181",
    user: "alai-admin",
    monthlyCost: { eur: 50 },
  });
  return fleet({
    name: "alai",
    hosts: [
      mac({
        name: "anvil",
        private: "10.0.0.1",
        mesh: "100.103.49.98",
        user: "makinja",
        services: [
          sketch("litestream", { runsOn: { os: ["macos", "debian"] }, bundle: reads("AZURE_CLIENT_SECRET") }),
          sketch("ollama", { ports: [tcp(11434, "loopback")] }),
        ],
      }),
      mac({
        name: "forge",
        private: "10.0.0.2",
        mesh: "100.104.164.86",
        user: "basicas",
        services: [
          planned(sketch("litestream-restore", { dependsOn: ["anvil/litestream"] })),
          sketch("ollama", { ports: [tcp(11434, "private")] }),
        ],
      }),
      azure,
    ],
    mesh: {
      type: "tailscale",
      peers: [
        { name: "iphone181", address: "100.93.161.73" },
        { name: "ab-mac", address: "100.118.37.71" },
      ],
    },
    zones: [
      zone({ name: "alai.no", records: [a("docs", azure)], overrides: { "ollama.alai.no": { browser_check: "off" } } }),
      zone({ name: "bilko.io", id: "62d89b79f0648d3fa1d045335a989ea7" }),
      zone({ name: "snowit.ba", provider: "route53", records: [cname("www", "snowit.github.io")] }),
    ],
    edge: edge({
      pages: [
        pages({ name: "alai", domains: ["alai.no"] }),
        pages({ name: "bilko-io", domains: ["bilko.io", "www.bilko.io"] }),
      ],
    }),
    secrets: [token("AZURE_CLIENT_SECRET")],
    costs: [
      { name: "one.com domains", cost: { eur: 17 } },
      { name: "Cloud Run", cost: { eur: [5, 10] } },
      { name: "Postgres", cost: { usd: [22, 24] }, status: "planned" },
    ],
  });
}

function cocottetech(): Fleet {
  const vps0 = hetzner({
    name: "vps-0",
    os: assumed("debian", "not said"),
    type: assumed("cx23", "not said"),
    location: assumed("hel1", "not said"),
    publicPorts: ["80/tcp", "443/tcp"],
    services: [
      sketch("caddy", { ports: [tcp(80), tcp(443)] }),
      sketch("quinn.www", { ports: [tcp(5120, "loopback")], dependsOn: ["caddy"] }),
    ],
  });
  const workers = Array.from({ length: 0 }, (_, i) =>
    digitalocean({ name: `worker-${i}`, os: "ubuntu", size: "s-8vcpu-16gb-amd", region: "nyc3" }),
  );
  const orgRecords = (org: string) => ["@", "ai", "data", "m", "my"].map((name) => a(name, vps0, { comment: org }));
  return fleet({
    name: "cocottetech",
    hosts: [
      mac({
        name: "plum",
        services: [sketch("mail-sync", { ports: [tcp(4444, "private")], runsOn: { os: ["macos"] } })],
      }),
      bareMetal({ name: "apricot", os: "fedora", private: "10.0.0.13", services: [sketch("restic-repository")] }),
      bareMetal({
        name: "black",
        os: "debian",
        private: "10.0.0.11",
        publicPorts: ["25/tcp"],
        services: [
          base,
          sketch("mailserver", { ports: [tcp(25)] }),
          sketch("restic", {
            dependsOn: ["apricot/restic-repository"],
            bundle: { cron: { dump: { schedule: "0 3 * * *", command: "restic" } } },
          }),
        ],
      }),
      vps0,
      digitalocean({
        name: "ctforge",
        os: "ubuntu",
        size: "s-1vcpu-1gb",
        region: assumed("nyc3", "not said"),
        user: "admin",
        status: "planned",
        monthlyCost: { usd: 6 },
      }),
      ...workers,
    ],
    zones: [
      zone({ name: "cocotte.maison", records: orgRecords("cocotte") }),
      zone({
        name: "cocotte.io",
        provider: "other",
        records: [
          mx("@", "mail.cocotte.io", { priority: 10 }),
          txt("@", "v=spf1 mx -all"),
          aaaa("mail", "2001:db8::25"),
          a("sso", addressOf("vps-0"), { status: "planned" }),
        ],
      }),
      zone({ name: "lan", provider: "internal", records: [a("*.apricot", "10.0.0.13"), a("*.black", "10.0.0.11")] }),
    ],
  });
}

test.each([
  ["alaivos", "€25 + $3/month", alaivos, []],
  ["vault1984", "€3.9 + $149–163.4/month", vault1984, []],
  ["blackroad", "$33–38/month", blackroad, []],
  [
    "alai",
    "€72–77/month",
    alai,
    [
      "the service anvil/litestream on macOS",
      "the service anvil/ollama on macOS",
      "the service forge/ollama on macOS",
      "the setting for ollama.alai.no alone",
    ],
  ],
  ["cocottetech", "nothing", cocottetech, ["the service plum/mail-sync on macOS"]],
])("%s fits the model, costs %s, and has no findings but what nothing deploys yet", (name, cost, make, missing) => {
  const made = make();
  expect(made.name).toBe(name);
  const found = checkFleet(made);
  expect(found.filter((f) => f.rule !== "not-deployed").map(showFinding)).toEqual([]);
  expect(found.filter((f) => f.rule === "not-deployed").map((f) => f.message.split(" is active")[0])).toEqual(missing);
  expect(showSum(monthlyCost(made))).toBe(cost);
});
