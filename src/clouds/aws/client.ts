import type { EC2Client, EC2ServiceException, Instance } from "@aws-sdk/client-ec2";
import { Once } from "../fetch.ts";

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

/** What stands in one region of an account; each list is read once, and to its end. */
export class AwsClient {
  readonly region: string;
  /** The fleet that asks: its things are called and tagged after it. */
  readonly fleet: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #once = new Once();

  constructor(region: string, fleet: string, env: NodeJS.ProcessEnv) {
    this.region = region;
    this.fleet = fleet;
    this.#env = env;
  }

  /** @param as the name of AWS's action, for messages */
  list<T>(as: string, call: (ec2: EC2Client, sdk: Sdk) => Promise<T[]>): Promise<T[]> {
    return this.#once.ask(as, () => ask(this.region, this.#env, as, call));
  }
}

/** Every page of one of the SDK's paginators. */
export async function collect<Page, T>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => T[] | undefined,
): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}

export interface Tagged {
  Tags?: { Key?: string; Value?: string }[];
}
export const tagOf = ({ Tags = [] }: Tagged, key: string): string | undefined =>
  Tags.find(({ Key }) => Key === key)?.Value;

/** A terminated instance is listed for another hour. */
export const isThere = ({ State }: Instance): boolean => !["terminated", "shutting-down"].includes(State?.Name ?? "");

/** AWS refuses or does not answer in one region; in others it may. */
export class RegionError extends Error {}

/** Asks AWS; again when it is busy or does not answer. @throws Error naming region and reason, never a key */
async function ask<Out>(
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
