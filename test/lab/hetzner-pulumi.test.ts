import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import hcloud from "@pulumi/hcloud";
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publicKey, startTestCloud, type TestCloud } from "../clouds/hetzner-client.ts";

const fleetFolder = join(import.meta.dirname, "../../.fleet");
let cloud: TestCloud;
let folder: string;
beforeAll(async () => {
  cloud = await startTestCloud();
  folder = mkdtempSync(join(tmpdir(), "fleet-hcloud-"));
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true });
});

interface Server {
  id: number;
  public_net: { ipv4: { ip: string; dns_ptr: string } };
}

/** A stack of its own whose program runs here, with the real engine and the real Hetzner plugin of .fleet/bin. */
async function openStack(name: string, program: PulumiFn): Promise<Stack> {
  mkdirSync(join(folder, "state"), { recursive: true });
  return LocalWorkspace.createOrSelectStack(
    { stackName: name, projectName: "hetzner", program },
    {
      pulumiCommand: await PulumiCommand.get({ root: fleetFolder }),
      workDir: folder,
      pulumiHome: join(folder, "home"),
      envVars: {
        PATH: `${join(fleetFolder, "bin")}:${process.env.PATH}`,
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: crypto.randomUUID(),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        HCLOUD_ENDPOINT: cloud.url,
        HCLOUD_TOKEN: cloud.token,
      },
    },
  );
}

test("the real plugin creates, refreshes without change, updates and destroys every kind that fleets use", async () => {
  const key = publicKey();
  let labels: Record<string, string> = { fleet: "test" };
  const stack = await openStack("life", async () => {
    const ssh = new hcloud.SshKey("ops", { name: "ops", publicKey: key, labels });
    const firewall = new hcloud.Firewall("web", {
      name: "web",
      rules: [
        { direction: "in", protocol: "tcp", port: "443", sourceIps: ["0.0.0.0/0", "::/0"], description: "https" },
        { direction: "in", protocol: "icmp", sourceIps: ["0.0.0.0/0"] },
      ],
    });
    const network = new hcloud.Network("inner", { name: "inner", ipRange: "10.30.0.0/16" });
    const subnet = new hcloud.NetworkSubnet("inner", {
      networkId: network.id.apply(Number),
      type: "cloud",
      networkZone: "eu-central",
      ipRange: "10.30.1.0/24",
    });
    const front = new hcloud.PrimaryIp("front", { name: "front", type: "ipv4", location: "hel1", autoDelete: false });
    const group = new hcloud.PlacementGroup("apart", { name: "apart", type: "spread" });
    const server = new hcloud.Server("web-1", {
      name: "web-1",
      serverType: "cx43",
      image: "debian-12",
      location: "hel1",
      sshKeys: [ssh.id],
      userData: "#cloud-config\n",
      labels,
      firewallIds: [firewall.id.apply(Number)],
      placementGroupId: group.id.apply(Number),
      publicNets: [{ ipv4Enabled: true, ipv4: front.id.apply(Number), ipv6Enabled: true }],
    });
    const serverId = server.id.apply(Number);
    new hcloud.ServerNetwork(
      "web-1",
      { serverId, networkId: network.id.apply(Number), ip: "10.30.1.5" },
      { dependsOn: [subnet] },
    );
    new hcloud.Rdns("web-1", { serverId, ipAddress: server.ipv4Address, dnsPtr: "web-1.example.com" });
    new hcloud.Volume("data", { name: "data", size: 10, serverId, format: "ext4" });
    new hcloud.FloatingIp("float", { name: "float", type: "ipv4", homeLocation: "hel1", serverId });
  });

  expect((await stack.up()).summary.resourceChanges).toEqual({ create: 12 });
  const { body } = await cloud.call("GET", "/servers?name=web-1");
  const [server] = (body as { servers: [Server] }).servers;
  expect(server).toMatchObject({
    status: "running",
    labels,
    private_net: [{ ip: "10.30.1.5" }],
    volumes: [expect.any(Number)],
  });
  expect(server.public_net.ipv4.dns_ptr).toBe("web-1.example.com");
  expect(cloud.machines.specs.at(-1)).toEqual({
    name: "web-1",
    release: 12,
    authorizedKeys: [key],
    userData: "#cloud-config\n",
    publicAddress: server.public_net.ipv4.ip,
  });

  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 12 });
  expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 12 });

  // The plugin waits and asks again when it is told that it asks too often.
  cloud.faults.add({ fault: "status", status: 429, times: 2 });
  labels = { fleet: "test", tier: "front" };
  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 10, update: 2 });
  const later = (await cloud.call("GET", `/servers/${server.id}`)).body as { server: object };
  expect(later.server).toHaveProperty("labels", labels);

  await cloud.call("PUT", `/servers/${server.id}`, { labels: { by: "hand" } });
  expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 11, update: 1 });
  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 11, update: 1 });

  expect((await stack.destroy()).summary.resourceChanges).toEqual({ delete: 12 });
  for (const kind of [
    "servers",
    "ssh_keys",
    "firewalls",
    "networks",
    "primary_ips",
    "placement_groups",
    "volumes",
    "floating_ips",
  ]) {
    expect([kind, ((await cloud.call("GET", `/${kind}`)).body as Record<string, unknown>)[kind]]).toEqual([kind, []]);
  }
  expect(await cloud.machines.list()).toEqual([]);
});

test("the real plugin adopts a server that was there before", async () => {
  const id = cloud.hetzner.seedServer({
    name: "ghost-01",
    type: "cx43",
    location: "hel1",
    labels: { fleet: "test" },
    publicAddress: "203.0.113.7",
    authorizedKeys: [publicKey()],
  });
  await cloud.hetzner.resume();
  const stack = await openStack("adoption", async () => {
    const args = {
      name: "ghost-01",
      serverType: "cx43",
      location: "hel1",
      image: "debian-12",
      labels: { fleet: "test" },
      deleteProtection: true,
      rebuildProtection: true,
    };
    const server = new hcloud.Server("ghost-01", args, {
      import: String(id),
      ignoreChanges: ["userData", "sshKeys", "image", "deleteProtection", "rebuildProtection"],
    });
    return { address: server.ipv4Address };
  });

  const { summary, outputs } = await stack.up();
  expect([summary.resourceChanges, outputs.address?.value]).toEqual([{ create: 1, import: 1 }, "203.0.113.7"]);
  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 2 });
  expect(cloud.machines.calls.filter((call) => call === "create ghost-01")).toHaveLength(1);
});
