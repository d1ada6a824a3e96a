import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DisassociateAddressCommand,
  ImportKeyPairCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { FaultRule } from "../../src/lab/clouds/http/faults.ts";
import { startAws } from "../clouds/aws-cloud.ts";

type Cloud = Awaited<ReturnType<typeof startAws>>;
/** One for all tests, each in a region of its own: moto takes seconds to start. */
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startAws();
});
afterEach(() => void cloud.faults.clear());
afterAll(() => cloud.close());

const NIXOS = {
  Owners: ["427812963091"],
  Filters: [
    { Name: "name", Values: ["nixos/25.11*-aarch64-linux"] },
    { Name: "architecture", Values: ["arm64"] },
  ],
};
const imagesIn = async (ec2: EC2Client) => (await ec2.send(new DescribeImagesCommand(NIXOS))).Images!;
const anyImage = async (ec2: EC2Client) => (await imagesIn(ec2))[0]!.ImageId!;

const tagged = (host: string) => [{ ResourceType: "instance" as const, Tags: [{ Key: "host", Value: host }] }];
async function run(ec2: EC2Client, host: string, more: object = {}) {
  const wanted = {
    ImageId: await anyImage(ec2),
    InstanceType: "t4g.nano" as const,
    MinCount: 1,
    MaxCount: 1,
    TagSpecifications: tagged(host),
    ...more,
  };
  return (await ec2.send(new RunInstancesCommand(wanted))).Instances![0]!.InstanceId!;
}
async function giveAddress(ec2: EC2Client, InstanceId: string) {
  const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const { AssociationId } = await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId }));
  return { AssociationId, address: PublicIp! };
}
const shown = async (ec2: EC2Client) =>
  (await ec2.send(new DescribeInstancesCommand({}))).Reservations!.flatMap((r) => r.Instances!);
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => "none",
    (error: Error & { $metadata: { httpStatusCode?: number } }) => [
      error.name,
      error.$metadata.httpStatusCode,
      error.message,
    ],
  );
const callsOf = (machine: string) => cloud.machines.calls.filter((call) => call.endsWith(` ${machine}`));
const specOf = (machine: string) => cloud.machines.specs.find(({ name }) => name === machine);

test("every region has the same images under other ids, several of them and somebody else's", async () => {
  const [london, mumbai] = [await imagesIn(cloud.client("eu-west-2")), await imagesIn(cloud.client("ap-south-1"))];
  expect(london.map(({ Name }) => Name)).toHaveLength(3);
  expect(london.map(({ Name }) => Name)).toEqual(mumbai.map(({ Name }) => Name));
  expect(new Set([...london, ...mumbai].map(({ ImageId }) => ImageId)).size).toBe(6);
  expect(await refusal(run(cloud.client("eu-west-2"), "web", { ImageId: mumbai[0]!.ImageId }))).toEqual([
    "InvalidAMIID.NotFound",
    400,
    expect.stringContaining(mumbai[0]!.ImageId!),
  ]);
  expect(await shown(cloud.client("eu-west-2"))).toEqual([]);
});

test("an instance is a machine with its tag's name, its key pair and its user data; it stops, starts and vanishes with it", async () => {
  const ec2 = cloud.client("eu-west-2");
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7ZI0eCwRWAyjzc8sGz9bJhzXzgLJ6l3Vt2kzqDq0Qy";
  await ec2.send(new ImportKeyPairCommand({ KeyName: "operators", PublicKeyMaterial: Buffer.from(key) }));
  const id = await run(ec2, "london", {
    KeyName: "operators",
    UserData: Buffer.from("#!/bin/sh\n# ü\n").toString("base64"),
  });
  const other = `london-${(await run(ec2, "london")).slice(-6)}`;
  const InstanceIds = [id];
  await ec2.send(new StopInstancesCommand({ InstanceIds }));
  await ec2.send(new StartInstancesCommand({ InstanceIds }));
  await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  await expect.poll(() => callsOf("london")).toContain("remove london");
  expect(callsOf("london").filter((call) => !call.startsWith("address"))).toEqual([
    "create london",
    "start london",
    "stop london",
    "start london",
    "remove london",
  ]);
  expect(specOf("london")).toMatchObject({ authorizedKeys: [key], userData: "#!/bin/sh\n# ü\n", system: "nixos" });
  expect(specOf(other)).toMatchObject({ authorizedKeys: [] });
});

