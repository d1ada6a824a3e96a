import type { EC2Client, EC2ServiceException, Instance } from "@aws-sdk/client-ec2";
import type { AwsHost } from "../model/host.ts";
import type { Existing } from "./types.ts";

type Sdk = typeof import("@aws-sdk/client-ec2");

/** Images of NixOS for ARM, made by its project: https://nixos.github.io/amis */
const NIXOS = { owner: "427812963091", name: "nixos/25.11*-aarch64-linux", architecture: "arm64" };
const ATTEMPTS = 6;

/**
 * The newest image of NixOS in a region: to be pinned, since another one would make another machine.
 * @throws Error naming region and owner when there is none, or AWS's reason when it refuses
 */
export async function findAmi(
  region: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ id: string; name: string }> {
  const { owner, name, architecture } = NIXOS;
  const Filters = [
    { Name: "name", Values: [name] },
    { Name: "architecture", Values: [architecture] },
    { Name: "state", Values: ["available"] },
  ];
  const { Images = [] } = await ask(region, env, "DescribeImages", (ec2, sdk) =>
    ec2.send(new sdk.DescribeImagesCommand({ Owners: [owner], Filters })),
  );
  const newest = Images.toSorted((a, b) => (a.CreationDate ?? "").localeCompare(b.CreationDate ?? "")).at(-1);
  if (!newest?.ImageId)
    throw new Error(
      `AWS has no image ${name} of owner ${owner} in ${region}: ` +
        "look there whether NixOS publishes images in this region, or give the host an ami",
    );
  return { id: newest.ImageId, name: newest.Name ?? "" };
}

/**
 * Whether AWS says that an instance ("aws:eu-west-2/i-0abc") is not there any more. The keys are for its account when a
 * security group that they see belongs to that: every network has one.
 * @param account "aws:123456789012"
 * @throws Error why it can't be told
 */
export async function isInstanceGone(
  machine: string,
  account: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const [, region = "", id = ""] = /^aws:([^/]+)\/(.+)$/.exec(machine) ?? [];
  const byId = [{ Name: "instance-id", Values: [id] }];
  const { Reservations = [] } = await ask(region, env, "DescribeInstances", (ec2, sdk) =>
    ec2.send(new sdk.DescribeInstancesCommand({ Filters: byId })),
  );
  if (Reservations.flatMap((r) => r.Instances ?? []).some(isThere)) return false;
  if (Reservations.length > 0) return true;
  const owner = account?.slice("aws:".length);
  if (!owner) throw new Error("nothing in the state shows of which AWS account it is");
  const { SecurityGroups = [] } = await ask(region, env, "DescribeSecurityGroups", (ec2, sdk) =>
    ec2.send(new sdk.DescribeSecurityGroupsCommand({ Filters: [{ Name: "owner-id", Values: [owner] }] })),
  );
  if (!SecurityGroups.some(({ OwnerId }) => OwnerId === owner))
    throw new Error(
      `the AWS access key sees nothing of account ${owner} in ${region}: it may be one of another account`,
    );
  return true;
}

/**
 * What there is at AWS of hosts: instances and addresses by their tag Name, key pairs and security groups by the
 * fleet's name and the host's. Of instances and addresses that no host file says to adopt only those count that the
 * fleet has made. A region that cannot be asked must not hold up the others: nothing is known of it, and whatever is
 * then begun there says why it fails.
 */
export async function existingAtAws(
  fleet: string,
  hosts: readonly AwsHost[],
  env: NodeJS.ProcessEnv,
): Promise<Existing> {
  const regions = Map.groupBy(hosts, ({ region }) => region);
  const found = await Promise.all(
    [...regions].map(([region, there]) => existingInRegion(fleet, region, there, env).catch(unlessOfRegion)),
  );
  return Object.assign({}, ...found) as Existing;
}

function unlessOfRegion(error: unknown): Existing {
  if (error instanceof RegionError) return {};
  throw error;
}

