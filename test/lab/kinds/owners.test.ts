import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { a, aaaa, caa, cname, mx, ns, srv, txt, zone } from "../../../src/model/dns.ts";
import type { DnsRecord } from "../../../src/model/dns-record.ts";
import type { LookedAt } from "../../../src/audit/audit.ts";
import { edge, worker } from "../../../src/model/edge.ts";
import { hetzner } from "../../../src/model/host.ts";
import { account_id, all, zone_id } from "../../clouds/cloudflare-cloud.ts";
import { done, startWorld, type FleetInput, type World } from "./world.ts";

/** DNS records of every type that the model takes, as an owner edits them, and what stood in the clouds before the fleet. */

let world: World;
beforeAll(async () => void (world = await startWorld({ aws: false })));
afterAll(() => world.close());

const withRecords = (...records: DnsRecord[]): FleetInput => ({
  name: "records",
  hosts: [],
  zones: [zone({ name: "example.com", id: zone_id, records })],
});
const up = async (...records: DnsRecord[]) => done(await world.up(withRecords(...records)));
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
    "create many.example.com AAAA 2001:db8:0:0:0:0:0:2",
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

test("what audit writes down is taken over as it is, however it is written at Cloudflare", async () => {
  await world.forget("records");
  const { client } = world.cloudflare;
  for (const { id } of await all(client.dns.records.list({ zone_id })))
    await client.dns.records.delete(id, { zone_id });
  const there = [
    { type: "TXT", name: "@", content: '"v=spf1 -all"' },
    { type: "TXT", name: "@", content: "google-site-verification=abc" },
    { type: "TXT", name: "k._domainkey", content: `"v=DKIM1; p=${"A".repeat(400)}"` },
    { type: "TXT", name: "said", content: '"say \\"hi\\""' },
    { type: "MX", name: "@", content: "MX.Example.Net.", priority: 10 },
    { type: "CNAME", name: "Bücher", content: "Käse.example.net", proxied: true },
    { type: "AAAA", name: "six", content: "2001:DB8:0:0::1", ttl: 300, comment: "by hand" },
    { type: "CAA", name: "@", data: { flags: 0, tag: "issue", value: "letsencrypt.org" } },
    { type: "SRV", name: "_sip._tcp", data: { priority: 1, weight: 2, port: 3, target: "Sip.example.net" } },
    { type: "NS", name: "sub", content: "NS1.example.net" },
  ];
  for (const each of there) await client.dns.records.create({ zone_id, ttl: 1, ...each } as never);
  const [{ findings }] = (await world.audit(withRecords())).filter(({ place }) => place === "Cloudflare") as [LookedAt];
  const lines = findings.flatMap(({ lines: written }) => written?.text ?? []);
  expect(lines).toHaveLength(there.length);
  const words = { a, aaaa, caa, cname, mx, ns, srv, txt };
  // As the owner of the fleet would paste them.
  // oxlint-disable-next-line typescript/no-implied-eval
  const pasted = new Function(...Object.keys(words), `return [${lines.join("\n")}]`) as (
    ...all: unknown[]
  ) => DnsRecord[];
  const records = pasted(...Object.values(words));
  expect((await up(...records)).filter((line) => !line.startsWith("import"))).toEqual([]);
  expect(await up(...records)).toEqual([]);
});

describe("what was there before", () => {
  test("a live Worker keeps what is bound to it elsewhere, and its settings, through uploads", async () => {
    const { url, token } = world.cloudflare;
    const script = new FormData();
    const metadata = {
      main_module: "w.js",
      compatibility_date: "2025-01-01",
      compatibility_flags: ["nodejs_compat"],
      bindings: [
        { name: "API_KEY", type: "secret_text", text: "typed-in" },
        { name: "MODE", type: "plain_text", text: "live" },
      ],
    };
    script.set("metadata", JSON.stringify(metadata));
    script.set("w.js", new File(["export default {}"], "w.js", { type: "application/javascript+module" }));
    const headers = { authorization: `Bearer ${token}` };
    await fetch(`${url}/accounts/${account_id}/workers/scripts/search`, { method: "PUT", headers, body: script });
    const declared = (more: object): FleetInput => ({
      name: "worker",
      edge: edge({ account: account_id, workers: [worker({ name: "search", script: "w/search.js", ...more })] }),
    });
    await expect(world.up(declared({}))).rejects.toThrow(/Worker search exists at Cloudflare and is not ours/);
    await expect(world.up(declared({ adopt: true, bindings: { MODE: { text: "live" } } }))).rejects.toThrow(
      /would take from the Worker search what is bound to API_KEY \(secret_text\)/,
    );
    const owned = { adopt: true, keep: ["API_KEY"], bindings: { MODE: { text: "live" } } };
    expect(done(await world.up(declared(owned)))).toEqual(["update search"]);
    const shown = async () => {
      const response = await fetch(`${url}/accounts/${account_id}/workers/scripts/search/settings`, { headers });
      const { result } = (await response.json()) as { result: typeof metadata };
      return [result.compatibility_flags, result.bindings.map(({ name }) => name).sort()];
    };
    expect(await shown()).toEqual([["nodejs_compat"], ["API_KEY", "MODE"]]);
    expect(done(await world.up(declared({ ...owned, compatibilityDate: "2026-02-02" })))).toEqual(["update search"]);
    expect(await shown()).toEqual([["nodejs_compat"], ["API_KEY", "MODE"]]);
    expect(done(await world.up(declared({ ...owned, compatibilityDate: "2026-02-02" })))).toEqual([]);
  });

  test("a server that a file describes wrongly is left as it was found, not made anew", async () => {
    const server = { name: "old", type: "cx23", publicAddress: "203.0.113.1", authorizedKeys: [] };
    const id = world.hetzner.hetzner.seedServer({ ...server, location: "hel1" });
    const declared = (location: string): FleetInput => ({
      name: "server",
      hosts: [hetzner({ name: "old", type: "cx23", location, os: "debian", adopt: true, protect: false })],
    });
    await expect(world.up(declared("nbg1"))).rejects.toThrow(
      /old exists and was taken over as it is; the files would have it made anew for .*location/,
    );
    const servers = async () => (await world.hetzner.call("GET", "/servers")).body as object;
    expect(await servers()).toMatchObject({ servers: [{ id, location: { name: "hel1" } }] });
    // It gets the fleet's labels, and stays.
    expect(done(await world.up(declared("hel1")))).toEqual(["update old"]);
    expect(await servers()).toMatchObject({ servers: [{ id, location: { name: "hel1" } }] });
  });
});
