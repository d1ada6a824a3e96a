import { randomUUID } from "node:crypto";
import type { Instance, Volume } from "@aws-sdk/client-ec2";
import { isDeepStrictEqual } from "node:util";
import { describeInstance, untilInstance } from "./instance-calls.ts";
import type { Kind, Plain } from "./resource.ts";
import { unlessGone, type Scope } from "./scope.ts";
import { fromAws, retag, toAws, type Tags } from "./tags.ts";

interface Inputs extends Plain {
  ami: string;
  instanceType: string;
  keyName?: string;
  availabilityZone?: string;
  subnetId?: string;
  vpcSecurityGroupIds?: string[];
  userData?: string;
  creditSpecification?: { cpuCredits?: "standard" | "unlimited" };
  metadataOptions?: {
    httpEndpoint?: "enabled" | "disabled";
    httpPutResponseHopLimit?: number;
    httpTokens?: "optional" | "required";
  };
  rootBlockDevice?: { encrypted?: boolean; volumeSize?: number; volumeType?: "gp3"; tags?: Tags };
}

/** A virtual machine. A client token makes that a run that is asked for again is not made again. */
export const instance: Kind = {
  token: "aws:ec2/instance:Instance",
  computed: [
    "availabilityZone",
    "subnetId",
    "vpcSecurityGroupIds",
    "creditSpecification",
    "metadataOptions",
    "metadataOptions.httpEndpoint",
    "metadataOptions.httpPutResponseHopLimit",
    "metadataOptions.httpTokens",
    "rootBlockDevice",
    "rootBlockDevice.encrypted",
    "rootBlockDevice.volumeSize",
    "rootBlockDevice.volumeType",
  ],
  // moto keeps no credits.
  unreadable: ["userData", "creditSpecification"],

  async create(scope, inputs, tags) {
    const wanted = inputs as Inputs;
    const { rootBlockDevice: root } = wanted;
    const rootDevice = root && (await rootDeviceName(scope, wanted.ami));
    const ClientToken = randomUUID();
    const { Instances = [] } = await scope.send("RunInstances", (client, sdk) =>
      client.send(
        new sdk.RunInstancesCommand({
          ClientToken,
          MinCount: 1,
          MaxCount: 1,
          ImageId: wanted.ami,
          InstanceType: wanted.instanceType as never,
          KeyName: wanted.keyName,
          SubnetId: wanted.subnetId,
          Placement: wanted.availabilityZone ? { AvailabilityZone: wanted.availabilityZone } : undefined,
          SecurityGroupIds: wanted.vpcSecurityGroupIds,
          UserData: wanted.userData === undefined ? undefined : Buffer.from(wanted.userData).toString("base64"),
          CreditSpecification: wanted.creditSpecification && { CpuCredits: wanted.creditSpecification.cpuCredits },
          MetadataOptions: metadataOptions(wanted),
          BlockDeviceMappings: root && [
            {
              DeviceName: rootDevice,
              Ebs: {
                Encrypted: root.encrypted,
                VolumeSize: root.volumeSize,
                VolumeType: root.volumeType,
                DeleteOnTermination: true,
              },
            },
          ],
          TagSpecifications: [
            { ResourceType: "instance", Tags: toAws(tags) },
            ...(root ? [{ ResourceType: "volume" as const, Tags: toAws({ ...scope.defaultTags, ...root.tags }) }] : []),
          ],
        }),
      ),
    );
    const id = Instances[0]!.InstanceId!;
    await untilInstance(scope, id, "running");
    return id;
  },

  async read(scope, id) {
    const found = await describeInstance(scope, id);
    if (found === undefined) return undefined;
    const { MetadataOptions: metadata } = found;
    const volume = await rootVolume(scope, found);
    return {
      ami: found.ImageId,
      instanceType: found.InstanceType,
      keyName: found.KeyName,
      availabilityZone: found.Placement?.AvailabilityZone,
      subnetId: found.SubnetId,
      vpcSecurityGroupIds: (found.SecurityGroups ?? []).map(({ GroupId }) => GroupId!),
      metadataOptions: {
        httpEndpoint: metadata?.HttpEndpoint,
        httpPutResponseHopLimit: metadata?.HttpPutResponseHopLimit,
        httpTokens: metadata?.HttpTokens,
      },
      rootBlockDevice: volume && {
        encrypted: volume.Encrypted,
        volumeSize: volume.Size,
        volumeType: volume.VolumeType,
        tags: withoutDefaults(scope, fromAws(volume.Tags)),
      },
      arn: arnOf(found),
      instanceState: found.State?.Name,
      primaryNetworkInterfaceId: found.NetworkInterfaces?.[0]?.NetworkInterfaceId,
      privateDns: found.PrivateDnsName,
      privateIp: found.PrivateIpAddress,
      publicDns: found.PublicDnsName,
      publicIp: found.PublicIpAddress,
      tagsAll: fromAws(found.Tags),
    };
  },

  async update(scope, id, before, after) {
    const [olds, news] = [before as Inputs, after as Inputs];
    if (news.userData !== olds.userData)
      throw new Error("the lab's aws plugin cannot change the user data of an instance: ignore changes to it");
    if (news.instanceType !== olds.instanceType) await changeType(scope, id, news.instanceType);
    if (news.vpcSecurityGroupIds && !isDeepStrictEqual(news.vpcSecurityGroupIds, olds.vpcSecurityGroupIds)) {
      const wanted = { InstanceId: id, Groups: news.vpcSecurityGroupIds };
      await scope.send("ModifyInstanceAttribute", (client, sdk) =>
        client.send(new sdk.ModifyInstanceAttributeCommand(wanted)),
      );
    }
    if (news.metadataOptions && !isDeepStrictEqual(news.metadataOptions, olds.metadataOptions)) {
      const wanted = { InstanceId: id, ...metadataOptions(news) };
      await scope.send("ModifyInstanceMetadataOptions", (client, sdk) =>
        client.send(new sdk.ModifyInstanceMetadataOptionsCommand(wanted)),
      );
    }
    if (news.rootBlockDevice) await changeRoot(scope, id, news.rootBlockDevice);
  },

  async delete(scope, id) {
    await unlessGone(
      scope.send("TerminateInstances", (client, sdk) =>
        client.send(new sdk.TerminateInstancesCommand({ InstanceIds: [id] })),
      ),
      "InvalidInstanceID.NotFound",
    );
    await untilInstance(scope, id, "terminated");
  },
};

