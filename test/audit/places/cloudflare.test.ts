import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { declaredAtProviders } from "../../../src/audit/declared.ts";
import { auditPlace } from "../../../src/audit/place.ts";
import { cloudflare } from "../../../src/clouds/cloudflare/index.ts";
import type { ApiRecord } from "../../../src/clouds/cloudflare/record/fields.ts";
import { recordLines } from "../../../src/clouds/cloudflare/record/lines.ts";
import { createCloudflare, seedZone } from "../../../src/lab/clouds/cloudflare/index.ts";
import { Faults } from "../../../src/lab/clouds/http/faults.ts";
import { RequestLog } from "../../../src/lab/clouds/http/log.ts";
import { startCloud } from "../../../src/lab/clouds/http/server.ts";
import { Store } from "../../../src/lab/clouds/store.ts";
import { a, zone } from "../../../src/model/dns.ts";
import { bucket, edge } from "../../../src/model/edge.ts";
import { fleet } from "../../../src/model/fleet.ts";
import { hetzner } from "../../../src/model/host.ts";
import { account_id, zone_id } from "../../clouds/cloudflare-cloud.ts";

const host = hetzner({ name: "web", type: "cx23", location: "hel1", os: "debian", ipv4: "203.0.113.1", adopt: true });
const declaredFleet = fleet({
  name: "x",
  hosts: [host],
  zones: [zone({ name: "example.com", id: zone_id, records: [a("www", host)] })],
  edge: edge({ account: account_id, buckets: [bucket({ name: "models" })] }),
});

let cloud: Awaited<ReturnType<typeof start>>;
beforeEach(async () => void (cloud = await start()));
afterEach(() => cloud.close());

async function start() {
  const store = new Store(":memory:");
  const [log, faults, token] = [new RequestLog(store), new Faults(), "t".repeat(40)];
  seedZone(store, { id: zone_id, name: "example.com", accountId: account_id });
  const { url, close } = await startCloud(createCloudflare(store, token), { log, faults });
  const make = async (path: string, body: unknown, method = "POST"): Promise<{ id: string }> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return ((await response.json()) as { result: { id: string } }).result;
  };
  return {
    url,
    token,
    log,
    faults,
    make,
    close: async () => {
      await close();
      store.close();
    },
  };
}

const record = (name: string, more: object = {}) => ({
  type: "A",
  name: `${name}.example.com`,
  content: "203.0.113.1",
  ttl: 1,
  ...more,
});
async function told(api: { url: string; token: string | undefined } = cloud, of = declaredFleet) {
  const env = { CLOUDFLARE_BASE_URL: api.url, CLOUDFLARE_API_TOKEN: api.token };
  const [place] = cloudflare.places(of, [], env);
  const { findings, unknown } = await auditPlace(cloudflare, place!, declaredAtProviders(of, [], ""));
  return {
    found: findings.map(({ kind, name, detail }) => `${kind} ${name}: ${detail}`).sort(),
    unknown: unknown.map(({ reason }) => reason).sort(),
    findings,
  };
}

test("what the program declares is no finding, whoever made it", async () => {
  expect(await told()).toMatchObject({ found: [], unknown: [] });
  await cloud.make(`/zones/${zone_id}/dns_records`, record("www"));
  await cloud.make(`/accounts/${account_id}/r2/buckets`, { name: "models" });
  expect(await told()).toMatchObject({ found: [], unknown: [] });
});

test("everything else is found, with the ids that Pulumi imports it by", async () => {
  const [account, ofZone] = [`/accounts/${account_id}`, `/zones/${zone_id}`];
  const { id } = await cloud.make(`${ofZone}/dns_records`, record("old", { proxied: true }));
  await cloud.make(`${ofZone}/workers/routes`, { pattern: "example.com/x/*" });
  await cloud.make(`${account}/r2/buckets`, { name: "forgotten" });
  await cloud.make(`${account}/storage/kv/namespaces`, { title: "tmp" });
  await cloud.make(`${account}/d1/database`, { name: "orders" });
  await cloud.make(`${account}/pages/projects`, { name: "site", production_branch: "main" });
  await cloud.make(`${account}/cfd_tunnel`, { name: "home" });
  const script = new FormData();
  script.set("metadata", JSON.stringify({ main_module: "w.js" }));
  script.set("w.js", new File(["export default {}"], "w.js", { type: "application/javascript+module" }));
  expect(
    (
      await fetch(`${cloud.url}${account}/workers/scripts/w`, {
        method: "PUT",
        headers: { authorization: `Bearer ${cloud.token}` },
        body: script,
      })
    ).status,
  ).toBe(200);
  // Cloudflare makes the record of this one itself.
  await cloud.make(`${account}/workers/domains`, { hostname: "w.example.com", service: "w", zone_id }, "PUT");
  const { found, unknown, findings } = await told();
  expect(unknown).toEqual([]);
  expect(found.map((line) => line.split(":")[0])).toEqual([
    "bucket forgotten",
    "database orders",
    "dns-record old.example.com A",
    "kv-namespace tmp",
    "pages-project site",
    "tunnel home",
    "worker w",
    "worker-domain w.example.com",
    "worker-route example.com/x/*",
  ]);
  expect(findings.find(({ kind }) => kind === "dns-record")).toMatchObject({
    pulumi: { type: "cloudflare:index/dnsRecord:DnsRecord", id: `${zone_id}/${id}` },
    lines: { text: 'a("old", addressOf("web"), { proxied: true }),' },
  });
  expect(findings.find(({ kind }) => kind === "bucket")).toMatchObject({
    pulumi: { id: `${account_id}/forgotten/default` },
    lines: { text: 'bucket({ name: "forgotten" }),' },
  });
});

