import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { a, aaaa, caa, cname, mx, ns, srv, txt, zone } from "../../../src/model/dns.ts";
import type { DnsRecord } from "../../../src/model/dns-record.ts";
import { account_id, all, zone_id } from "../../clouds/cloudflare-cloud.ts";
import { done, startWorld, type FleetInput, type World } from "./world.ts";

/** DNS records from the first `up` on: every type that the model takes, as an owner edits them. */

let world: World;
beforeAll(async () => void (world = await startWorld({ aws: false })));
afterAll(() => world.close());

const withRecords = (...records: DnsRecord[]): FleetInput => ({
  name: "records",
  hosts: [],
  zones: [zone({ name: "example.com", id: zone_id, records })],
});
const up = async (...records: DnsRecord[]) => done(await world.up(withRecords(...records)));
const there = async () =>
  (await all(world.cloudflare.client.dns.records.list({ zone_id }))).map(({ name, type, content }) => [
    name,
    type,
    content,
  ]);

test("a second record of a name and type is one more, in any order of lines; one of three that goes is one less", async () => {
  const long = "v=DKIM1; k=rsa; p=" + "A".repeat(400);
  const three = (make: (n: number) => DnsRecord) => [1, 2, 3].map(make);
  const first = [
    txt("@", "v=spf1 -all"),
    mx("@", "mx1.example.net", { priority: 10 }),
    ns("sub", "ns1.example.net"),
    caa("@", "letsencrypt.org", { tag: "issue" }),
    srv("_sip._tcp", "sip1.example.net", { priority: 1, weight: 1, port: 5060 }),
    ...three((n) => a("many", `192.0.2.${n}` as "192.0.2.1")),
    aaaa("many", "2001:db8::1"),
    cname("www", "example.net"),
    txt("k._domainkey", long),
  ];
  expect((await up(...first)).filter((line) => !line.startsWith("create"))).toEqual([]);
  expect(await up(...first)).toEqual([]);
  const second = [
    txt("@", "google-site-verification=abc"),
    mx("@", "mx2.example.net", { priority: 20 }),
    ns("sub", "ns2.example.net"),
    caa("@", "letsencrypt.org", { tag: "issuewild" }),
    srv("_sip._tcp", "sip2.example.net", { priority: 1, weight: 1, port: 5060 }),
    aaaa("many", "2001:db8::2"),
  ];
  expect(await up(...second, ...first)).toEqual([
    "create _sip._tcp.example.com SRV 1 1 5060 sip2.example.net",
    "create example.com CAA 0 issuewild letsencrypt.org",
    "create example.com MX 20 mx2.example.net",
    "create example.com TXT google-site-verification=abc",
    expect.stringMatching(/^create many.example.com AAAA 2001…db8…2…|^create many.example.com AAAA/),
    "create sub.example.com NS ns2.example.net",
  ]);
  expect(await up(...[...first, ...second].toReversed())).toEqual([]);
  expect(await up(...[...first, ...second].filter((r) => r.target !== "192.0.2.1"))).toEqual([
    "delete many.example.com A 192.0.2.1",
  ]);
  expect(await up(...first.slice(1), ...second)).toEqual([
    "create many.example.com A 192.0.2.1",
    "delete example.com TXT v=spf1 -all",
  ]);
});

test("only the records", async () => {
  expect((await there()).length).toBeGreaterThan(3);
  expect(account_id).toBeTruthy();
});
