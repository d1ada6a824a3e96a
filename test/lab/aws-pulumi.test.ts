import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AuthorizeSecurityGroupIngressCommand,
  DeleteTagsCommand,
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  StopInstancesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Eip } from "@pulumi/aws/ec2/eip.js";
import { Instance } from "@pulumi/aws/ec2/instance.js";
import { KeyPair } from "@pulumi/aws/ec2/keyPair.js";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { EipAssociation, InstanceState, Provider } from "../../src/components/aws/sdk.ts";
import { startAwsPlugin, type RunningPlugins } from "../../src/lab/plugins/serve.ts";
import { startAws } from "../clouds/aws-cloud.ts";
import { openStack } from "./cloudflare-stack.ts";

let cloud: Awaited<ReturnType<typeof startAws>>;
let plugins: RunningPlugins;
let folder: string;
beforeAll(async () => {
  cloud = await startAws();
  plugins = await startAwsPlugin({ url: cloud.url, token: cloud.token });
  folder = mkdtempSync(join(tmpdir(), "aws-pulumi-"));
});
afterEach(() => void cloud.faults.clear());
afterAll(async () => {
  await plugins.close();
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7ZI0eCwRWAyjzc8sGz9bJhzXzgLJ6l3Vt2kzqDq0Qy";
const imageIn = async (region: string): Promise<string> => {
  const { Images = [] } = await cloud
    .client(region)
    .send(new DescribeImagesCommand({ Filters: [{ Name: "name", Values: ["debian-12-arm64-*"] }] }));
  return Images[0]!.ImageId!;
};

/** Every resource type in a region, by a provider of its own. @param ids of what exists and is to be imported */
function declare(
  name: string,
  region: string,
  ami: string,
  instanceType = "t4g.nano",
  ids: Record<string, string> = {},
) {
  const provider = new Provider(name, { region, defaultTags: { tags: { fleet: "test", role: name } } });
  const opts = (what: string, more = {}) => ({
    provider,
    ...(ids[what] !== undefined && { import: ids[what] }),
    ...more,
  });
  const tags = { Name: name, host: name };
  const key = new KeyPair(
    name,
    { keyName: `test-${name}`, publicKey: `${KEY}${Object.keys(ids).length > 0 ? "" : " a comment"}`, tags },
    opts("key"),
  );
  const anywhere = { cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] };
  const web = (port: number) => ({ protocol: "tcp", fromPort: port, toPort: port, ...anywhere });
  const egress = [{ protocol: "-1", fromPort: 0, toPort: 0, ...anywhere }];
  const group = new SecurityGroup(
    name,
    { name: `test-${name}`, description: "web", ingress: [web(80), web(443)], egress, tags },
    opts("group"),
  );
  const instance = new Instance(
    name,
    {
      ami,
      instanceType,
      keyName: key.keyName,
      vpcSecurityGroupIds: [group.id],
      userData: "#!/bin/sh\n",
      metadataOptions: { httpTokens: "required" },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 10, tags },
      tags,
    },
    opts("instance", { ignoreChanges: ["userData"] }),
  );
  new InstanceState(name, { instanceId: instance.id, state: "running" }, opts("state"));
  const address = new Eip(name, { domain: "vpc", tags }, opts("address"));
  new EipAssociation(name, { allocationId: address.id, instanceId: instance.id }, opts("association"));
  return { id: instance.id };
}
/** With its provider. */
const EACH = 7;
const ALL = 2 * EACH + 1;

/** Which resources an operation changed, and by which property paths. */
async function changesOf(
  run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>,
): Promise<Record<string, string[]>> {
  const changes: Record<string, string[]> = {};
  await run(({ resourcePreEvent, resOutputsEvent }) => {
    for (const { metadata } of [resourcePreEvent, resOutputsEvent].filter((event) => event !== undefined)) {
      const paths = Object.keys(metadata.detailedDiff ?? {});
      if (paths.length > 0 && metadata.op !== "same")
        changes[
          metadata.urn
            .split(":")
            .filter((part) => part !== "")
            .slice(-2)
            .join(" ")
        ] = paths;
    }
  });
  return changes;
}