function arnOf({ InstanceId, NetworkInterfaces, Placement }: Instance): string | undefined {
  const owner = NetworkInterfaces?.[0]?.OwnerId;
  const region = Placement?.AvailabilityZone?.slice(0, -1);
  return owner && region && `arn:aws:ec2:${region}:${owner}:instance/${InstanceId}`;
}

const metadataOptions = ({ metadataOptions: wanted }: Inputs) =>
  wanted && {
    HttpEndpoint: wanted.httpEndpoint,
    HttpPutResponseHopLimit: wanted.httpPutResponseHopLimit,
    HttpTokens: wanted.httpTokens,
  };

/**
 * AWS changes the type of stopped instances only. One that ran runs again afterwards, also when the change was refused.
 */
async function changeType(scope: Scope, id: string, type: string): Promise<void> {
  const InstanceIds = [id];
  const ran = (await describeInstance(scope, id))?.State?.Name === "running";
  if (ran)
    await scope.send("StopInstances", (client, sdk) => client.send(new sdk.StopInstancesCommand({ InstanceIds })));
  await untilInstance(scope, id, "stopped");
  try {
    await scope.send("ModifyInstanceAttribute", (client, sdk) =>
      client.send(new sdk.ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value: type } })),
    );
  } finally {
    if (ran)
      await scope.send("StartInstances", (client, sdk) => client.send(new sdk.StartInstancesCommand({ InstanceIds })));
  }
  if (ran) await untilInstance(scope, id, "running");
}

async function changeRoot(scope: Scope, id: string, wanted: NonNullable<Inputs["rootBlockDevice"]>): Promise<void> {
  const found = await describeInstance(scope, id);
  const volume = found && (await rootVolume(scope, found));
  if (volume === undefined) return;
  const [Size, VolumeType] = [wanted.volumeSize ?? volume.Size, wanted.volumeType ?? volume.VolumeType];
  if (Size !== volume.Size || VolumeType !== volume.VolumeType) {
    await scope.send("ModifyVolume", (client, sdk) =>
      client.send(new sdk.ModifyVolumeCommand({ VolumeId: volume.VolumeId, Size, VolumeType })),
    );
  }
  await retag(scope, volume.VolumeId!, fromAws(volume.Tags), { ...scope.defaultTags, ...wanted.tags });
}

async function rootVolume(
  scope: Scope,
  { BlockDeviceMappings = [], RootDeviceName }: Instance,
): Promise<Volume | undefined> {
  const id = BlockDeviceMappings.find(({ DeviceName }) => DeviceName === RootDeviceName)?.Ebs?.VolumeId;
  if (id === undefined) return undefined;
  const { Volumes } = await scope.send("DescribeVolumes", (client, sdk) =>
    client.send(new sdk.DescribeVolumesCommand({ VolumeIds: [id] })),
  );
  return Volumes?.[0];
}

/** Of an image: what its first disk is called differs. */
async function rootDeviceName(scope: Scope, image: string): Promise<string> {
  const { Images } = await scope.send("DescribeImages", (client, sdk) =>
    client.send(new sdk.DescribeImagesCommand({ ImageIds: [image] })),
  );
  return Images?.[0]?.RootDeviceName ?? "/dev/sda1";
}

const withoutDefaults = ({ defaultTags }: Scope, tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key, value]) => defaultTags[key] !== value));
