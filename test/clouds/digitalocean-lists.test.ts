import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "./digitalocean-client.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
  for (let i = 0; i < 45; i += 1) await cloud.done("POST", "/tags", { name: `t${i}` });
});
afterAll(() => cloud.close());

test("a list comes in pages that point at each other until the end", async () => {
  const seen: string[] = [];
  let url: string | undefined = `${cloud.endpoint}/v2/tags?per_page=20`;
  const shown: string[][] = [];
  while (url !== undefined) {
    const reply = await fetch(url, { headers: { Authorization: `Bearer ${cloud.token}` } });
    const body = (await reply.json()) as {
      tags: { name: string }[];
      links: { pages: Record<string, string> };
      meta: object;
    };
    expect(body.meta).toEqual({ total: 45 });
    seen.push(...body.tags.map(({ name }) => name));
    shown.push(Object.keys(body.links.pages));
    url = body.links.pages.next;
  }
  expect(seen).toEqual(Array.from({ length: 45 }, (_, i) => `t${i}`));
  expect(shown).toEqual([
    ["next", "last"],
    ["first", "prev", "next", "last"],
    ["first", "prev"],
  ]);
});

test.each([
  ["", 20],
  ["?per_page=7", 7],
  ["?per_page=1000", 45],
  ["?per_page=none", 20],
  ["?page=3", 5],
  ["?page=9", 0],
])("/tags%s", async (query, count) => {
  expect((await cloud.done("GET", `/tags${query}`)).tags).toHaveLength(count);
});

test("one page has no links", async () => {
  expect((await cloud.done("GET", "/droplets")).links).toEqual({});
});

test("a tag counts what has it, whatever its capitals, and leaves everything when it goes", async () => {
  const { id } = await cloud.makeDroplet({ tags: ["Web"] });
  const volume = { name: "data", region: "nyc3", size_gigabytes: 1, tags: ["web"] };
  const made = (await cloud.done("POST", "/volumes", volume)).volume;
  expect(made.tags).toEqual(["Web"]);
  const rule = { protocol: "tcp", ports: "443", sources: { addresses: ["0.0.0.0/0"] } };
  const { firewall } = await cloud.done("POST", "/firewalls", { name: "fw", inbound_rules: [rule], tags: ["WEB"] });
  expect((await cloud.done("GET", "/tags/web")).tag).toMatchObject({
    name: "Web",
    resources: { count: 2, droplets: { count: 1 }, volumes: { count: 1 }, images: { count: 0 } },
  });
  expect((await cloud.done("GET", `/droplets/${id}/firewalls`)).firewalls).toMatchObject([{ id: firewall.id }]);
  const resources = [{ resource_id: String(id), resource_type: "droplet" }];
  await cloud.done("DELETE", "/tags/web/resources", { resources });
  expect((await cloud.done("GET", `/droplets/${id}/firewalls`)).firewalls).toEqual([]);
  await cloud.done("POST", "/tags/web/resources", { resources });
  expect((await cloud.done("GET", `/droplets/${id}`)).droplet.tags).toEqual(["Web"]);
  await cloud.done("DELETE", "/tags/WEB");
  for (const path of [`/droplets/${id}`, `/volumes/${made.id}`, `/firewalls/${firewall.id}`])
    expect(Object.values(await cloud.done("GET", path))).toMatchObject([{ tags: [] }]);
});

test("everything is in the default project until it is put into another", async () => {
  const { project } = await cloud.done("POST", "/projects", { name: "prod", purpose: "Web" });
  await cloud.done("POST", "/domains", { name: "example.com", ip_address: "203.0.113.1" });
  const { ip } = (await cloud.done("POST", "/reserved_ips", { region: "fra1" })).reserved_ip;
  const urns = async (id: string) =>
    (await cloud.done("GET", `/projects/${id}/resources`)).resources.map(({ urn }: { urn: string }) => urn);
  expect(await urns("default")).toEqual(expect.arrayContaining(["do:domain:example.com", `do:floatingip:${ip}`]));
  const wanted = { resources: ["do:domain:example.com", `do:reservedip:${ip}`, "do:domain:example.org"] };
  const first = await cloud.done("POST", `/projects/${project.id}/resources`, wanted);
  const second = await cloud.done("POST", `/projects/${project.id}/resources`, wanted);
  expect([first, second].map(({ resources }) => resources.map(({ status }: { status: string }) => status))).toEqual([
    ["assigned", "assigned", "not_found"],
    ["already_assigned", "already_assigned", "not_found"],
  ]);
  expect(await urns(project.id)).toEqual([`do:floatingip:${ip}`, "do:domain:example.com"]);
  await cloud.done("PATCH", `/projects/${project.id}`, { is_default: true });
  expect((await cloud.done("GET", "/projects/default")).project.name).toBe("prod");
});

test("a domain has its name servers and records", async () => {
  const path = "/domains/example.com/records";
  const record = { type: "TXT", name: "_dmarc", data: "v=DMARC1; p=none", ttl: 300 };
  const { id } = (await cloud.done("POST", path, record)).domain_record;
  await cloud.done("PATCH", `${path}/${id}`, { data: "v=DMARC1; p=reject" });
  const shown = (await cloud.done("GET", `${path}?type=TXT&name=_dmarc.example.com`)).domain_records;
  expect(shown).toMatchObject([{ id, ttl: 300, data: "v=DMARC1; p=reject" }]);
  await cloud.done("DELETE", `${path}/${id}`);
  const left = (await cloud.done("GET", path)).domain_records.map(({ type }: { type: string }) => type);
  expect(left).toEqual(["NS", "NS", "NS", "A"]);
});

test("every size is somewhere, costs what the catalogue says, and every region names its own", async () => {
  const { sizes } = await cloud.done("GET", "/sizes?per_page=200");
  const { regions } = await cloud.done("GET", "/regions?per_page=200");
  for (const region of regions) {
    const own = sizes.filter((size: { regions: string[] }) => size.regions.includes(region.slug));
    expect(region.sizes).toEqual(own.map(({ slug }: { slug: string }) => slug));
    expect(region.sizes.length > 0).toBe(region.available);
  }
  expect(sizes[1]).toMatchObject({ slug: "s-1vcpu-1gb", price_monthly: 6, price_hourly: 0.00893, memory: 1024 });
});
