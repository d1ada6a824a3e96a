import { toFile } from "cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { account_id, all, refusal, startCloudflare, zone_id } from "./cloudflare-cloud.ts";

const cloud = await startCloudflare();
const { client } = cloud;
afterAll(() => cloud.close());

const recordsAt = async (name: string) =>
  (await all(client.dns.records.list({ zone_id, name: { exact: name } }))).map(({ type, content }) => ({
    type,
    content,
  }));

describe("R2", () => {
  const { buckets } = client.r2;

  test("buckets", async () => {
    expect(await buckets.create({ account_id, name: "models", locationHint: "eeur" })).toMatchObject({
      name: "models",
      location: "EEUR",
      storage_class: "Standard",
    });
    expect(await refusal(buckets.create({ account_id, name: "models" }))).toMatchObject({
      class: "ConflictError",
      codes: [10004],
    });
    expect(await refusal(buckets.create({ account_id, name: "No_Good" }))).toMatchObject({
      status: 400,
      codes: [10005],
    });
    expect(await buckets.edit("models", { account_id, storage_class: "InfrequentAccess" })).toMatchObject({
      storage_class: "InfrequentAccess",
    });
    for (const name of ["alpha", "beta", "gamma"]) await buckets.create({ account_id, name });
    const page = await buckets.list({ account_id, per_page: 2 });
    expect(page.buckets?.map(({ name }) => name)).toEqual(["alpha", "beta"]);
    expect((await buckets.list({ account_id, name_contains: "mm" })).buckets?.map(({ name }) => name)).toEqual([
      "gamma",
    ]);
    await buckets.delete("gamma", { account_id });
    expect(await refusal(buckets.get("gamma", { account_id }))).toMatchObject({
      class: "NotFoundError",
      codes: [10006],
    });
  });

  test("a jurisdiction has buckets of its own", async () => {
    await buckets.create({ account_id, name: "eu-bucket", "cf-r2-jurisdiction": "eu" });
    expect(await refusal(buckets.get("eu-bucket", { account_id }))).toMatchObject({ codes: [10006] });
    expect(await buckets.get("eu-bucket", { account_id, "cf-r2-jurisdiction": "eu" })).toMatchObject({
      jurisdiction: "eu",
    });
  });

  test("a custom domain brings its DNS record and takes it away", async () => {
    const { custom } = buckets.domains;
    expect(
      await custom.create("models", {
        account_id,
        domain: "cdn.example.com",
        enabled: true,
        zoneId: zone_id,
        minTLS: "1.2",
      }),
    ).toMatchObject({ domain: "cdn.example.com", enabled: true });
    expect(await recordsAt("cdn.example.com")).toEqual([{ type: "CNAME", content: "public.r2.dev" }]);
    expect(await custom.get("cdn.example.com", { account_id, bucket_name: "models" })).toMatchObject({
      minTLS: "1.2",
      zoneName: "example.com",
      status: { ssl: "active", ownership: "active" },
    });
    expect(await custom.update("cdn.example.com", { account_id, bucket_name: "models", enabled: false })).toMatchObject(
      { enabled: false, minTLS: "1.2" },
    );
    expect((await custom.list("models", { account_id })).domains).toHaveLength(1);
    expect(
      await refusal(
        custom.create("models", { account_id, domain: "cdn.elsewhere.org", enabled: true, zoneId: zone_id }),
      ),
    ).toMatchObject({ status: 400 });
    await custom.delete("cdn.example.com", { account_id, bucket_name: "models" });
    expect(await recordsAt("cdn.example.com")).toEqual([]);
  });

  test("CORS, lifecycle and the managed domain", async () => {
    const rules = [{ allowed: { methods: ["GET" as const], origins: ["*"] } }];
    expect(await refusal(buckets.cors.get("models", { account_id }))).toMatchObject({ status: 404 });
    await buckets.cors.update("models", { account_id, rules });
    expect(await buckets.cors.get("models", { account_id })).toEqual({ rules });
    expect((await buckets.lifecycle.get("models", { account_id })).rules).toHaveLength(1);
    expect(await buckets.domains.managed.update("models", { account_id, enabled: true })).toMatchObject({
      enabled: true,
      domain: expect.stringMatching(/\.r2\.dev$/),
    });
  });
});

