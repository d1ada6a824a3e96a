import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { publicKey, startTestCloud, type TestCloud } from "./hetzner-client.ts";

/** The vendor's own description of its replies. */
const vendor = JSON.parse(readFileSync(join(import.meta.dirname, "hetzner-replies.json"), "utf8")) as {
  replies: Record<string, object>;
  $defs: object;
};
const problems = (reply: string, body: unknown): string[] => {
  const result = z
    .fromJSONSchema({ ...vendor.replies[reply], $defs: vendor.$defs } as Parameters<typeof z.fromJSONSchema>[0])
    .safeParse(body);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};

let cloud: TestCloud;
const ids: Record<string, number> = { server_types: 116, locations: 3, datacenters: 3, isos: 8638 };
const made: [reply: string, body: unknown][] = [];

/** One of each kind, tied to each other as much as they can be. */
beforeAll(async () => {
  cloud = await startTestCloud();
  const make = async (kind: string, one: string, body: object): Promise<number> => {
    const reply = await cloud.make(`/${kind}`, body);
    made.push([`POST /${kind}`, reply]);
    return (ids[kind] = reply[one].id);
  };
  const key = await make("ssh_keys", "ssh_key", { name: "k", public_key: publicKey(), labels: { a: "b" } });
  const icmp = { direction: "in", protocol: "icmp", source_ips: ["0.0.0.0/0"] };
  const firewall = await make("firewalls", "firewall", {
    name: "f",
    rules: [{ ...icmp, protocol: "tcp", port: "80", description: "web" }, icmp],
    apply_to: [{ type: "label_selector", label_selector: { selector: "a" } }],
  });
  const network = await make("networks", "network", {
    name: "n",
    ip_range: "10.0.0.0/8",
    subnets: [{ type: "cloud", network_zone: "eu-central" }],
    routes: [{ destination: "10.200.0.0/16", gateway: "10.0.0.7" }],
  });
  const placement_group = await make("placement_groups", "placement_group", { name: "g", type: "spread" });
  await make("primary_ips", "primary_ip", { name: "p", type: "ipv6", location: "hel1" });
  const server = await make("servers", "server", {
    name: "s",
    server_type: "cax11",
    image: "ubuntu-24.04",
    labels: { a: "b" },
    location: "hel1",
    networks: [network],
    firewalls: [{ firewall }],
    placement_group,
    ssh_keys: [key],
  });
  await make("floating_ips", "floating_ip", { type: "ipv4", server });
  await make("volumes", "volume", { name: "v", size: 10, server });
  await cloud.wait((made.find(([reply]) => reply === "POST /servers")![1] as { action: { id: number } }).action);
  ids.images = (await cloud.make(`/servers/${server}/actions/create_image`, { description: "kept" })).image.id;
  await cloud.make(`/servers/${server}/actions/attach_iso`, { iso: 8639 });
});
afterAll(() => cloud.close());

test("replies to making one of each", () => {
  expect(made.map(([reply, body]) => [reply, problems(reply, body)])).toEqual(made.map(([reply]) => [reply, []]));
  expect(made).toHaveLength(8);
});

const kinds = [
  "servers",
  "ssh_keys",
  "firewalls",
  "networks",
  "primary_ips",
  "floating_ips",
  "volumes",
  "placement_groups",
  "images",
  "server_types",
  "locations",
  "datacenters",
  "isos",
];
describe.each(kinds)("%s", (kind) => {
  test("one and a list", async () => {
    const [one, list] = [await cloud.call("GET", `/${kind}/${ids[kind]}`), await cloud.call("GET", `/${kind}`)];
    expect([problems(`GET /${kind}/{id}`, one.body), problems(`GET /${kind}`, list.body)]).toEqual([[], []]);
  });
});

test("prices, actions and errors", async () => {
  const replies = [
    ["GET /pricing", "/pricing"],
    ["GET /actions/{id}", "/actions/1000000"],
    ["error", "/servers/1"],
  ] as const;
  for (const [reply, path] of replies)
    expect([reply, problems(reply, (await cloud.call("GET", path)).body)]).toEqual([reply, []]);
});

test("a reply that lacks what the vendor sends is noticed", () => {
  expect(problems("GET /ssh_keys/{id}", { ssh_key: { id: 1, name: "k" } })).toContain(
    "ssh_key.fingerprint: Invalid input: expected string, received undefined",
  );
});
