import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publicKey, startTestCloud, type TestCloud } from "./hetzner-client.ts";

let cloud: TestCloud;
const labels = [
  { env: "prod", role: "web" },
  { env: "prod", role: "db" },
  { env: "dev" },
  {},
  { "example.com/env": "prod" },
];

beforeAll(async () => {
  cloud = await startTestCloud();
  for (const [i, set] of labels.entries())
    await cloud.make("/ssh_keys", { name: `key-${"edcba"[i]}`, public_key: publicKey(), labels: set });
});
afterAll(() => cloud.close());

const names = async (query: string): Promise<string[]> =>
  (await cloud.call("GET", `/ssh_keys?${query}`)).body.ssh_keys
    .map((key: { name: string }) => key.name.slice(-1))
    .join("");

test.each<[selector: string, found: string]>([
  ["", "edcba"],
  ["env", "edc"],
  ["!env", "ba"],
  ["env=prod", "ed"],
  ["env==prod", "ed"],
  ["env!=prod", "cba"],
  ["env=prod,role=db", "d"],
  ["env in (prod, dev)", "edc"],
  ["env in (prod,dev),role", "ed"],
  ["env notin (prod)", "cba"],
  ["example.com/env=prod", "a"],
  ["env=nothing", ""],
  ["env=", ""],
])("label selector %j", async (selector, found) => {
  expect(await names(`label_selector=${encodeURIComponent(selector)}`)).toBe(found);
});

test.each<[query: string, found: string]>([
  ["", "edcba"],
  ["sort=name", "abcde"],
  ["sort=name:desc", "edcba"],
  ["sort=id:desc", "abcde"],
  ["name=key-c", "c"],
  ["name=key", ""],
  ["sort=name&per_page=2", "ab"],
  ["sort=name&per_page=2&page=3", "e"],
  ["per_page=2&page=9", ""],
])("query %j", async (query, found) => {
  expect(await names(query)).toBe(found);
});

test.each<[query: string, pagination: object]>([
  ["", { page: 1, per_page: 25, previous_page: null, next_page: null, last_page: 1, total_entries: 5 }],
  ["per_page=2", { page: 1, per_page: 2, previous_page: null, next_page: 2, last_page: 3, total_entries: 5 }],
  ["per_page=2&page=3", { page: 3, per_page: 2, previous_page: 2, next_page: null, last_page: 3, total_entries: 5 }],
  ["name=nobody", { page: 1, per_page: 25, previous_page: null, next_page: null, last_page: 1, total_entries: 0 }],
])("pages of %j", async (query, pagination) => {
  expect((await cloud.call("GET", `/ssh_keys?${query}`)).body.meta.pagination).toEqual(pagination);
});

describe("the catalogue", () => {
  test.each([
    ["/images?name=debian-12&architecture=arm", "images", ["debian-12"]],
    ["/images?type=snapshot", "images", []],
    ["/locations?sort=name", "locations", ["ash", "fsn1", "hel1", "hil", "nbg1", "sin"]],
    ["/datacenters?name=hel1-dc2", "datacenters", ["hel1-dc2"]],
    ["/server_types?name=cx43", "server_types", ["cx43"]],
    ["/server_types/116", "server_type", "cx43"],
    ["/isos?architecture=arm", "isos", ["debian-12.5.0-arm64-netinst.iso", "nixos-minimal-24.11-aarch64-linux.iso"]],
  ])("%s", async (path, key, found) => {
    const { body } = await cloud.call("GET", path);
    const rows = body[key];
    expect(Array.isArray(rows) ? rows.map(({ name }: { name: string }) => name) : rows.name).toEqual(found);
  });

  test("has one price for a type, wherever it is asked", async () => {
    const { pricing } = (await cloud.call("GET", "/pricing")).body;
    const [type] = (await cloud.call("GET", "/server_types?name=cx43")).body.server_types;
    expect(pricing.server_types.find(({ name }: { name: string }) => name === "cx43").prices).toEqual(type.prices);
    expect([pricing.currency, type.prices[0].price_monthly]).toEqual([
      "EUR",
      { net: "9.4900000000", gross: "11.2931000000" },
    ]);
  });
});

test("every reply says what is left of the allowance", async () => {
  const { headers } = await cloud.call("GET", "/locations");
  expect([headers.get("ratelimit-limit"), Number(headers.get("ratelimit-remaining")) < 3600]).toEqual(["3600", true]);
  expect(Number(headers.get("ratelimit-reset"))).toBeGreaterThan(Date.now() / 1000 - 1);
});
