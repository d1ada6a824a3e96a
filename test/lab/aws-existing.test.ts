import {
  AllocateAddressCommand,
  CreateSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeSecurityGroupsCommand,
  ImportKeyPairCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type ResourceType,
} from "@aws-sdk/client-ec2";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { findAmi } from "../../src/clouds/aws/client.ts";
import { isGone } from "../../src/clouds/gone.ts";
import { lookAtKinds } from "../../src/clouds/look.ts";
import { fleet } from "../../src/model/fleet.ts";
import { aws, type AwsHost } from "../../src/model/host.ts";
import { startAws } from "../clouds/aws-cloud.ts";

let cloud: Awaited<ReturnType<typeof startAws>>;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  cloud = await startAws();
  env = { AWS_ENDPOINT_URL: cloud.url, AWS_ACCESS_KEY_ID: cloud.token, AWS_SECRET_ACCESS_KEY: cloud.token };
});
afterEach(() => void cloud.faults.clear());
afterAll(() => cloud.close());

const tagsOf = (type: ResourceType, Name: string, fleet?: string) => [
  {
    ResourceType: type,
    Tags: [{ Key: "Name", Value: Name }, ...(fleet === undefined ? [] : [{ Key: "fleet", Value: fleet }])],
  },
];
async function run(region: string, name: string, fleet?: string): Promise<string> {
  const ec2 = cloud.client(region);
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({}));
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: Images[0]!.ImageId,
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: tagsOf("instance", name, fleet),
    }),
  );
  return Instances[0]!.InstanceId!;
}
const end = (region: string, id: string) =>
  cloud.client(region).send(new TerminateInstancesCommand({ InstanceIds: [id] }));

describe("the newest image", () => {
  test("is that of the pinned release, its owner and ARM, in each region another, also when AWS is busy", async () => {
    cloud.faults.add({ fault: "status", status: 503, code: "RequestLimitExceeded", times: 3 });
    const [london, mumbai] = [await findAmi("eu-west-2", env), await findAmi("ap-south-1", env)];
    expect([london.name, mumbai.name]).toEqual([
      "nixos/25.11.5290.91b7d2ce6f58-aarch64-linux",
      "nixos/25.11.5290.91b7d2ce6f58-aarch64-linux",
    ]);
    expect(london.id).toMatch(/^ami-[0-9a-f]{17}$/);
    expect(london.id).not.toBe(mumbai.id);
  });

  test.each<[string, object, RegExp]>([
    [
      "a region that refuses",
      { status: 401, code: "AuthFailure" },
      /DescribeImages in me-central-1: .* \(AuthFailure\): check the access key, and that the account has this region enabled/,
    ],
    [
      "a user who may not",
      { status: 403, code: "UnauthorizedOperation" },
      /\(UnauthorizedOperation\): allow it to the user of the access key/,
    ],
  ])("is not guessed: %s", async (_, rule, message) => {
    cloud.faults.add({ fault: "status", path: "/me-central-1/*", ...rule });
    await expect(findAmi("me-central-1", env)).rejects.toThrow(message);
  });
});