describe("no more is asked than the API's pages need", () => {
  const batch = (n: number) =>
    cloud.make(`/zones/${zone_id}/dns_records/batch`, { posts: Array.from({ length: n }, (_, i) => record(`r${i}`)) });
  const asked = () => cloud.log.last(10_000).filter(({ method }) => method === "GET").length;
  test("2,000 records come in one page, one question for each other list", async () => {
    await batch(2000);
    const before = asked();
    const { found } = await told();
    expect(found).toHaveLength(2000);
    expect(
      cloud.log.last(10_000).filter(({ method, path }) => method === "GET" && path.endsWith("/dns_records")),
    ).toHaveLength(Math.ceil(2000 / 5000));
    expect(asked() - before).toBe(9);
  });
  test("more than a page are asked page by page, and no page after the last", async () => {
    for (let i = 0; i < 21; i += 1)
      await cloud.make(`/accounts/${account_id}/pages/projects`, { name: `site-${i}`, production_branch: "main" });
    expect((await told()).found).toHaveLength(21);
    expect(
      cloud.log.last(10_000).filter(({ method, path }) => method === "GET" && path.endsWith("/pages/projects")),
    ).toHaveLength(Math.ceil(21 / 10));
  });
});

describe("three answers", () => {
  test("a limit is waited for", async () => {
    await cloud.make(`/zones/${zone_id}/dns_records`, record("old"));
    cloud.faults.add({ fault: "status", status: 429, times: 2 });
    expect(await told()).toMatchObject({ found: ["dns-record old.example.com A: to 203.0.113.1"], unknown: [] });
  });
  test("what the token may not read is unknown, the rest is told", async () => {
    await cloud.make(`/zones/${zone_id}/dns_records`, record("old"));
    cloud.faults.add({ fault: "status", status: 403, path: "/accounts/*/cfd_tunnel" });
    expect(await told()).toMatchObject({
      found: [expect.stringContaining("old.example.com")],
      unknown: [expect.stringMatching(/^tunnels: Cloudflare answered 403 .*: check its token, and what it may read$/)],
    });
  });
  test.each<[string, (url: string) => { url: string; token: string | undefined }, RegExp]>([
    ["no token", (url) => ({ url, token: undefined }), /give CLOUDFLARE_API_TOKEN/],
    [
      "a wrong one",
      (url) => ({ url, token: "wrong-token" }),
      /^Cloudflare answered 403 \(9109 Invalid access token\)(?!.*wrong-token)/,
    ],
    ["nobody there", () => ({ url: "http://127.0.0.1:1", token: "t" }), /^Cloudflare cannot be reached/],
  ])(
    "%s is told once",
    async (_, api, reason) =>
      expect(await told(api(cloud.url))).toMatchObject({ found: [], unknown: [expect.stringMatching(reason)] }),
    30_000,
  );
  test("a zone without an id is unknown", async () =>
    expect(
      (
        await told(
          cloud,
          fleet({ name: "x", zones: [zone({ name: "example.com" })], edge: edge({ account: account_id }) }),
        )
      ).unknown,
    ).toEqual([expect.stringMatching(/^records of example.com: it has no id/)]));
});

describe("a record in the model's words", () => {
  const line = (more: Partial<ApiRecord>) =>
    recordLines(declaredFleet, { id: "1", name: "www.example.com", type: "A", ttl: 1, ...more })?.text;
  test.each<[Partial<ApiRecord>, string | undefined]>([
    [{ content: "203.0.113.1" }, 'a("www", addressOf("web")),'],
    [
      { content: "203.0.113.2", ttl: 300, comment: "by hand" },
      'a("www", "203.0.113.2", { ttl: 300, comment: "by hand" }),',
    ],
    [
      { type: "CNAME", name: "example.com", content: "example.org", proxied: true },
      'cname("@", "example.org", { proxied: true }),',
    ],
    [{ type: "TXT", content: '"v=spf1 -all"' }, 'txt("www", "v=spf1 -all"),'],
    [{ type: "MX", content: "mx.example.org", priority: 10 }, 'mx("www", "mx.example.org", { priority: 10 }),'],
    [
      {
        type: "SRV",
        name: "_sip._tcp.example.com",
        content: "1 2 3 sip.example.com",
        data: { priority: 1, weight: 2, port: 3, target: "sip.example.com" },
      },
      'srv("_sip._tcp", "sip.example.com", { priority: 1, weight: 2, port: 3 }),',
    ],
    [
      { type: "CAA", content: '0 issue "letsencrypt.org"', data: { flags: 0, tag: "issue", value: "letsencrypt.org" } },
      'caa("www", "letsencrypt.org", { tag: "issue" }),',
    ],
    [{ type: "SSHFP", content: "4 2 aa" }, undefined],
    [{ name: "www.example.org", content: "203.0.113.2" }, undefined],
  ])("%j", (record_, text) => expect(line(record_)).toBe(text));
});