describe("Workers", () => {
  const { scripts } = client.workers;
  const source = "export default { fetch: () => new Response('hi') };";
  const upload = async (name: string, bindings: object[] = []) =>
    scripts.update(name, {
      account_id,
      metadata: { main_module: "worker.mjs", compatibility_date: "2026-01-01", bindings: bindings as never },
      files: [await toFile(Buffer.from(source), "worker.mjs", { type: "application/javascript+module" })],
    });
  beforeAll(() => upload("photon"));

  test("a script is uploaded, read, listed and deleted", async () => {
    expect(await upload("search")).toMatchObject({ id: "search", etag: expect.any(String), has_modules: true });
    expect(await scripts.get("search", { account_id })).toBe(source);
    expect((await all(scripts.list({ account_id }))).map(({ id }) => id)).toEqual(["photon", "search"]);
    await scripts.delete("search", { account_id });
    expect(await refusal(scripts.get("search", { account_id }))).toMatchObject({
      class: "NotFoundError",
      codes: [10007],
    });
  });

  test("bindings keep their order and secrets stay inside", async () => {
    await upload("bound", [
      { name: "KEY", type: "secret_text", text: "hidden" },
      { name: "MODE", type: "plain_text", text: "live" },
    ]);
    const settings = await scripts.scriptAndVersionSettings.get("bound", { account_id });
    expect(settings.bindings).toEqual([
      { name: "KEY", type: "secret_text" },
      { name: "MODE", type: "plain_text", text: "live" },
    ]);
    await scripts.secrets.update("bound", { account_id, name: "SECOND", type: "secret_text", text: "hidden" });
    expect((await all(scripts.secrets.list("bound", { account_id }))).map(({ name }) => name)).toEqual([
      "KEY",
      "SECOND",
    ]);
    expect(
      await refusal(
        scripts.update("bad", {
          account_id,
          metadata: { main_module: "missing.mjs" },
          files: [await toFile(Buffer.from(""), "other.mjs")],
        }),
      ),
    ).toMatchObject({ codes: [10021] });
  });

  test("schedules, subdomain and settings", async () => {
    expect(await scripts.schedules.update("photon", { account_id, body: [{ cron: "*/5 * * * *" }] })).toMatchObject({
      schedules: [{ cron: "*/5 * * * *" }],
    });
    expect(await scripts.subdomain.create("photon", { account_id, enabled: true })).toMatchObject({ enabled: true });
    expect(await scripts.settings.edit("photon", { account_id, logpush: true })).toMatchObject({ logpush: true });
  });

  test("routes", async () => {
    const { routes } = client.workers;
    const made = await routes.create({ zone_id, pattern: "photon.example.com/*", script: "photon" });
    expect(await refusal(routes.create({ zone_id, pattern: "photon.example.com/*", script: "photon" }))).toMatchObject({
      codes: [10020],
    });
    expect(await refusal(routes.create({ zone_id, pattern: "x.example.com/*", script: "nobody" }))).toMatchObject({
      codes: [10007],
    });
    expect(await refusal(routes.create({ zone_id, pattern: "elsewhere.org/*" }))).toMatchObject({ status: 400 });
    expect(await routes.update(made.id, { zone_id, pattern: "photon.example.com/v1/*", script: "photon" })).toEqual({
      id: made.id,
      pattern: "photon.example.com/v1/*",
      script: "photon",
    });
    expect(await all(routes.list({ zone_id }))).toHaveLength(1);
    await routes.delete(made.id, { zone_id });
    expect(await refusal(routes.get(made.id, { zone_id }))).toMatchObject({ status: 404 });
  });

  test("a custom domain brings its DNS record, and refuses a host name with another one", async () => {
    const { domains } = client.workers;
    const made = await domains.update({ account_id, hostname: "photon.example.com", service: "photon", zone_id });
    expect(made).toMatchObject({ zone_name: "example.com", environment: "production" });
    expect(await recordsAt("photon.example.com")).toEqual([{ type: "AAAA", content: "100::" }]);
    expect(await all(domains.list({ account_id, service: "photon" }))).toEqual([made]);
    await client.dns.records.create({ zone_id, type: "A", name: "taken", content: "192.0.2.1", ttl: 1 });
    expect(
      await refusal(domains.update({ account_id, hostname: "taken.example.com", service: "photon" })),
    ).toMatchObject({ codes: [100117] });
    await domains.delete(made.id, { account_id });
    expect(await recordsAt("photon.example.com")).toEqual([]);
  });
});

describe("KV", () => {
  const { namespaces } = client.kv;

  test("namespaces", async () => {
    const made = await namespaces.create({ account_id, title: "brain" });
    expect(made).toMatchObject({ title: "brain", supports_url_encoding: true });
    expect(await refusal(namespaces.create({ account_id, title: "brain" }))).toMatchObject({
      status: 400,
      codes: [10014],
    });
    expect(await namespaces.update(made.id, { account_id, title: "mind" })).toMatchObject({
      id: made.id,
      title: "mind",
    });
    for (const title of ["a", "b", "c"]) await namespaces.create({ account_id, title });
    expect((await all(namespaces.list({ account_id, per_page: 2 }))).map(({ title }) => title)).toEqual([
      "a",
      "b",
      "c",
      "mind",
    ]);
    await namespaces.delete(made.id, { account_id });
    expect(await refusal(namespaces.get(made.id, { account_id }))).toMatchObject({
      class: "NotFoundError",
      codes: [10013],
    });
  });

  test("values", async () => {
    const { id: namespace_id } = await namespaces.create({ account_id, title: "values" });
    const { values, keys, metadata } = namespaces;
    await values.update("a/b c", {
      account_id,
      namespace_id,
      value: "hello",
      metadata: JSON.stringify({ by: "test" }),
    });
    expect(await (await values.get("a/b c", { account_id, namespace_id })).text()).toBe("hello");
    expect(await metadata.get("a/b c", { account_id, namespace_id })).toEqual({ by: "test" });
    expect(await refusal(values.get("none", { account_id, namespace_id }))).toMatchObject({
      status: 404,
      codes: [10009],
    });
    const pairs = Array.from({ length: 25 }, (_, i) => ({ key: `k${i}`, value: `v${i}` }));
    expect(await namespaces.bulkUpdate(namespace_id, { account_id, body: pairs })).toMatchObject({
      successful_key_count: 25,
    });
    expect(await all(keys.list(namespace_id, { account_id, limit: 10 }))).toHaveLength(26);
    expect(await all(keys.list(namespace_id, { account_id, prefix: "k1" }))).toHaveLength(11);
    expect(await namespaces.bulkGet(namespace_id, { account_id, keys: ["k1", "none"] })).toEqual({
      values: { k1: "v1", none: null },
    });
    await namespaces.bulkDelete(namespace_id, { account_id, body: ["k1"] });
    expect(await refusal(values.get("k1", { account_id, namespace_id }))).toMatchObject({ codes: [10009] });
    expect(
      await refusal(values.update("x", { account_id, namespace_id, value: "v", expiration_ttl: 5 })),
    ).toMatchObject({ status: 400 });
  });
});