test("a machine carries its instance's elastic address, also after a stop, and for as long as it has it", async () => {
  const ec2 = cloud.client("sa-east-1");
  const id = await run(ec2, "saopaulo");
  const { AssociationId, address } = await giveAddress(ec2, id);
  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
  expect((await shown(ec2))[0]).toMatchObject({ PublicIpAddress: address });
  await ec2.send(new DisassociateAddressCommand({ AssociationId }));
  const lent = expect.stringMatching(/^address 198\.19\.\d+\.\d+ of saopaulo$/);
  await expect
    .poll(() => callsOf("saopaulo"))
    .toEqual([
      "create saopaulo",
      lent,
      "start saopaulo",
      `address ${address} of saopaulo`,
      "stop saopaulo",
      "start saopaulo",
      lent,
    ]);
});

test("a run that is asked for twice is made once", async () => {
  const ec2 = cloud.client("us-east-1");
  const ClientToken = "the same";
  cloud.faults.add({ fault: "lost-reply", path: "/us-east-1/RunInstances", times: 1 });
  expect(await refusal(run(ec2, "virginia", { ClientToken }))).toEqual(["TimeoutError", undefined, "socket hang up"]);
  const id = await run(ec2, "virginia", { ClientToken });
  expect((await shown(ec2)).map(({ InstanceId }) => InstanceId)).toEqual([id]);
  await run(ec2, "virginia", { ClientToken: "another" });
  expect(await shown(ec2)).toHaveLength(2);
});

const RUN = "/eu-central-1/RunInstances";
const faults: [name: string, rule: FaultRule, expected: unknown][] = [
  ["none", { fault: "status", path: "/eu-west-3/*" }, "none"],
  [
    "a quota of one region",
    { fault: "status", status: 400, code: "VcpuLimitExceeded", path: RUN },
    ["VcpuLimitExceeded", 400, expect.stringContaining("vCPU limit")],
  ],
  [
    "too many requests",
    { fault: "status", status: 503, code: "RequestLimitExceeded" },
    ["RequestLimitExceeded", 503, "Request limit exceeded."],
  ],
  ["out of order", { fault: "status", status: 503 }, ["Unavailable", 503, expect.stringContaining("overloaded")]],
];
test.each(faults)("a fault is answered as EC2 does: %s", async (_name, rule, expected) => {
  const ec2 = cloud.client("eu-central-1");
  const image = await anyImage(ec2);
  cloud.faults.add({ cloud: "aws", ...rule });
  expect(await refusal(run(ec2, "frankfurt", { ImageId: image }))).toEqual(expected);
});

test("a stranger is refused", async () => {
  expect(await refusal(cloud.client("eu-west-2", "somebody").send(new DescribeInstancesCommand({})))).toEqual([
    "AuthFailure",
    401,
    expect.any(String),
  ]);
  expect(cloud.asked().at(-1)).toBe("/eu-west-2/DescribeInstances");
});

test("everything is there again after a restart, under the ids and addresses that it had", async () => {
  const folder = mkdtempSync(join(tmpdir(), "aws-cloud-"));
  const [file, token] = [join(folder, "clouds.sqlite"), "t".repeat(64)];
  const world = async ({ client }: Cloud) => {
    const regions = await Promise.all(
      ["eu-west-2", "mx-central-1"].map(async (region) => {
        const ec2 = client(region);
        const instances = (await shown(ec2)).map((i) => [
          i.InstanceId,
          i.State!.Name,
          i.PublicIpAddress,
          i.PrivateIpAddress,
          i.Tags,
          i.BlockDeviceMappings?.map(({ Ebs }) => Ebs!.VolumeId),
        ]);
        const { Addresses } = await ec2.send(new DescribeAddressesCommand({}));
        const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
        return { instances, Addresses, SecurityGroups };
      }),
    );
    return JSON.parse(JSON.stringify(regions)) as unknown;
  };
  const before = await startAws({ file, token });
  const [london, mexico] = [before.client("eu-west-2"), before.client("mx-central-1")];
  const runs = await run(london, "london", { ClientToken: "one" });
  await giveAddress(london, runs);
  await mexico.send(new StopInstancesCommand({ InstanceIds: [await run(mexico, "mexicocity")] }));
  await london.send(new TerminateInstancesCommand({ InstanceIds: [await run(london, "gone")] }));
  const known = await world(before);
  await before.close();

  const after = await startAws({ file, token });
  await after.aws.resume();
  expect(await world(after)).toEqual(known);
  expect(after.machines.calls.filter((call) => !call.startsWith("address")).sort()).toEqual([
    "create london",
    "create mexicocity",
    "start london",
    "stop mexicocity",
  ]);
  expect(await run(after.client("eu-west-2"), "london", { ClientToken: "one" })).toBe(runs);
  await after.close();
  rmSync(folder, { recursive: true });
});
