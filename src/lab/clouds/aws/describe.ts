import type { EC2Client, Instance } from "@aws-sdk/client-ec2";
import { releaseOfImage } from "../../../model/platform.ts";
import type { MachineSpec } from "../../types.ts";

/** The vendor's own client, pointed at moto. */
export type Ec2 = Awaited<ReturnType<typeof connectEc2>>;

/** @param url where moto listens */
export async function connectEc2(url: string) {
  // Takes half a second to load: only a lab with AWS in it pays for that.
  const sdk = await import("@aws-sdk/client-ec2");
  const clients = new Map<string, EC2Client>();
  const connect = (region: string) =>
    new sdk.EC2Client({ region, endpoint: url, credentials: { accessKeyId: "lab", secretAccessKey: "lab" } });
  const client = (region: string): EC2Client =>
    clients.get(region) ?? clients.set(region, connect(region)).get(region)!;
  return { ...sdk, client };
}

/** All instances of a region, those that are gone too, and the elastic address of each that has one. */
export async function describeRegion(
  ec2: Ec2,
  region: string,
): Promise<{ client: EC2Client; instances: Instance[]; addresses: Map<string, string> }> {
  const client = ec2.client(region);
  const instances: Instance[] = [];
  for await (const page of ec2.paginateDescribeInstances({ client }, {}))
    instances.push(...(page.Reservations ?? []).flatMap((r) => r.Instances ?? []));
  const { Addresses = [] } = await client.send(new ec2.DescribeAddressesCommand({}));
  return {
    client,
    instances,
    addresses: new Map(Addresses.flatMap((a) => (a.InstanceId && a.PublicIp ? [[a.InstanceId, a.PublicIp]] : []))),
  };
}

export const isTerminated = ({ State }: Instance): boolean =>
  State?.Name === "terminated" || State?.Name === "shutting-down";

/**
 * What an instance's machine is given for its first boot: its image's system, its key pair's public key, and its user
 * data.
 */
export async function firstBootOf(
  ec2: Ec2,
  client: EC2Client,
  instance: Instance,
): Promise<Omit<MachineSpec, "name" | "publicAddress">> {
  const { KeyName, InstanceId, ImageId } = instance;
  const { Images = [] } = await client.send(
    new ec2.DescribeImagesCommand({ Filters: [{ Name: "image-id", Values: [ImageId ?? ""] }] }),
  );
  const { KeyPairs = [] } = await client.send(
    new ec2.DescribeKeyPairsCommand({
      Filters: [{ Name: "key-name", Values: [KeyName ?? ""] }],
      IncludePublicKey: true,
    }),
  );
  const { UserData } = await client.send(
    new ec2.DescribeInstanceAttributeCommand({ InstanceId, Attribute: "userData" }),
  );
  return {
    authorizedKeys: KeyPairs.flatMap(({ PublicKey }) => (PublicKey ? [PublicKey.trim()] : [])),
    userData: Buffer.from(UserData?.Value ?? "", "base64").toString() || "#cloud-config\n{}\n",
    ...(Images[0]?.Name?.startsWith("nixos/") && { system: "nixos" }),
    release: releaseOfImage(Images[0]?.Name),
  };
}