const resources = async (ec2: EC2Client) => {
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: "instance-state-name", Values: ["running", "stopped"] }] }),
  );
  const [{ Addresses = [] }, { KeyPairs = [] }, { SecurityGroups = [] }] = await Promise.all([
    ec2.send(new DescribeAddressesCommand({})),
    ec2.send(new DescribeKeyPairsCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
  ]);
  return {
    instances: Reservations.flatMap((r) => r.Instances ?? []),
    addresses: Addresses,
    keys: KeyPairs,
    groups: SecurityGroups.filter(({ GroupName }) => GroupName !== "default"),
  };
};
const counts = async (ec2: EC2Client) =>
  Object.fromEntries(Object.entries(await resources(ec2)).map(([what, list]) => [what, list.length]));
const changesIn = async (stack: Stack, options = {}) => (await stack.up(options)).summary.resourceChanges;

test("the real engine makes two regions, sees what others change, puts it back, upgrades in place and takes all down", async () => {
  const images = { london: await imageIn("eu-west-2"), mumbai: await imageIn("ap-south-1") };
  let type = "t4g.nano";
  const stack = await openStack(folder, "two", plugins.debugProviders, async () => {
    const london = declare("london", "eu-west-2", images.london, type);
    const mumbai = declare("mumbai", "ap-south-1", images.mumbai);
    return { london: london.id, mumbai: mumbai.id };
  });
  expect((await stack.preview()).changeSummary).toEqual({ create: ALL });
  expect(await changesIn(stack)).toEqual({ create: ALL });
  expect(await changesIn(stack)).toEqual({ same: ALL });
  expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: ALL });

  const ec2 = cloud.client("eu-west-2");
  const id = (await stack.outputs()).london!.value as string;
  const { instances, addresses, groups } = await resources(ec2);
  const tags = [
    { Key: "fleet", Value: "test" },
    { Key: "host", Value: "london" },
    { Key: "Name", Value: "london" },
    { Key: "role", Value: "london" },
  ];
  const sorted = (list?: { Key?: string; Value?: string }[]) => list?.toSorted((a, b) => a.Key!.localeCompare(b.Key!));
  expect(instances).toMatchObject([
    {
      InstanceId: id,
      ImageId: images.london,
      InstanceType: type,
      PublicIpAddress: addresses[0]!.PublicIp,
      MetadataOptions: { HttpTokens: "required" },
    },
  ]);
  expect([instances[0], addresses[0], groups[0]].map((thing) => sorted(thing?.Tags))).toEqual([tags, tags, tags]);
  expect(groups[0]!.IpPermissionsEgress).toMatchObject([
    { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }], Ipv6Ranges: [{ CidrIpv6: "::/0" }] },
  ]);

  // By hand, in the console: SSH opened to the world, the instance stopped, a tag taken off.
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: groups[0]!.GroupId,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    }),
  );
  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  await ec2.send(new DeleteTagsCommand({ Resources: [addresses[0]!.AllocationId!], Tags: [{ Key: "fleet" }] }));
  const expected = {
    "SecurityGroup london": ["ingress[2]"],
    "InstanceState london": ["state"],
    "Eip london": ['tagsAll["fleet"]'],
  };
  expect(await changesOf((onEvent) => stack.previewRefresh({ onEvent }))).toEqual(expected);
  expect(await changesIn(stack, { refresh: true })).toEqual({ update: 3, same: ALL - 3 });
  const healed = await resources(ec2);
  expect(healed.instances[0]!.State!.Name).toBe("running");
  expect(healed.groups[0]!.IpPermissions!.map(({ FromPort }) => FromPort)).toEqual([80, 443]);

  type = "t4g.micro";
  expect(await changesIn(stack, { refresh: true })).toEqual({ update: 1, same: ALL - 1 });
  expect((await resources(ec2)).instances).toMatchObject([
    { InstanceId: id, InstanceType: "t4g.micro", PublicIpAddress: addresses[0]!.PublicIp },
  ]);
  const calls = cloud.machines.calls.filter((call) => /^(create|start|stop) london$/.test(call));
  expect(calls).toEqual([
    "create london",
    "start london",
    "stop london",
    "start london",
    "stop london",
    "start london",
  ]);

  expect((await stack.destroy()).summary.resourceChanges).toEqual({ delete: ALL });
  expect(await counts(ec2)).toEqual({ instances: 0, addresses: 0, keys: 0, groups: 0 });
});

