import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import digitalocean from "@pulumi/digitalocean";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { EngineEvent, OutputMap } from "@pulumi/pulumi/automation/index.js";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startDigitalOceanPlugin, type RunningPlugins } from "../../src/lab/plugins/serve.ts";
import { startTestCloud, type TestCloud } from "../clouds/digitalocean-client.ts";
import { publicKey } from "../clouds/hetzner-client.ts";
import { openStack } from "./cloudflare-stack.ts";

let cloud: TestCloud;
let plugins: RunningPlugins;
let folder: string;
beforeAll(async () => {
  cloud = await startTestCloud();
  plugins = await startDigitalOceanPlugin({ endpoint: cloud.endpoint, token: cloud.token });
  // The first VPC of a region is its default one, which can't be deleted.
  await cloud.done("POST", "/vpcs", { name: "default-fra1", region: "fra1" });
  folder = mkdtempSync(join(tmpdir(), "digitalocean-pulumi-"));
});
afterEach(() => void cloud.faults.clear());
afterAll(async () => {
  await plugins.close();
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

const KEY = publicKey();
const web = (ports: string): digitalocean.types.input.FirewallInboundRule => ({
  protocol: "tcp",
  portRange: ports,
  sourceAddresses: ["0.0.0.0/0", "::/0"],
});

/** What the program declares, apart from what never changes. */
const usual = {
  keyName: "ops",
  size: "s-1vcpu-1gb",
  dropletName: "web-1",
  tags: ["fleet", "web"],
  backups: false,
  rules: [web("80"), { protocol: "icmp", sourceTags: ["fleet"] }] as digitalocean.types.input.FirewallInboundRule[],
  volumeSize: 10,
  about: "inner",
  projectName: "prod",
  image: "debian-12-x64",
};
type Wanted = typeof usual;

/** Every resource type. @param ids of what exists and is to be imported */
function declare(wanted: Wanted, ids: Record<string, string> = {}): Record<string, unknown> {
  const opts = (name: string, more: CustomResourceOptions = {}): CustomResourceOptions => ({
    ...(ids[name] !== undefined && { import: ids[name] }),
    ...more,
  });
  const key = new digitalocean.SshKey("key", { name: wanted.keyName, publicKey: KEY }, opts("key"));
  const tag = new digitalocean.Tag("tag", { name: "fleet" }, opts("tag"));
  const vpc = new digitalocean.Vpc(
    "vpc",
    { name: "inner", region: "fra1", ipRange: "10.9.0.0/24", description: wanted.about },
    opts("vpc"),
  );
  const droplet = new digitalocean.Droplet(
    "droplet",
    {
      name: wanted.dropletName,
      region: "fra1",
      size: wanted.size,
      image: wanted.image,
      sshKeys: [key.fingerprint],
      vpcUuid: vpc.id,
      tags: wanted.tags,
      monitoring: true,
      backups: wanted.backups,
      userData: "#cloud-config\n",
    },
    opts("droplet", { dependsOn: [tag], ...(ids.droplet !== undefined && { ignoreChanges: ["sshKeys", "userData"] }) }),
  );
  const dropletId = droplet.id.apply(Number);
  const firewall = new digitalocean.Firewall(
    "firewall",
    {
      name: "web",
      tags: [tag.name],
      inboundRules: wanted.rules,
      outboundRules: [{ protocol: "udp", portRange: "all", destinationAddresses: ["0.0.0.0/0"] }],
    },
    opts("firewall"),
  );
  const ip = new digitalocean.ReservedIp(
    "ip",
    { region: "fra1" },
    opts("ip", ids.ip === undefined ? {} : { ignoreChanges: ["dropletId"] }),
  );
  const assignment = new digitalocean.ReservedIpAssignment(
    "assignment",
    { ipAddress: ip.ipAddress, dropletId },
    opts("assignment"),
  );
  const volume = new digitalocean.Volume(
    "volume",
    { name: "data", region: "fra1", size: wanted.volumeSize, initialFilesystemType: "ext4", tags: ["fleet"] },
    opts("volume", { dependsOn: [tag], ...(ids.volume !== undefined && { ignoreChanges: ["initialFilesystemType"] }) }),
  );
  if (ids.droplet === undefined)
    new digitalocean.VolumeAttachment(
      "attachment",
      { dropletId, volumeId: volume.id },
      // A volume is on one droplet at a time.
      { deleteBeforeReplace: true },
    );
  const snapshot = new digitalocean.DropletSnapshot(
    "snapshot",
    { dropletId: droplet.id, name: "before" },
    opts("snapshot"),
  );
  const domain = new digitalocean.Domain("domain", { name: "example.com" }, opts("domain"));
  const project = new digitalocean.Project(
    "project",
    {
      name: wanted.projectName,
      purpose: "Web Application",
      environment: "production",
      resources: [domain.domainUrn, volume.volumeUrn],
    },
    opts("project"),
  );
  const made = { key, tag, vpc, droplet, firewall, ip, assignment, volume, snapshot, domain, project };
  return Object.fromEntries(Object.entries(made).map(([name, { id }]) => [name, id]));
}
/** With the stack. */
const ALL = 13;

/** Which resources an operation changed, with what and by which property paths. */
async function changesOf(
  run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>,
): Promise<Record<string, string[]>> {
  const changes: Record<string, string[]> = {};
  await run(({ resourcePreEvent, resOutputsEvent }) => {
    for (const { metadata } of [resourcePreEvent, resOutputsEvent].filter((event) => event !== undefined)) {
      const paths = Object.keys(metadata.detailedDiff ?? {});
      const name = metadata.urn.split("::").at(-1)!;
      if (paths.length > 0 && ["update", "replace"].includes(metadata.op)) changes[`${metadata.op} ${name}`] = paths;
    }
  });
  return changes;
}

const idsOf = (outputs: OutputMap): Record<string, string> =>
  Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, String(value)]));