describe("what exists", () => {
  const host = (name: string, region: AwsHost["region"], more: object = {}) =>
    aws({ name, region, type: "t4g.nano", os: "nixos", ...more });
  const look = (...hosts: AwsHost[]) =>
    lookAtKinds({ stack: "test", fleet: fleet({ name: "test", hosts }), state: [], env, script: () => undefined });

  test("nothing of hosts that were never made", async () =>
    expect(await look(host("dublin", "eu-west-1"))).toMatchObject({ refused: [], view: { existing: {}, adopt: [] } }));

  test("what the fleet made, by name: instance, address, key pair, security group; what is another's or terminated does not count", async () => {
    const ec2 = cloud.client("eu-west-2");
    await end("eu-west-2", await run("eu-west-2", "london", "test"));
    await run("eu-west-2", "london", "other");
    await run("eu-west-2", "stranger", "test");
    const id = await run("eu-west-2", "london", "test");
    const { AllocationId, PublicIp } = await ec2.send(
      new AllocateAddressCommand({ Domain: "vpc", TagSpecifications: tagsOf("elastic-ip", "london", "test") }),
    );
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: "test-london",
        Description: "d",
        TagSpecifications: tagsOf("security-group", "london", "test"),
      }),
    );
    await ec2.send(
      new ImportKeyPairCommand({
        KeyName: "test-london",
        TagSpecifications: tagsOf("key-pair", "london", "test"),
        PublicKeyMaterial: Buffer.from(
          "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7ZI0eCwRWAyjzc8sGz9bJhzXzgLJ6l3Vt2kzqDq0Qy",
        ),
      }),
    );
    expect(await look(host("london", "eu-west-2"), host("dublin", "eu-west-1"))).toMatchObject({
      refused: [],
      view: {
        existing: {
          "aws/instance/london": id,
          "aws/eip/london-address": AllocationId,
          "aws/key-pair/london-key": "test-london",
          "aws/security-group/london-firewall": GroupId,
        },
      },
    });
    expect(PublicIp).toMatch(/^[\d.]+$/);
  });

  test("a key pair and a group of the name that nobody has tagged are not ours", async () => {
    const ec2 = cloud.client("eu-central-1");
    await ec2.send(new CreateSecurityGroupCommand({ GroupName: "test-berlin", Description: "d" }));
    expect((await look(host("berlin", "eu-central-1"))).refused).toEqual([
      expect.stringMatching(
        /^security group berlin-firewall exists at AWS eu-central-1 and is not ours \(sg-\w+\): no label/,
      ),
    ]);
  });

  test("an instance that is to be adopted needs no tags of the fleet, and has to be the only one of its name", async () => {
    const adopted = host("old", "sa-east-1", { adopt: true });
    const id = await run("sa-east-1", "old");
    expect((await look(adopted)).view.existing).toEqual({ "aws/instance/old": id });
    expect((await look(host("old", "sa-east-1"))).refused).toEqual([
      expect.stringMatching(
        /^instance old exists at AWS sa-east-1 and is not ours .* Write adopt: true in hosts\/test\/old.ts/,
      ),
    ]);
    await run("sa-east-1", "old");
    expect((await look(adopted)).refused).toEqual([
      expect.stringMatching(
        /AWS sa-east-1 has 2 of that name, i-\w+ and i-\w+: delete one, or give the id in hosts\/test\/old.ts/,
      ),
    ]);
  });

  test("a region that cannot be asked holds up no other", async () => {
    cloud.faults.add({ fault: "status", status: 401, path: "/ap-east-1/*" });
    const id = await run("eu-north-1", "stockholm", "test");
    const both = [host("hongkong", "ap-east-1"), host("stockholm", "eu-north-1")];
    expect((await look(...both)).view.existing).toEqual({ "aws/instance/stockholm": id });
  });
});

test("an instance is gone only when AWS says so to a key of its own account", async () => {
  const id = await run("eu-west-3", "paris");
  const { SecurityGroups = [] } = await cloud.client("eu-west-3").send(new DescribeSecurityGroupsCommand({}));
  const account = `aws:${SecurityGroups[0]!.OwnerId}`;
  const gone = () => isGone(`aws:eu-west-3/${id}`, account, env);
  expect(await gone()).toBe(false);
  cloud.faults.add({ fault: "status", status: 403 });
  await expect(gone()).rejects.toThrow("AWS cannot be asked for DescribeInstances in eu-west-3");
  cloud.faults.clear();
  await end("eu-west-3", id);
  expect(await gone()).toBe(true);
  const elsewhere = (of?: string) => isGone("aws:eu-west-3/i-0123456789abcdef0", of, env);
  expect(await elsewhere(account)).toBe(true);
  await expect(elsewhere()).rejects.toThrow("nothing in the state shows of which AWS account it is");
  await expect(elsewhere("aws:999999999999")).rejects.toThrow(
    "the AWS access key sees nothing of account 999999999999 in eu-west-3: it may be one of another account",
  );
});
