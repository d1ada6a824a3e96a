import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { all, refusal, startCloudflare, zone_id } from "./cloudflare-cloud.ts";

let cloud = await startCloudflare();
afterAll(() => cloud.close());
beforeEach(async () => {
  await cloud.close();
  cloud = await startCloudflare();
});

const a = { zone_id, type: "A", name: "www.example.com", content: "192.0.2.1", ttl: 300 } as const;

describe("a record", () => {
  test("is created, read, edited, replaced and deleted", async () => {
    const { records } = cloud.client.dns;
    const made = await records.create({ ...a, comment: "the site", tags: ["team:web"] });
    expect(made).toMatchObject({
      name: "www.example.com",
      ttl: 300,
      proxied: false,
      proxiable: true,
      comment: "the site",
      tags: ["team:web"],
      meta: {},
      settings: {},
    });
    expect(made.id).toMatch(/^[0-9a-f]{32}$/);
    expect(await records.get(made.id, { zone_id })).toEqual(made);
    expect(await records.edit(made.id, { zone_id, type: "A", content: "192.0.2.2" } as never)).toMatchObject({
      content: "192.0.2.2",
      comment: "the site",
      created_on: made.created_on,
    });
    expect(await records.update(made.id, { ...a, content: "192.0.2.3" })).toMatchObject({
      content: "192.0.2.3",
      comment: null,
      tags: [],
    });
    expect(await records.delete(made.id, { zone_id })).toEqual({ id: made.id });
    expect(await refusal(records.get(made.id, { zone_id }))).toEqual({
      class: "NotFoundError",
      status: 404,
      codes: [81044],
    });
  });

  test.each([
    ["a short name gets the zone's", { ...a, name: "www" }, { name: "www.example.com" }],
    ["@ is the zone itself", { ...a, name: "@" }, { name: "example.com" }],
    ["proxied means automatic TTL", { ...a, proxied: true }, { ttl: 1, proxied: true }],
    ["a wildcard", { ...a, name: "*.example.com" }, { name: "*.example.com" }],
    ["AAAA", { ...a, type: "AAAA", content: "2001:db8::1" }, { content: "2001:db8::1" }],
    [
      "a CNAME loses its last dot",
      { ...a, type: "CNAME", content: "Target.example.net." },
      { content: "target.example.net" },
    ],
    ["MX", { ...a, type: "MX", content: "mx.example.net", priority: 10 }, { priority: 10, proxiable: false }],
    ["TXT", { ...a, type: "TXT", content: "v=spf1 -all" }, { content: "v=spf1 -all" }],
    [
      "CAA",
      { ...a, type: "CAA", data: { flags: 0, tag: "issue", value: "letsencrypt.org" } },
      { content: '0 issue "letsencrypt.org"' },
    ],
    [
      "SRV",
      {
        ...a,
        type: "SRV",
        name: "_turn._udp",
        data: { priority: 1, weight: 2, port: 3478, target: "turn.example.com" },
      },
      { content: "1 2 3478 turn.example.com", priority: 1 },
    ],
  ])("%s", async (_, given, expected) => {
    expect(await cloud.client.dns.records.create(given as never)).toMatchObject(expected);
  });

  test.each([
    ["no IPv4 address", { ...a, content: "300.1.1.1" }, 9005],
    ["no IPv6 address", { ...a, type: "AAAA" }, 9006],
    ["a TTL that is too short", { ...a, ttl: 30 }, 9021],
    ["a proxied TXT", { ...a, type: "TXT", proxied: true }, 9004],
    ["an unknown type", { ...a, type: "XX" }, 9003],
    ["a bad name", { ...a, name: "a b" }, 9000],
    ["MX without a priority", { ...a, type: "MX", content: "mx.example.net" }, 9100],
    ["SRV without data", { ...a, type: "SRV" }, 9101],
    ["a CNAME to itself", { ...a, type: "CNAME", content: "www.example.com" }, 9039],
    ["a comment of 101 characters", { ...a, comment: "x".repeat(101) }, 9200],
  ])("%s is refused with 1004 and the reason", async (_, given, reason) => {
    await expect(cloud.client.dns.records.create(given as never)).rejects.toMatchObject({
      status: 400,
      errors: [{ code: 1004, error_chain: [{ code: reason }] }],
    });
  });

  test.each([
    ["the same record", a, 81058],
    ["a CNAME beside an address", { ...a, type: "CNAME", content: "x.example.net" }, 81053],
    ["a second address", { ...a, content: "192.0.2.9" }, undefined],
    ["a TXT beside an address", { ...a, type: "TXT", content: "hello" }, undefined],
  ])("%s", async (_, second, code) => {
    await cloud.client.dns.records.create(a);
    const call = cloud.client.dns.records.create(second as never);
    if (code === undefined) expect(await call).toMatchObject({ name: "www.example.com" });
    else expect(await refusal(call)).toEqual({ class: "BadRequestError", status: 400, codes: [code] });
  });
});

