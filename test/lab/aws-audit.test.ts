import {
  AllocateAddressCommand,
  CreateSecurityGroupCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  ImportKeyPairCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { declaredAtProviders } from "../../src/audit/declared.ts";
import { auditPlace } from "../../src/audit/place.ts";
import { aws as vendor } from "../../src/clouds/aws/index.ts";
import { fleet } from "../../src/model/fleet.ts";
import { aws } from "../../src/model/host.ts";
import { startAws } from "../clouds/aws-cloud.ts";
import { publicKey } from "../clouds/hetzner-client.ts";

/** What nobody declared in a region of AWS, over moto's EC2. */

let cloud: Awaited<ReturnType<typeof startAws>>;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  cloud = await startAws();
  env = { AWS_ENDPOINT_URL: cloud.url, AWS_ACCESS_KEY_ID: cloud.token, AWS_SECRET_ACCESS_KEY: cloud.token };
});
afterEach(() => void cloud.faults.clear());
afterAll(() => cloud.close());

const region = "eu-west-2";
const declaredFleet = fleet({ name: "x", hosts: [aws({ name: "london", type: "t4g.nano", region, os: "nixos" })] });
async function told(state: { type: string; id: string }[] = []) {
  const [place] = vendor.places(declaredFleet, [], env);
  const { findings, unknown } = await auditPlace(
    vendor,
    place!,
    declaredAtProviders(
      declaredFleet,
      state.map((each) => ({ urn: "", ...each })),
      "",
    ),
  );
  return {
    found: findings.map(({ kind, name }) => `${kind} ${name}`),
    unknown: unknown.map(({ reason }) => reason),
    findings,
  };
}
async function run(name: string, fleetTag?: string): Promise<string> {
  const ec2 = cloud.client(region);
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({}));
  const Tags = [{ Key: "Name", Value: name }, ...(fleetTag ? [{ Key: "fleet", Value: fleetTag }] : [])];
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: Images[0]!.ImageId,
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [{ ResourceType: "instance", Tags }],
    }),
  );
  return Instances[0]!.InstanceId!;
}

test("an empty region has nothing, whatever AWS itself has made in it", async () =>
  expect(await told()).toMatchObject({ found: [], unknown: [] }));

test("what the fleet made is no finding, by its tags and names or by the state; everything else is, with what it costs", async () => {
  const ec2 = cloud.client(region);
  await run("london", "x");
  await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: "x-london",
      Description: "d",
      TagSpecifications: [{ ResourceType: "security-group", Tags: [{ Key: "fleet", Value: "x" }] }],
    }),
  );
  const inState = await run("moved");
  expect(await told([{ type: "aws:ec2/instance:Instance", id: inState }])).toMatchObject({ found: [], unknown: [] });

  const twin = await run("london", "other");
  await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${region}a`, Size: 100, VolumeType: "gp3" }));
  const { PublicIp, AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  await ec2.send(new CreateSecurityGroupCommand({ GroupName: "by-hand", Description: "d" }));
  await ec2.send(new ImportKeyPairCommand({ KeyName: "eve", PublicKeyMaterial: Buffer.from(publicKey("eve")) }));
  const { found, unknown, findings } = await told([{ type: "aws:ec2/instance:Instance", id: inState }]);
  expect(unknown).toEqual([]);
  expect(found.filter((line) => !line.startsWith("disk"))).toEqual([
    "instance london",
    `elastic-ip ${PublicIp}`,
    "security-group by-hand",
    "key-pair eve",
  ]);
  expect(findings.find(({ kind }) => kind === "instance")).toMatchObject({
    place: "AWS eu-west-2",
    pulumi: { type: "aws:ec2/instance:Instance", id: twin },
  });
  expect(findings.find(({ kind }) => kind === "elastic-ip")).toMatchObject({
    monthlyCost: { usd: 3.65 },
    pulumi: { type: "aws:ec2/eip:Eip", id: AllocationId },
  });
  // That of the twin goes with it, and is told because the twin is.
  expect(findings.filter(({ kind }) => kind === "disk").map(({ monthlyCost }) => monthlyCost)).toContainEqual({
    usd: [8, 15.2],
  });
});

test("what may not be asked is unknown, the rest is told; a region that refuses is told once", async () => {
  cloud.faults.add({ fault: "status", status: 403, code: "UnauthorizedOperation", path: `/${region}/DescribeVolumes` });
  expect(await told()).toMatchObject({
    found: expect.arrayContaining(["key-pair eve"]),
    unknown: [
      expect.stringMatching(/^disks: AWS cannot be asked for DescribeVolumes in eu-west-2: .*UnauthorizedOperation/),
    ],
  });
  cloud.faults.add({ fault: "status", status: 401, code: "AuthFailure", path: `/${region}/*` });
  expect((await told()).unknown).toHaveLength(1);
});
