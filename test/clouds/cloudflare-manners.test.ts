import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Cloudflare from "cloudflare";
import { afterAll, expect, test } from "vitest";
import { account_id, all, refusal, startCloudflare, zone_id } from "./cloudflare-cloud.ts";

const cloud = await startCloudflare();
afterAll(() => cloud.close());

test("the token is verified", async () => {
  expect(await cloud.client.user.tokens.verify()).toMatchObject({ status: "active" });
});

test.each([
  ["a wrong token", (c: Cloudflare) => c.zones.list(), { class: "PermissionDeniedError", status: 403, codes: [9109] }],
  [
    "a wrong token that is verified",
    (c: Cloudflare) => c.user.tokens.verify(),
    { class: "AuthenticationError", status: 401, codes: [1000] },
  ],
])("%s is refused", async (_, call, expected) => {
  expect(await refusal(call(new Cloudflare({ apiToken: "wrong", baseURL: cloud.url, maxRetries: 0 })))).toEqual(
    expected,
  );
});

test("no token is refused", async () => {
  const answer = await fetch(`${cloud.url}/zones`);
  expect(answer.status).toBe(401);
  expect(await answer.json()).toEqual({
    success: false,
    errors: [{ code: 10000, message: "Authentication error" }],
    messages: [],
    result: null,
  });
});

test.each([
  [
    "an account that is not the token's",
    (c: Cloudflare) => c.r2.buckets.list({ account_id: "0".repeat(32) }),
    { status: 403, codes: [9109] },
  ],
  [
    "an account id that is none",
    (c: Cloudflare) => c.r2.buckets.list({ account_id: "mine" }),
    { status: 404, codes: [7003] },
  ],
  [
    "a zone that is not there",
    (c: Cloudflare) => c.zones.get({ zone_id: "0".repeat(32) }),
    { status: 404, codes: [7003] },
  ],
  ["a path that is not there", (c: Cloudflare) => c.get("/nowhere"), { status: 404, codes: [7000] }],
  ["a method that is not there", (c: Cloudflare) => c.delete("/zones"), { status: 405, codes: [7001] }],
  [
    "a body that is no JSON",
    (c: Cloudflare) =>
      c.post("/zones", { body: new TextEncoder().encode("{"), headers: { "Content-Type": "application/json" } }),
    { status: 400, codes: [6007] },
  ],
])("%s", async (_, call, expected) => {
  expect(await refusal(call(cloud.client) as Promise<unknown>)).toMatchObject(expected);
});

test("the allowance is 1200 in five minutes", async () => {
  const headers = (await cloud.client.zones.list().asResponse()).headers;
  expect(headers.get("ratelimit-policy")).toBe('"default";q=1200;w=300');
  expect(headers.get("ratelimit")).toMatch(/^"default";r=11\d\d;t=\d+$/);
});

test("a fault answers 429, and the client's own retry gets through", async () => {
  cloud.faults.add({ fault: "status", status: 429, times: 1 });
  expect(await refusal(cloud.client.zones.list())).toEqual({ class: "RateLimitError", status: 429, codes: [971] });
  cloud.faults.add({ fault: "status", status: 429, times: 1 });
  expect((await cloud.client.zones.list({}, { maxRetries: 2 })).result).toHaveLength(1);
});

test("zones are listed, filtered, created, edited and deleted", async () => {
  const { zones } = cloud.client;
  expect(await zones.get({ zone_id })).toMatchObject({
    name: "example.com",
    status: "active",
    account: { id: account_id },
  });
  const made = await zones.create({ name: "example.net", account: { id: account_id }, type: "full" });
  expect(made).toMatchObject({ name: "example.net", status: "pending", paused: false });
  expect(await refusal(zones.create({ name: "example.net", account: { id: account_id } }))).toMatchObject({
    codes: [1061],
  });
  expect((await all(zones.list({ name: "example.net" }))).map(({ id }) => id)).toEqual([made.id]);
  expect(await all(zones.list({ name: "contains:example", account: { id: account_id } }))).toHaveLength(2);
  expect(await all(zones.list({ name: "none.example" }))).toEqual([]);
  expect(await zones.edit({ zone_id: made.id, paused: true })).toMatchObject({ paused: true });
  expect(await zones.delete({ zone_id: made.id })).toEqual({ id: made.id });
});

test("zone settings have defaults and change", async () => {
  const { settings } = cloud.client.zones;
  expect(await settings.get("ssl", { zone_id })).toMatchObject({ id: "ssl", value: "full", editable: true });
  expect(await settings.edit("ssl", { zone_id, value: "strict" })).toMatchObject({ value: "strict" });
  expect(await settings.get("ssl", { zone_id })).toMatchObject({ value: "strict" });
  expect(await refusal(settings.edit("ssl", { zone_id, value: "none" }))).toMatchObject({ status: 400, codes: [1007] });
  expect(await refusal(settings.get("nothing", { zone_id }))).toMatchObject({ status: 400, codes: [1006] });
});

test("what was made outlives a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cloudflare-"));
  const first = await startCloudflare(join(folder, "store.db"));
  const record = await first.client.dns.records.create({ zone_id, type: "A", name: "a", content: "192.0.2.1", ttl: 1 });
  await first.close();
  const second = await startCloudflare(join(folder, "store.db"));
  expect(await second.client.dns.records.get(record.id, { zone_id })).toEqual(record);
  await second.close();
  rmSync(folder, { recursive: true });
});
