import { expect, test } from "vitest";
import { a, aaaa, caa, cname, fullName, mx, ns, srv, txt, zone } from "../../src/model/dns.ts";
import { server } from "./fixtures.ts";

test("each type of record", () => {
  const common = { ttl: "auto", status: "active" };
  expect(a("@", "192.0.2.1")).toEqual({ type: "A", name: "@", target: "192.0.2.1", proxied: false, ...common });
  expect(a("ghost", server("ghost-01"), { proxied: true })).toEqual({
    type: "A",
    name: "ghost",
    target: { ref: "address", name: "ghost-01" },
    proxied: true,
    ...common,
  });
  expect(aaaa("v6", "2001:db8::1")).toMatchObject({ type: "AAAA", target: "2001:db8::1" });
  expect(cname("*.apps", "apps.example.com", { ttl: 300 })).toMatchObject({ type: "CNAME", ttl: 300 });
  expect(mx("@", "mail.example.com", { priority: 10 })).toEqual({
    type: "MX",
    name: "@",
    target: "mail.example.com",
    priority: 10,
    ...common,
  });
  expect(txt("_dmarc", "v=DMARC1; p=reject")).toMatchObject({ type: "TXT" });
  expect(srv("_sip._tcp", "sip.example.com", { priority: 1, weight: 2, port: 5060 })).toMatchObject({
    type: "SRV",
    port: 5060,
  });
  expect(caa("@", "letsencrypt.org", { tag: "issue" })).toMatchObject({ type: "CAA", flags: 0 });
  expect(ns("sub", "ns1.example.net", { status: "planned" })).toMatchObject({ type: "NS", status: "planned" });
});

test.each<[string, () => unknown, string]>([
  [
    "no IPv4 address",
    () => a("@", "300.1.1.1"),
    'A record "@" is not valid\n  target: must be an IPv4 address or a host of the fleet (found "300.1.1.1")',
  ],
  ["a name that is none", () => a("a b", "192.0.2.1"), "name: must be a name inside the zone"],
  ["a dot at the end", () => cname("www", "example.com." as never), "target: must be a full host name"],
  [
    "a TTL under a minute",
    () => a("@", "192.0.2.1", { ttl: 5 }),
    'ttl: must be "auto" or seconds from 60 to 86400 (found 5)',
  ],
  [
    "a TTL on a proxied record",
    () => a("@", "192.0.2.1", { proxied: true, ttl: 300 }),
    "ttl: a proxied record has no TTL of its own: leave ttl out",
  ],
  [
    "a long comment",
    () => a("@", "192.0.2.1", { comment: "x".repeat(101) }),
    "comment: must be at most 100 characters",
  ],
  [
    "a zone id that is none",
    () => zone({ name: "example.com", id: "1" }),
    'zone "example.com" is not valid\n  id: must be Cloudflare\'s zone id',
  ],
])("%s is refused", (_, make, message) => expect(make).toThrow(message));

test("a zone without anything else is Cloudflare's and empty", () => {
  expect(zone({ name: "example.com" })).toEqual({
    name: "example.com",
    provider: "cloudflare",
    status: "active",
    settings: {},
    overrides: {},
    records: [],
  });
});

test.each([
  ["@", "example.com"],
  ["www", "www.example.com"],
  ["WWW", "www.example.com"],
])("%s is %s", (name, full) => expect(fullName({ name }, "example.com")).toBe(full));
