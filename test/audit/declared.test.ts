import { describe, expect, test } from "vitest";
import { declaredAtProviders, recordKey } from "../../src/audit/declared.ts";
import { fingerprintsIn } from "../../src/audit/host/keys.ts";
import { a, caa, srv, txt, zone } from "../../src/model/dns.ts";
import { bucket, edge, kv, pages, tunnel, worker } from "../../src/model/edge.ts";
import { fleet } from "../../src/model/fleet.ts";
import { aws, hetzner, pi } from "../../src/model/host.ts";
import { planned } from "../../src/model/status.ts";
import { addressOf } from "../../src/model/text.ts";
import { publicKey } from "../clouds/hetzner-client.ts";

test("a fleet with nothing declares nothing", () =>
  expect(declaredAtProviders(fleet({ name: "x" }), [], "")).toEqual({
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
        tunnels: [tunnel({ name: "home", host: "home" })],
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
    "aws/london",
    "bucket/models",
    "dns-record/_sip._tcp.example.com SRV sip.example.com",
    "dns-record/example.com CAA letsencrypt.org",
    "dns-record/example.com CNAME site.pages.dev",
    "dns-record/example.com TXT Hello World",
    "dns-record/www.example.com A 203.0.113.1",
    "firewall/web",
    "kv-namespace/brain",
    "pages-project/site",
    "server/web",
    "tunnel/home",
    "worker-domain/w.example.com",
    "worker-route/example.com/w/*",
    "worker/w",
  ]);
  expect(declared).toMatchObject({
    ids: new Set(["hcloud:index/server:Server 7"]),
    addresses: new Set(["203.0.113.1", "203.0.113.9"]),
  });
  expect(declared.operatorKeys.size).toBe(2);
});

describe("records are the same however they are written", () => {
  test.each([
    [{ type: "TXT", name: "Example.com", content: '"v=spf1 -ALL"' }, "dns-record/example.com TXT v=spf1 -ALL"],
    [
      { type: "CNAME", name: "www.example.com", content: "Example.ORG" },
      "dns-record/www.example.com CNAME example.org",
    ],
  ])("%j", (record, key) => expect(recordKey(record)).toBe(key));
  test("keys are found wherever they stand", () =>
    expect(fingerprintsIn(`restrict ${publicKey()} x "${publicKey()}"`)).toHaveLength(2));
});
