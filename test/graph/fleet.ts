import { a, cname, mx, zone } from "../../src/model/dns.ts";
import { bucket, d1, edge, kv, loadBalancer, pages, tunnel, worker } from "../../src/model/edge.ts";
import type { Fleet } from "../../src/model/fleet.ts";
import { pi, vps } from "../../src/model/host.ts";
import { tcp } from "../../src/model/port.ts";
import { planned } from "../../src/model/status.ts";
import { addressOf, hostKeyOf, secret, text } from "../../src/model/text.ts";
import { declareSecret } from "../../src/model/secret.ts";
import { fleetOf, server, sketch } from "../model/fixtures.ts";

/** A fleet with one of everything that a picture shows. */
export const everything = (): Fleet =>
  fleetOf({
    hosts: [
      server("web", {
        ipv4: "203.0.113.1",
        mesh: "10.1.0.2",
        monthlyCost: { eur: 4 },
        publicPorts: ["443/tcp"],
        services: [
          sketch("cert"),
          sketch("nginx", {
            ports: [tcp(443)],
            dependsOn: ["cert"],
            bundle: { files: { "/etc/x": { content: text`${secret("KEY")}`, mode: "0600" } } },
          }),
          planned(sketch("later")),
        ],
      }),
      vps({
        name: "hub",
        os: "debian",
        location: "Zürich",
        provider: "somebody",
        ipv4: "203.0.113.2",
        mesh: "10.1.0.1",
        monthlyCost: { eur: 3.5 },
        publicPorts: ["51820/udp"],
      }),
      pi({
        name: "shelf",
        os: "raspberry-pi-os",
        jump: "hub",
        services: [
          sketch("copy", {
            dependsOn: ["web/nginx"],
            bundle: { files: { "/etc/known": { content: text`${hostKeyOf("hub")}` } } },
          }),
        ],
      }),
      planned(server("next")),
    ],
    mesh: { type: "wireguard", network: "10.1.0.0/24", hub: "hub" },
    zones: [
      zone({
        name: "x.org",
        records: [
          a("@", addressOf("web"), { proxied: true }),
          a("www", "203.0.113.1", { proxied: true }),
          cname("also", "www.x.org"),
          mx("@", "mail.elsewhere.org", { priority: 10 }),
        ],
      }),
      zone({ name: "y.org", provider: "other", records: [a("old", "192.0.2.9", { status: "planned" })] }),
    ],
    edge: edge({
      tunnels: [
        tunnel({
          name: "home",
          hosts: ["shelf"],
          ingress: [{ hostname: "home.x.org", service: "http://localhost:80" }],
        }),
        tunnel({
          name: "spare",
          hosts: ["web"],
          standby: true,
          ingress: [{ hostname: "home.x.org", service: "http://localhost:80" }],
        }),
      ],
      workers: [
        worker({
          name: "api",
          hostnames: ["api.x.org"],
          routes: [{ pattern: "x.org/api/*", zone: "x.org" }],
          bindings: {
            KV: { kv: "cache" },
            DB: { d1: "rows" },
            FILES: { bucket: "files" },
            TEXT: { text: "1" },
            KEY: { secret: "KEY" },
          },
        }),
      ],
      pages: [pages({ name: "site", domains: ["site.x.org"] })],
      kv: [kv({ name: "cache" })],
      d1: [d1({ name: "rows" })],
      buckets: [bucket({ name: "files" })],
      loadBalancers: [
        loadBalancer({
          name: "all",
          hostname: "all.x.org",
          origins: [{ host: "web" }, { tunnel: "home" }],
          status: "planned",
          monthlyCost: { usd: 5 },
        }),
      ],
    }),
    secrets: [
      declareSecret({
        name: "KEY",
        format: { kind: "hex", length: 32 },
        usedBy: ["nginx on web"],
        make: "openssl rand -hex 16",
      }),
    ],
    costs: [{ name: "domain", cost: { usd: [10, 12] } }],
    budget: { eur: 20, usdPerEur: 1.1 },
  });