async function existingInRegion(
  fleet: string,
  region: string,
  hosts: readonly AwsHost[],
  env: NodeJS.ProcessEnv,
): Promise<Existing> {
  const names = hosts.map(({ name }) => name);
  const ofFleet = names.map((name) => `${fleet}-${name}`);
  const byName = [{ Name: "tag:Name", Values: names }];
  const [instances, addresses, keyPairs, groups] = await Promise.all([
    ask(region, env, "DescribeInstances", (ec2, sdk) =>
      ec2.send(new sdk.DescribeInstancesCommand({ Filters: byName })),
    ),
    ask(region, env, "DescribeAddresses", (ec2, sdk) =>
      ec2.send(new sdk.DescribeAddressesCommand({ Filters: byName })),
    ),
    ask(region, env, "DescribeKeyPairs", (ec2, sdk) =>
      ec2.send(new sdk.DescribeKeyPairsCommand({ Filters: [{ Name: "key-name", Values: ofFleet }] })),
    ),
    ask(region, env, "DescribeSecurityGroups", (ec2, sdk) =>
      ec2.send(new sdk.DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-name", Values: ofFleet }] })),
    ),
  ]);
  const there = (instances.Reservations ?? []).flatMap((r) => r.Instances ?? []).filter(isThere);
  return Object.fromEntries(
    hosts.flatMap((host) => {
      const mine = (thing: Tagged) =>
        tagOf(thing, "Name") === host.name && (host.adopt || tagOf(thing, "fleet") === fleet);
      const [instance, another] = there.filter(mine);
      if (another)
        throw new Error(
          `host ${host.name}: AWS has two instances of that Name in ${region}, ${instance?.InstanceId} and ` +
            `${another.InstanceId}: terminate one, or give the host's id`,
        );
      const address = addresses.Addresses?.find(mine);
      return entries(host.name, {
        "aws:instance": instance?.InstanceId,
        "aws:eip": address?.AllocationId,
        "aws:address": address?.PublicIp ?? instance?.PublicIpAddress,
        "aws:key-pair": keyPairs.KeyPairs?.find(({ KeyName }) => KeyName === `${fleet}-${host.name}`)?.KeyName,
        "aws:security-group": groups.SecurityGroups?.find(({ GroupName }) => GroupName === `${fleet}-${host.name}`)
          ?.GroupId,
      });
    }),
  );
}

const entries = (name: string, found: Record<string, string | undefined>): [string, string][] =>
  Object.entries(found).flatMap(([kind, id]) => (id === undefined ? [] : [[`${kind}/${name}`, id]]));

export interface Tagged {
  Tags?: { Key?: string; Value?: string }[];
}
export const tagOf = ({ Tags = [] }: Tagged, key: string): string | undefined =>
  Tags.find(({ Key }) => Key === key)?.Value;

/** A terminated instance is listed for another hour. */
export const isThere = ({ State }: Instance): boolean => !["terminated", "shutting-down"].includes(State?.Name ?? "");

/** AWS refuses or does not answer in one region; in others it may. */
class RegionError extends Error {}

/** Asks AWS; again when it is busy or does not answer. @throws Error naming region and reason, never a key */
export async function ask<Out>(
  region: string,
  env: NodeJS.ProcessEnv,
  as: string,
  call: (ec2: EC2Client, sdk: Sdk) => Promise<Out>,
): Promise<Out> {
  // Half a second to load: only who asks pays for it.
  const sdk = await import("@aws-sdk/client-ec2");
  const ec2 = new sdk.EC2Client({ region, maxAttempts: ATTEMPTS, ...endpointOf(env), ...keysOf(env) });
  try {
    return await call(ec2, sdk);
  } catch (error) {
    const message = `AWS cannot be asked for ${as} in ${region}: ${reasonOf(error as Error)}`;
    throw (error as Error).name === "CredentialsProviderError" ? new Error(message) : new RegionError(message);
  } finally {
    ec2.destroy();
  }
}

/**
 * The environment may be another than this process's own: a lab's. Without keys in it the SDK looks where it always
 * does, such as in a profile.
 */
const keysOf = ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN,
}: NodeJS.ProcessEnv) =>
  accessKeyId && secretAccessKey
    ? { credentials: { accessKeyId, secretAccessKey, ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }) } }
    : {};

const endpointOf = ({ AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL }: NodeJS.ProcessEnv) => {
  const endpoint = AWS_ENDPOINT_URL_EC2 ?? AWS_ENDPOINT_URL;
  return endpoint ? { endpoint } : {};
};

const REMEDIES: Record<string, string> = {
  CredentialsProviderError: "give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
  AuthFailure: "check the access key, and that the account has this region enabled",
  OptInRequired: "enable this region in the account's settings",
  UnauthorizedOperation: "allow it to the user of the access key: docs/real-clouds.md has the policy",
};

function reasonOf(error: Error & Partial<EC2ServiceException> & { code?: string }): string {
  const remedy = REMEDIES[error.name];
  return `${error.message || error.code} (${error.name})${remedy ? `: ${remedy}` : ""}`;
}