test("a cloud that is busy is asked again, and whatever reply is lost, everything is made once", async () => {
  const ami = await imageIn("eu-west-3");
  const stack = await openStack(
    folder,
    "lossy",
    plugins.debugProviders,
    async () => void declare("paris", "eu-west-3", ami),
  );
  const at = (action: string) => ({ cloud: "aws", path: `/eu-west-3/${action}` });
  cloud.faults.add({ ...at("RunInstances"), fault: "status", status: 503, code: "RequestLimitExceeded", times: 3 });
  cloud.faults.add({ ...at("AllocateAddress"), fault: "status", status: 503, times: 3 });
  for (const action of [
    "ImportKeyPair",
    "CreateSecurityGroup",
    "AuthorizeSecurityGroupIngress",
    "RunInstances",
    "AllocateAddress",
    "AssociateAddress",
  ]) {
    cloud.faults.add({ ...at(action), fault: "lost-reply", times: 1 });
  }
  expect(await changesIn(stack)).toEqual({ create: EACH + 1 });
  expect(cloud.faults.clear()).toBe(0);
  expect(await counts(cloud.client("eu-west-3"))).toEqual({ instances: 1, addresses: 1, keys: 1, groups: 1 });
  await stack.destroy();
});

test("a quota of one region is named, and the other region goes on; what is there already is imported", async () => {
  const images = { stockholm: await imageIn("eu-north-1"), hongkong: await imageIn("ap-east-1") };
  cloud.faults.add({
    cloud: "aws",
    path: "/ap-east-1/RunInstances",
    fault: "status",
    status: 400,
    code: "VcpuLimitExceeded",
  });
  const stack = await openStack(folder, "quota", plugins.debugProviders, async () => {
    declare("hongkong", "ap-east-1", images.hongkong);
    declare("stockholm", "eu-north-1", images.stockholm);
  });
  await expect(stack.up({ continueOnError: true })).rejects.toThrow(
    /AWS refused RunInstances in ap-east-1: .*vCPU limit.* \(VcpuLimitExceeded\)/,
  );
  const ec2 = cloud.client("eu-north-1");
  expect(await counts(ec2)).toEqual({ instances: 1, addresses: 1, keys: 1, groups: 1 });
  expect(await counts(cloud.client("ap-east-1"))).toEqual({ instances: 0, addresses: 1, keys: 1, groups: 1 });

  const { instances, addresses, groups } = await resources(ec2);
  const imported = await openStack(
    folder,
    "imported",
    plugins.debugProviders,
    async () =>
      void declare("stockholm", "eu-north-1", images.stockholm, "t4g.nano", {
        key: "test-stockholm",
        group: groups[0]!.GroupId!,
        instance: instances[0]!.InstanceId!,
        state: instances[0]!.InstanceId!,
        address: addresses[0]!.AllocationId!,
        association: addresses[0]!.AssociationId!,
      }),
  );
  expect(await changesIn(imported)).toEqual({ create: 2, import: EACH - 1 });
  expect(await changesIn(imported, { refresh: true })).toEqual({ same: EACH + 1 });
});
