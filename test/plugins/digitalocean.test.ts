import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { facts, tokenOf } from "../../src/lab/plugins/digitalocean/facts.ts";
import { createDigitalOceanPlugin } from "../../src/lab/plugins/digitalocean/index.ts";
import type { Plugin, Properties, ResourceType } from "../../src/plugin/types.ts";
import { startTestCloud, type TestCloud } from "../clouds/digitalocean-client.ts";
import { publicKey } from "../clouds/hetzner-client.ts";

let cloud: TestCloud;
let plugin: Plugin;
beforeAll(async () => {
  cloud = await startTestCloud();
  plugin = createDigitalOceanPlugin({ endpoint: cloud.endpoint, token: cloud.token });
});
afterEach(() => void cloud.faults.clear());
afterAll(() => cloud.close());

const type = (name: string): ResourceType => plugin.resources[tokenOf(name)]!;
const create = (name: string, inputs: Properties) =>
  type(name).create({ urn: "", inputs, preview: false, timeoutSeconds: 0 });
const diff = async (name: string, oldInputs: Properties, news: Properties) => {
  const { detailed } = await type(name).diff({ urn: "", id: "", olds: oldInputs, oldInputs, news, ignoreChanges: [] });
  return Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind]));
};
const droplet: Properties = { name: "web", size: "s-1vcpu-1gb", image: "debian-12-x64", region: "nyc3" };

test("every resource type that has facts is served", () => {
  expect(Object.keys(plugin.resources).toSorted()).toEqual(Object.keys(facts.resources).toSorted());
});

const rule: Properties = { protocol: "tcp", portRange: "443", sourceAddresses: ["0.0.0.0/0", "::/0"] };
const DIFFS: [name: string, olds: Properties, news: Properties, expected: Record<string, string>][] = [
  ["droplet", droplet, droplet, {}],
  ["droplet", droplet, { ...droplet, backups: false, resizeDisk: true, monitoring: false }, {}],
  ["droplet", { ...droplet, tags: ["a", "b"] }, { ...droplet, tags: ["b", "a"] }, {}],
  ["droplet", { ...droplet, vpcUuid: "x", region: "nyc3" }, { ...droplet, region: undefined }, {}],
  ["droplet", droplet, { ...droplet, size: "s-1vcpu-2gb", name: "web-2" }, { size: "update", name: "update" }],
  ["droplet", droplet, { ...droplet, image: "debian-13-x64" }, { image: "update-replace" }],
  ["droplet", droplet, { ...droplet, userData: "#cloud-config" }, { userData: "add-replace" }],
  ["droplet", droplet, { ...droplet, ipv6: true }, { ipv6: "add" }],
  ["droplet", { ...droplet, ipv6: true }, { ...droplet, ipv6: false }, { ipv6: "update-replace" }],
  [
    "sshKey",
    { name: "k", publicKey: "a" },
    { name: "l", publicKey: "b" },
    { name: "update", publicKey: "update-replace" },
  ],
  ["tag", { name: "a" }, { name: "b" }, { name: "update-replace" }],
  ["vpc", { name: "a", region: "nyc3" }, { name: "b", region: "fra1" }, { name: "update", region: "update-replace" }],
  [
    "firewall",
    { name: "f", inboundRules: [rule, { ...rule, portRange: "80" }] },
    {
      name: "f",
      inboundRules: [
        { ...rule, portRange: "80" },
        { ...rule, sourceAddresses: ["::/0", "0.0.0.0/0"] },
      ],
    },
    {},
  ],
  ["reservedIp", { region: "nyc3" }, { region: "nyc3", dropletId: 1 }, { dropletId: "add" }],
  [
    "reservedIpAssignment",
    { ipAddress: "a", dropletId: 1 },
    { ipAddress: "a", dropletId: 2 },
    { dropletId: "update-replace" },
  ],
  ["volume", { name: "v", region: "nyc3", size: 1 }, { name: "v", region: "nyc3", size: 2 }, { size: "update" }],
  [
    "volumeAttachment",
    { volumeId: "v", dropletId: 1 },
    { volumeId: "v", dropletId: 2 },
    { dropletId: "update-replace" },
  ],
  ["dropletSnapshot", { dropletId: "1", name: "a" }, { dropletId: "1", name: "b" }, { name: "update-replace" }],
  ["project", { name: "p", purpose: "Web Application" }, { name: "p" }, {}],
  ["domain", { name: "example.com" }, { name: "example.com", ipAddress: "192.0.2.1" }, { ipAddress: "add-replace" }],
];
test.each(DIFFS)("what changes in place and what replaces: %s %#", async (name, olds, news, expected) => {
  expect(await diff(name, olds, news)).toEqual(expected);
});

