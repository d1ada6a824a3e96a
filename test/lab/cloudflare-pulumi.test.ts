import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import cloudflare from "@pulumi/cloudflare";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPlugins, type RunningPlugins } from "../../src/lab/plugins/serve.ts";
import { account_id as accountId, all, startCloudflare, zone_id as zoneId } from "../clouds/cloudflare-cloud.ts";
import { openStack } from "./cloudflare-stack.ts";

let cloud: Awaited<ReturnType<typeof startCloudflare>>;
let plugins: RunningPlugins;
let folder: string;
beforeAll(async () => {
  cloud = await startCloudflare();
  plugins = await startPlugins({ cloudflareUrl: cloud.url, cloudflareToken: cloud.token });
  folder = mkdtempSync(join(tmpdir(), "cloudflare-pulumi-"));
});
afterAll(async () => {
  await plugins.close();
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Every resource type once, or as often as its kinds differ. */
async function everything() {
  const {
    D1Database,
    DnsRecord,
    PagesDomain,
    PagesProject,
    R2Bucket,
    R2BucketCors,
    R2BucketLifecycle,
    R2CustomDomain,
    R2ManagedDomain,
    Ruleset,
  } = cloudflare;
  const { WorkersCustomDomain, WorkersKv, WorkersKvNamespace, WorkersRoute, WorkersScript, Zone, ZoneSetting } =
    cloudflare;
  new Zone("second", { name: "example.net", account: { id: accountId } });
  new ZoneSetting("ssl", { zoneId, settingId: "ssl", value: "strict" });
  new DnsRecord("www", {
    zoneId,
    name: "www.example.com",
    type: "A",
    content: "192.0.2.1",
    ttl: 300,
    comment: "the site",
    tags: ["b:2", "a:1"],
  });
  new DnsRecord("front", {
    zoneId,
    name: "front.example.com",
    type: "CNAME",
    content: "www.example.com",
    ttl: 1,
    proxied: true,
  });
  new DnsRecord("mail", { zoneId, name: "example.com", type: "MX", content: "mx.example.net", priority: 10, ttl: 300 });
  new DnsRecord("caa", {
    zoneId,
    name: "example.com",
    type: "CAA",
    data: { flags: "0", tag: "issue", value: "letsencrypt.org" },
    ttl: 300,
  });
  const bucket = new R2Bucket("models", { accountId, name: "models", location: "weur" });
  const bucketName = bucket.name;
  new R2CustomDomain("cdn", { accountId, bucketName, domain: "cdn.example.com", zoneId, enabled: true, minTls: "1.2" });
  new R2ManagedDomain("models", { accountId, bucketName, enabled: true });
  new R2BucketCors("models", {
    accountId,
    bucketName,
    rules: [{ allowed: { methods: ["GET"], origins: ["*"] }, maxAgeSeconds: 60 }],
  });
  new R2BucketLifecycle("models", {
    accountId,
    bucketName,
    rules: [
      {
        id: "old",
        enabled: true,
        conditions: { prefix: "tmp/" },
        deleteObjectsTransition: { condition: { type: "Age", maxAge: 86400 } },
      },
    ],
  });
  const namespace = new WorkersKvNamespace("brain", { accountId, title: "brain" });
  new WorkersKv("sprint", {
    accountId,
    namespaceId: namespace.id,
    keyName: "current/sprint",
    value: "42",
    metadata: '{"by":"test"}',
  });
  const worker = new WorkersScript("photon", {
    accountId,
    scriptName: "photon",
    mainModule: "worker.mjs",
    content: "export default { fetch: () => new Response('hi') };",
    compatibilityDate: "2026-01-01",
    bindings: [
      { name: "BRAIN", type: "kv_namespace", namespaceId: namespace.id },
      { name: "KEY", type: "secret_text", text: "hidden-in-state" },
    ],
  });
  new WorkersRoute("photon", { zoneId, pattern: "www.example.com/photon/*", script: worker.scriptName });
  new WorkersCustomDomain("photon", { accountId, hostname: "photon.example.com", service: worker.scriptName, zoneId });
  const site = new PagesProject("site", {
    accountId,
    name: "site",
    productionBranch: "main",
    deploymentConfigs: { production: { envVars: { MODE: { type: "plain_text", value: "live" } } } },
  });
  new PagesDomain("site", { accountId, projectName: site.name, name: "pages.example.com" });
  new D1Database("ledger", { accountId, name: "ledger", primaryLocationHint: "weur" });
  new Ruleset("firewall", {
    zoneId,
    kind: "zone",
    name: "firewall",
    phase: "http_request_firewall_custom",
    rules: [{ action: "block", expression: "ip.src eq 192.0.2.66", description: "no", enabled: true }],
  });
  return { subdomain: site.subdomain };
}
/** With the stack itself. */
const COUNT = 21;

/** Which resources an operation changed, and by which property paths. */
async function changesOf(
  run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>,
): Promise<Record<string, string[]>> {
  const changes: Record<string, string[]> = {};
  await run(({ resourcePreEvent, resOutputsEvent }) => {
    for (const { metadata } of [resourcePreEvent, resOutputsEvent].filter((event) => event !== undefined)) {
      const paths = Object.keys(metadata.detailedDiff ?? {});
      if (paths.length > 0 && metadata.op !== "same") changes[metadata.urn.split("::").at(-1)!] = paths;
    }
  });
  return changes;
}

const stateText = (): string => readFileSync(join(folder, "state/.pulumi/stacks/plugins/everything.json"), "utf8");
const record = async (name: string) =>
  (await all(cloud.client.dns.records.list({ zone_id: zoneId, name: { exact: name } })))[0]!;

test("the real engine makes everything, sees what others change, puts it back and takes it down", async () => {
  const stack: Stack = await openStack(folder, "everything", plugins.debugProviders, everything);
  expect((await stack.preview()).changeSummary).toEqual({ create: COUNT });
  const made = await stack.up();
  expect(made.summary.resourceChanges).toEqual({ create: COUNT });
  expect(made.outputs.subdomain?.value).toBe("site.pages.dev");
  expect(stateText()).not.toContain("hidden-in-state");

  expect((await stack.up()).summary.resourceChanges).toEqual({ same: COUNT });
  expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: COUNT });

  // By hand, in the console: a changed value, a comment that nobody declared, a loosened setting, another value in KV.
  const www = await record("www.example.com");
  await cloud.client.dns.records.edit(www.id, { zone_id: zoneId, content: "192.0.2.99" } as never);
  await cloud.client.dns.records.edit((await record("front.example.com")).id, {
    zone_id: zoneId,
    comment: "a note",
  } as never);
  await cloud.client.zones.settings.edit("ssl", { zone_id: zoneId, value: "flexible" });
  const [brain] = await all(cloud.client.kv.namespaces.list({ account_id: accountId }));
  await cloud.client.kv.namespaces.values.update("current/sprint", {
    account_id: accountId,
    namespace_id: brain!.id,
    value: "43",
    metadata: '{"by":"test"}',
  });
  await cloud.client.workers.routes.delete((await all(cloud.client.workers.routes.list({ zone_id: zoneId })))[0]!.id, {
    zone_id: zoneId,
  });

  const expected = { www: ["content"], front: ["comment"], ssl: ["value"], sprint: ["value"] };
  expect(await changesOf((onEvent) => stack.previewRefresh({ onEvent }))).toEqual(expected);
  const healed = await stack.up({ refresh: true });
  expect(healed.summary.resourceChanges).toEqual({ create: 1, update: 4, same: COUNT - 5 });
  expect(await record("www.example.com")).toMatchObject({ id: www.id, content: "192.0.2.1" });
  expect(await record("front.example.com")).toMatchObject({ comment: null, proxied: true });
  expect((await stack.up()).summary.resourceChanges).toEqual({ same: COUNT });

  expect((await stack.destroy()).summary.resourceChanges).toEqual({ delete: COUNT });
  expect(await all(cloud.client.dns.records.list({ zone_id: zoneId }))).toEqual([]);
  expect(await all(cloud.client.workers.scripts.list({ account_id: accountId }))).toEqual([]);
});

