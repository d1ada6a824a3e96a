import { expect, test } from "vitest";
import { declaredAtProviders } from "../../src/audit/declared.ts";
import { fingerprintsIn } from "../../src/clouds/fingerprint.ts";
import { a, caa, srv, txt, zone } from "../../src/model/dns.ts";
import { bucket, edge, kv, pages, tunnel, worker } from "../../src/model/edge.ts";
import { fleet } from "../../src/model/fleet.ts";
import { aws, hetzner, pi } from "../../src/model/host.ts";
import { planned } from "../../src/model/status.ts";
import { addressOf } from "../../src/model/text.ts";
import { publicKey } from "../clouds/hetzner-client.ts";

test("a fleet with nothing declares nothing", () =>
  expect(declaredAtProviders(fleet({ name: "x" }), [], "")).toMatchObject({
    ids: new Set(),
    keys: new Set(),
    addresses: new Set(),
    operatorKeys: new Set(),
  }));

test("the program declares what is only planned too; an address may be known from the state alone", () => {
  const declared = declaredAtProviders(
    fleet({
      name: "x",
      hosts: [
        hetzner({ name: "web", type: "cx23", location: "hel1", os: "debian" }),
        planned(aws({ name: "london", type: "t4g.nano", region: "eu-west-2", os: "nixos" })),
        pi({ name: "home", os: "debian", ipv4: "203.0.113.9" }),
      ],
      zones: [
        zone({
          name: "example.com",
          records: [
            a("www", addressOf("web")),
            planned(txt("@", "Hello World")),
            srv("_sip._tcp", "sip.example.com", { priority: 1, weight: 2, port: 3 }),
            caa("@", "letsencrypt.org", { tag: "issue" }),
          ],
        }),
      ],
      edge: edge({
        buckets: [bucket({ name: "models" })],
        kv: [planned(kv({ name: "brain" }))],
        tunnels: [tunnel({ name: "home", hosts: ["home"] })],
        workers: [
          worker({
            name: "w",
            hostnames: ["w.example.com"],
            routes: [{ pattern: "example.com/w/*", zone: "example.com" }],
          }),
        ],
        pages: [pages({ name: "site", domains: ["example.com"] })],
      }),
    }),
    [
      {
        urn: "",
        type: "hcloud:index/server:Server",
        id: "7",
        inputs: { name: "web" },
        outputs: { ipv4Address: "203.0.113.1" },
      },
    ],
    `${publicKey("one")}\n${publicKey("two")}`,
  );
  expect([...declared.keys].sort()).toEqual([
    "aws/eip eu-west-2/london",
    "aws/instance eu-west-2/london",
    "aws/key-pair eu-west-2/x-london",
    "aws/security-group eu-west-2/x-london",
    "cloudflare/bucket models",
    "cloudflare/kv brain",
    "cloudflare/pages-domain site example.com",
    "cloudflare/pages-project site",
    "cloudflare/record _sip._tcp.example.com SRV 1 2 3 sip.example.com",
    "cloudflare/record example.com CAA 0 issue letsencrypt.org",
    "cloudflare/record example.com CNAME site.pages.dev",
    "cloudflare/record example.com TXT Hello World",
    "cloudflare/record www.example.com A 203.0.113.1",
    "cloudflare/tunnel home",
    "cloudflare/tunnel-config home",
    "cloudflare/worker w",
    "cloudflare/worker-domain w.example.com",
    "cloudflare/worker-route example.com/w/*",
    "hetzner/firewall web",
    "hetzner/server web",
  ]);
  expect(declared).toMatchObject({
    ids: new Set(["hcloud:index/server:Server 7"]),
    addresses: new Set(["203.0.113.1", "203.0.113.9"]),
  });
  expect(declared.operatorKeys.size).toBe(2);
});

test("keys are found wherever they stand", () =>
  expect(fingerprintsIn(`restrict ${publicKey()} x "${publicKey()}"`)).toHaveLength(2));