describe("a list", () => {
  const names = (records: { name: string }[]) => records.map(({ name }) => name.replace(".example.com", ""));
  beforeEach(async () => {
    for (const i of [1, 2, 3, 4, 5])
      await cloud.client.dns.records.create({
        ...a,
        name: `host${i}.example.com`,
        content: `192.0.2.${i}`,
        proxied: i === 5,
        ttl: 60 * (6 - i),
      });
    await cloud.client.dns.records.create({
      ...a,
      type: "TXT",
      name: "note.example.com",
      content: "Host1",
      comment: "A note",
      tags: ["env:prod"],
    });
  });

  test("pages to the end", async () => {
    const page = await cloud.client.dns.records.list({ zone_id, per_page: 4 });
    expect(page.result_info).toEqual({ page: 1, per_page: 4, count: 4, total_count: 6, total_pages: 2 });
    expect(await all(cloud.client.dns.records.list({ zone_id, per_page: 4 }))).toHaveLength(6);
  });

  test.each<[string, object, string[]]>([
    ["no filter", {}, ["host1", "host2", "host3", "host4", "host5", "note"]],
    ["type", { type: "TXT" }, ["note"]],
    ["exact name", { name: { exact: "HOST2.example.com" } }, ["host2"]],
    ["name and type that no record has", { name: { exact: "host2.example.com" }, type: "TXT" }, []],
    ["start of name", { name: { startswith: "host" }, content: { endswith: ".3" } }, ["host3"]],
    ["content", { content: { contains: "host1" } }, ["note"]],
    ["any of two", { match: "any", name: { exact: "host1.example.com" }, type: "TXT" }, ["host1", "note"]],
    ["proxied", { proxied: true }, ["host5"]],
    ["comment", { comment: { contains: "note" } }, ["note"]],
    ["absent comment", { comment: { absent: "" }, name: { endswith: "1.example.com" } }, ["host1"]],
    ["tag", { tag: { exact: "env:prod" } }, ["note"]],
    ["present tag", { tag: { present: "env" } }, ["note"]],
    ["search", { search: "192.0.2.4" }, ["host4"]],
    [
      "order by ttl, down",
      { order: "ttl", direction: "desc", type: "A" },
      ["host1", "host2", "host3", "host4", "host5"],
    ],
    [
      "order by name, down",
      { order: "name", direction: "desc", type: "A" },
      ["host5", "host4", "host3", "host2", "host1"],
    ],
  ])("by %s", async (_, filter, expected) => {
    expect(names(await all(cloud.client.dns.records.list({ zone_id, ...filter })))).toEqual(expected);
  });

  test("can be asked with plain name and content, as older clients do", async () => {
    const answer = await fetch(`${cloud.url}/zones/${zone_id}/dns_records?name=host3.example.com&content=192.0.2.3`, {
      headers: { Authorization: `Bearer ${cloud.token}` },
    });
    expect(names(((await answer.json()) as { result: { name: string }[] }).result)).toEqual(["host3"]);
  });

  test("refuses a page that is no number", async () => {
    expect(await refusal(cloud.client.dns.records.list({ zone_id, page: 0 }))).toMatchObject({
      status: 400,
      codes: [1004],
    });
  });

  test("exports a zone file", async () => {
    expect(await cloud.client.dns.records.export({ zone_id })).toContain("host2.example.com.\t240\tIN\tA\t192.0.2.2");
  });
});

test("a batch is done whole or not at all", async () => {
  const { records } = cloud.client.dns;
  const old = await records.create(a);
  const post = { type: "A", name: "new.example.com", content: "192.0.2.7", ttl: 1 } as const;
  expect(await refusal(records.batch({ zone_id, deletes: [{ id: old.id }], posts: [post, post] }))).toMatchObject({
    codes: [81058],
  });
  expect(await all(records.list({ zone_id }))).toEqual([old]);
  const done = await records.batch({
    zone_id,
    patches: [{ id: old.id, content: "192.0.2.8" } as never],
    posts: [post],
  });
  expect(done).toMatchObject({
    deletes: [],
    patches: [{ content: "192.0.2.8" }],
    posts: [{ name: "new.example.com" }],
  });
});