test("what exists is imported by the official provider's ids, without a change", async () => {
  const { client } = cloud;
  const made = await client.dns.records.create({
    zone_id: zoneId,
    type: "A",
    name: "old.example.com",
    content: "192.0.2.7",
    ttl: 1,
    proxied: true,
  });
  await client.r2.buckets.create({ account_id: accountId, name: "older" });
  const { id: namespaceId } = await client.kv.namespaces.create({ account_id: accountId, title: "older" });
  await client.kv.namespaces.values.update("a/b", { account_id: accountId, namespace_id: namespaceId, value: "v" });
  await client.pages.projects.create({ account_id: accountId, name: "older", production_branch: "main" });
  const stack = await openStack(folder, "imported", plugins.debugProviders, async () => {
    const { DnsRecord, PagesProject, R2Bucket, WorkersKv, WorkersKvNamespace, Zone } = cloudflare;
    new Zone("zone", { name: "example.com", account: { id: accountId } }, { import: zoneId, retainOnDelete: true });
    new DnsRecord(
      "old",
      { zoneId, name: "old.example.com", type: "A", content: "192.0.2.7", ttl: 1, proxied: true },
      { import: `${zoneId}/${made.id}` },
    );
    new R2Bucket("older", { accountId, name: "older" }, { import: `${accountId}/older/default` });
    new WorkersKvNamespace("older", { accountId, title: "older" }, { import: `${accountId}/${namespaceId}` });
    new WorkersKv(
      "older",
      { accountId, namespaceId, keyName: "a/b", value: "v" },
      { import: `${accountId}/${namespaceId}/a/b` },
    );
    new PagesProject("older", { accountId, name: "older", productionBranch: "main" }, { import: `${accountId}/older` });
  });
  expect((await stack.up()).summary.resourceChanges).toEqual({ create: 1, import: 6 });
  expect((await stack.up({ refresh: true })).summary.resourceChanges).toEqual({ same: 7 });
  await stack.destroy();
  expect(await client.zones.get({ zone_id: zoneId })).toMatchObject({ name: "example.com" });
});

test("a replaced type makes a new record; a refused one names its reason", async () => {
  const program = (type: string, content: string) => async () =>
    void new cloudflare.DnsRecord("one", { zoneId, name: "one.example.com", type, content, ttl: 60 });
  await (await openStack(folder, "replaced", plugins.debugProviders, program("A", "192.0.2.1"))).up();
  const replaced = await openStack(folder, "replaced", plugins.debugProviders, program("TXT", "hello"));
  expect((await replaced.up()).summary.resourceChanges).toMatchObject({ replace: 1 });
  const refused = await openStack(folder, "replaced", plugins.debugProviders, program("A", "nonsense"));
  await expect(refused.up()).rejects.toThrow(/must be a valid IPv4 address. \(9005\)/);
  const mistyped = await openStack(folder, "replaced", plugins.debugProviders, program("AA", "192.0.2.1"));
  await expect(mistyped.up()).rejects.toThrow(/type must be one of A, AAAA/);
  await replaced.destroy();
});