describe("Pages", () => {
  const { projects } = client.pages;

  test("projects and their domains", async () => {
    expect(await projects.create({ account_id, name: "site", production_branch: "main" })).toMatchObject({
      subdomain: "site.pages.dev",
      domains: ["site.pages.dev"],
    });
    expect(await refusal(projects.create({ account_id, name: "site", production_branch: "main" }))).toMatchObject({
      codes: [8000002],
    });
    expect(await projects.edit("site", { account_id, production_branch: "trunk" })).toMatchObject({
      production_branch: "trunk",
    });
    expect(await projects.domains.create("site", { account_id, name: "www.example.com" })).toMatchObject({
      name: "www.example.com",
      zone_tag: zone_id,
      status: "active",
    });
    expect(await refusal(projects.domains.create("site", { account_id, name: "www.example.com" }))).toMatchObject({
      codes: [8000018],
    });
    expect((await projects.get("site", { account_id })).domains).toEqual(["site.pages.dev", "www.example.com"]);
    expect(await all(projects.domains.list("site", { account_id }))).toHaveLength(1);
    expect(await all(projects.list({ account_id }))).toHaveLength(1);
    await projects.domains.delete("www.example.com", { account_id, project_name: "site" });
    expect(await projects.deployments.create("site", { account_id, branch: "trunk", manifest: "{}" })).toMatchObject({
      environment: "production",
    });
    expect(await all(projects.deployments.list("site", { account_id }))).toHaveLength(1);
    await projects.delete("site", { account_id });
    expect(await refusal(projects.get("site", { account_id }))).toMatchObject({
      class: "NotFoundError",
      codes: [8000007],
    });
  });
});

test("D1 databases", async () => {
  const { database } = client.d1;
  const made = await database.create({ account_id, name: "ledger" });
  expect(made).toMatchObject({ name: "ledger", version: "production" });
  expect(await refusal(database.create({ account_id, name: "ledger" }))).toMatchObject({ codes: [7502] });
  expect(await database.edit(made.uuid!, { account_id, read_replication: { mode: "auto" } })).toMatchObject({
    read_replication: { mode: "auto" },
  });
  expect(await all(database.list({ account_id }))).toHaveLength(1);
  await database.delete(made.uuid!, { account_id });
  expect(await refusal(database.get(made.uuid!, { account_id }))).toMatchObject({ status: 404, codes: [7404] });
});

test("rulesets of a zone", async () => {
  const { rulesets } = client;
  const phase = "http_request_firewall_custom";
  expect(await refusal(rulesets.phases.get(phase, { zone_id }))).toMatchObject({ status: 404 });
  const rule = { action: "block" as const, expression: "ip.src eq 192.0.2.1", description: "no" };
  const made = (await rulesets.create({ zone_id, kind: "zone", name: "firewall", phase, rules: [rule] })) as {
    id: string;
    rules: unknown[];
  };
  expect(made.rules).toMatchObject([{ ...rule, enabled: true, id: expect.any(String) }]);
  expect(await refusal(rulesets.create({ zone_id, kind: "zone", name: "again", phase }))).toMatchObject({
    status: 400,
  });
  expect((await rulesets.phases.get(phase, { zone_id })).id).toBe(made.id);
  expect(await rulesets.rules.create(made.id, { zone_id, action: "log", expression: "true" })).toMatchObject({
    rules: [{ action: "block" }, { action: "log" }],
  });
  expect(await rulesets.update(made.id, { zone_id, rules: [] })).toMatchObject({ version: "3", rules: [] });
  expect(await all(rulesets.list({ zone_id }))).toHaveLength(1);
  await rulesets.delete(made.id, { zone_id });
  expect(await refusal(rulesets.get(made.id, { zone_id }))).toMatchObject({ status: 404 });
});