describe("what is missing or wrong is said before anything is made", () => {
  test.each<[name: string, inputs: Properties, property: string]>([
    ["droplet", { ...droplet, size: undefined }, "size"],
    ["droplet", { ...droplet, sizes: "x" }, "sizes"],
    ["sshKey", { name: "k" }, "publicKey"],
    ["volume", { name: "v", region: "nyc3", size: "big" }, "size"],
    ["volumeAttachment", { volumeId: "v" }, "dropletId"],
    ["firewall", { name: "f", inboundRules: [{ portRange: "22" }] }, "inboundRules[0].protocol"],
  ])("%s %#", async (name, news, property) => {
    const { failures = [] } = await type(name).check!({ urn: "", news });
    expect(failures.map((failure) => failure.property)).toEqual([property]);
  });
});

test("waits and asks again when it asks too often, and when a read fails", async () => {
  cloud.faults.add({ fault: "status", status: 429, times: 1, method: "POST" });
  cloud.faults.add({ fault: "status", status: 500, times: 1, method: "GET" });
  expect((await create("tag", { name: "busy" })).state).toMatchObject({ name: "busy", totalResourceCount: 0 });
});

test("does not repeat a creation whose reply was lost", async () => {
  cloud.faults.add({ fault: "lost-reply", times: 1, method: "POST" });
  await expect(create("droplet", { ...droplet, name: "lost" })).rejects.toThrow(/POST \/droplets: no answer from http/);
  expect(await cloud.done("GET", "/droplets?name=lost")).toMatchObject({ meta: { total: 1 } });
});

test("a droplet whose machine did not boot, or that cannot be read back, is not forgotten", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  cloud.machines.startTakes = 100;
  const made = create("droplet", { ...droplet, name: "stillborn" });
  await vi.waitFor(() => expect(cloud.machines.calls).toContain("start stillborn"));
  cloud.machines.failNext = "no room";
  await expect(made).rejects.toMatchObject({ name: "PartialFailure", id: expect.stringMatching(/^\d+$/) });
  said.mockRestore();
  cloud.machines.startTakes = 5;
  cloud.faults.add({ fault: "status", status: 403, times: 1, method: "GET", path: "/droplets/*" });
  await expect(create("droplet", { ...droplet, name: "blind" })).rejects.toMatchObject({ name: "PartialFailure" });
});

test("what is gone is gone, and no answer is not", async () => {
  const { id, state } = await create("sshKey", { name: "k", publicKey: publicKey() });
  const read = () => type("sshKey").read({ urn: "", id, inputs: { name: "k" }, state });
  cloud.faults.add({ fault: "status", status: 403, times: 1 });
  await expect(read()).rejects.toThrow("DigitalOcean refused GET /account/keys/");
  await type("sshKey").delete({ urn: "", id, state, timeoutSeconds: 0 });
  expect(await read()).toBeUndefined();
  await type("sshKey").delete({ urn: "", id, state, timeoutSeconds: 0 });
});

test("a droplet whose new size is refused runs on as it was, and the state says so", async () => {
  const news = { ...droplet, name: "small" };
  const { id, state } = await create("droplet", news);
  const request = { urn: "", id, olds: state, oldInputs: news, preview: false, timeoutSeconds: 0, ignoreChanges: [] };
  const change = type("droplet").update({ ...request, news: { ...news, size: "s-1vcpu-512mb-10gb" } });
  await expect(change).rejects.toMatchObject({
    message: expect.stringMatching(/smaller disk/),
    state: { size: "s-1vcpu-1gb", status: "active" },
  });
});

test("rules for all ports and for icmp come back as they were declared", async () => {
  const inputs: Properties = {
    name: "all",
    inboundRules: [{ protocol: "icmp", sourceAddresses: ["0.0.0.0/0"] }],
    outboundRules: [{ protocol: "udp", portRange: "all", destinationAddresses: ["::/0"] }],
  };
  const { id, state } = await create("firewall", inputs);
  const found = await type("firewall").read({ urn: "", id, inputs, state });
  expect(found?.inputs).toEqual(inputs);
});