test("the real engine makes every resource type, sees what others change, changes, replaces, adopts and destroys", async () => {
  let wanted = { ...usual };
  const stack = await openStack(folder, "one", plugins.debugProviders, async () => declare(wanted));
  const up = async (options = {}) => (await stack.up(options)).summary.resourceChanges;
  expect((await stack.preview()).changeSummary).toEqual({ create: ALL });
  cloud.faults.add({ fault: "status", status: 429, times: 2 });
  expect(await up()).toEqual({ create: ALL });
  expect(await up()).toEqual({ same: ALL });
  expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: ALL });
  expect(cloud.machines.specs).toMatchObject([{ name: "web-1", authorizedKeys: [KEY], release: 12 }]);

  const ids = idsOf(await stack.outputs());
  const get = async (path: string) => cloud.done("GET", path);
  expect((await get(`/droplets/${ids.droplet}`)).droplet).toMatchObject({
    tags: ["fleet", "web"],
    volume_ids: [ids.volume],
  });
  expect((await get(`/projects/${ids.project}/resources`)).meta.total).toBe(2);

  // By hand: a port opened, a tag taken off, the address moved away, a power-off, the project renamed.
  const rule = { protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } };
  await cloud.done("POST", `/firewalls/${ids.firewall}/rules`, { inbound_rules: [rule] });
  const resources = [{ resource_id: ids.droplet, resource_type: "droplet" }];
  await cloud.done("DELETE", "/tags/web/resources", { resources });
  await cloud.wait((await cloud.done("POST", `/reserved_ips/${ids.ip}/actions`, { type: "unassign" })).action);
  await cloud.done("PATCH", `/projects/${ids.project}`, { name: "staging" });
  expect(await changesOf((onEvent) => stack.previewRefresh({ onEvent }))).toEqual({
    "update droplet": ["tags[1]"],
    "update firewall": ["inboundRules[2]"],
    "update project": ["name"],
  });
  expect(await up({ refresh: true })).toEqual({ create: 1, same: ALL - 4, update: 3 });
  expect((await get(`/droplets/${ids.droplet}`)).droplet.tags).toEqual(["fleet", "web"]);
  expect((await get(`/reserved_ips/${ids.ip}`)).reserved_ip.droplet.id).toBe(Number(ids.droplet));
  expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: ALL });

  // In place, whatever can be.
  wanted = {
    ...usual,
    keyName: "operators",
    size: "s-2vcpu-2gb",
    dropletName: "web-2",
    tags: ["fleet"],
    backups: true,
    rules: [web("443")],
    volumeSize: 20,
    about: "the inner one",
    projectName: "production",
  };
  expect(await changesOf((onEvent) => stack.preview({ onEvent }))).toEqual({
    "update key": ["name"],
    "update vpc": ["description"],
    "update droplet": expect.arrayContaining(["backups", "name", "size", "tags[1]"]),
    "update firewall": expect.arrayContaining(["inboundRules[0].portRange", "inboundRules[1]"]),
    "update volume": ["size"],
    "update project": ["name"],
  });
  expect(await up()).toEqual({ same: ALL - 6, update: 6 });
  expect((await get(`/droplets/${ids.droplet}`)).droplet).toMatchObject({
    name: "web-2",
    size_slug: "s-2vcpu-2gb",
    disk: 60,
    status: "active",
    features: expect.arrayContaining(["backups"]),
  });
  expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: ALL });

  // Another program adopts all of it.
  const adopted = { ...ids, assignment: `${ids.ip},${ids.droplet}` };
  const adopter = await openStack(folder, "two", plugins.debugProviders, async () => declare(wanted, adopted));
  expect((await adopter.up()).summary.resourceChanges).toEqual({ create: 1, import: ALL - 2 });
  expect((await adopter.up()).summary.resourceChanges).toEqual({ same: ALL - 1 });

  // An image of another kind is another droplet, and what stands on it follows.
  wanted = { ...wanted, image: "debian-13-x64" };
  expect(await changesOf((onEvent) => stack.preview({ onEvent }))).toMatchObject({ "replace droplet": ["image"] });
  await up();
  const later = idsOf(await stack.outputs());
  expect(later.droplet).not.toBe(ids.droplet);
  expect((await cloud.call("GET", `/droplets/${ids.droplet}`)).status).toBe(404);
  expect((await get(`/reserved_ips/${later.ip}`)).reserved_ip.droplet.id).toBe(Number(later.droplet));
  expect((await get(`/volumes/${later.volume}`)).volume.droplet_ids).toEqual([Number(later.droplet)]);

  expect((await stack.destroy()).summary.resourceChanges).toEqual({ delete: ALL });
  for (const kind of ["account/keys", "droplets", "firewalls", "reserved_ips", "volumes", "snapshots", "domains"])
    expect([kind, (await get(`/${kind}`)).meta.total]).toEqual([kind, 0]);
  expect((await get("/projects")).meta.total).toBe(1);
  expect(await cloud.machines.list()).toEqual([]);
});
