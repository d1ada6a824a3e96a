import { ask, isThere, tagOf, type Tagged } from "../../existing/aws.ts";
import prices from "../../model/aws-prices.json" with { type: "json" };
import type { Fleet } from "../../model/fleet.ts";
import { awsDiskCost } from "../../model/host-cost.ts";
import type { DeclaredAtProviders } from "../declared.ts";
import { askAll, type Thing } from "../things.ts";
import type { Looked } from "../types.ts";

const instance = (id: string) => ({ type: "aws:ec2/instance:Instance", id });

const ROOT_DEVICE = /^\/dev\/(xvda|sda1)$/;

/**
 * What is in one region of the AWS account and nobody declared. Regions that no host of the fleet is in are not looked
 * at.
 */
export function auditAws(
  fleet: Fleet,
  region: string,
  env: NodeJS.ProcessEnv,
  declared: DeclaredAtProviders,
): Promise<Looked> {
  const hosts = fleet.hosts.filter((host) => host.kind === "aws").filter((host) => host.region === region);
  const keys = (thing: Tagged & { ofFleet?: string }) => keysOf(fleet.name, hosts, thing);
  return askAll(
    `AWS ${region}`,
    [
      {
        about: "instances",
        ask: async () => {
          const pages = await ask(region, env, "DescribeInstances", async (client, sdk) =>
            collect(sdk.paginateDescribeInstances({ client }, {})),
          );
          return pages
            .flatMap(({ Reservations = [] }) => Reservations.flatMap(({ Instances = [] }) => Instances))
            .filter(isThere)
            .map((each): Thing => ({
              kind: "instance",
              name: nameOf(each, each.InstanceId),
              pulumi: instance(each.InstanceId ?? ""),
              keys: keys(each),
              declared: hosts.some(({ id }) => id === each.InstanceId),
              detail: [each.InstanceType, each.State?.Name, each.PublicIpAddress].filter(Boolean).join(", "),
            }));
        },
      },
      {
        about: "disks",
        ask: async () => {
          const pages = await ask(region, env, "DescribeVolumes", async (client, sdk) =>
            collect(sdk.paginateDescribeVolumes({ client }, {})),
          );
          return pages
            .flatMap(({ Volumes = [] }) => Volumes)
            .map((each): Thing => {
              const at = each.Attachments?.[0];
              return {
                kind: "disk",
                name: nameOf(each, each.VolumeId),
                pulumi: { type: "aws:ebs/volume:Volume", id: each.VolumeId ?? "" },
                // What an instance starts from, and what is deleted with it.
                ...(at?.InstanceId &&
                  (at.DeleteOnTermination || ROOT_DEVICE.test(at.Device ?? "")) && { partOf: instance(at.InstanceId) }),
                detail:
                  `${each.Size} GB ${each.VolumeType}, ` +
                  (at?.InstanceId ? `attached to ${at.InstanceId}` : "attached to nothing"),
                monthlyCost: awsDiskCost(each.VolumeType, each.Size),
              };
            });
        },
      },
      {
        about: "elastic IPs",
        ask: async () => {
          const { Addresses = [] } = await ask(region, env, "DescribeAddresses", (ec2, sdk) =>
            ec2.send(new sdk.DescribeAddressesCommand({})),
          );
          return Addresses.map((each): Thing => ({
            kind: "elastic-ip",
            name: each.PublicIp ?? "",
            pulumi: { type: "aws:ec2/eip:Eip", id: each.AllocationId ?? "" },
            keys: keys(each),
            declared: declared.addresses.has(each.PublicIp ?? ""),
            detail: each.InstanceId ? `of ${each.InstanceId}` : "of nothing",
            monthlyCost: { usd: prices.address.monthly },
          }));
        },
      },
      {
        about: "security groups",
        ask: async () => {
          const pages = await ask(region, env, "DescribeSecurityGroups", async (client, sdk) =>
            collect(sdk.paginateDescribeSecurityGroups({ client }, {})),
          );
          // Every network has one that AWS made and nobody can delete.
          return pages
            .flatMap(({ SecurityGroups = [] }) => SecurityGroups)
            .filter(({ GroupName }) => GroupName !== "default")
            .map((each): Thing => ({
              kind: "security-group",
              name: each.GroupName ?? "",
              pulumi: { type: "aws:ec2/securityGroup:SecurityGroup", id: each.GroupId ?? "" },
              keys: keys({ ...each, ofFleet: each.GroupName }),
              detail: `in ${each.VpcId}`,
            }));
        },
      },
      {
        about: "key pairs",
        ask: async () => {
          const { KeyPairs = [] } = await ask(region, env, "DescribeKeyPairs", (ec2, sdk) =>
            ec2.send(new sdk.DescribeKeyPairsCommand({})),
          );
          return KeyPairs.map((each): Thing => ({
            kind: "key-pair",
            name: each.KeyName ?? "",
            pulumi: { type: "aws:ec2/keyPair:KeyPair", id: each.KeyName ?? "" },
            keys: keys({ ...each, ofFleet: each.KeyName }),
            detail: each.KeyFingerprint ?? "",
          }));
        },
      },
    ],
    declared,
  );
}

/**
 * What the fleet makes has its tags, or its name and the host's as its own. A machine that it adopts has the host's
 * name.
 */
function keysOf(
  fleet: string,
  hosts: readonly { name: string; adopt: boolean }[],
  thing: Tagged & { ofFleet?: string },
): string[] {
  const host = hosts.find(
    ({ name, adopt }) =>
      thing.ofFleet === `${fleet}-${name}` ||
      (tagOf(thing, "Name") === name && (adopt || tagOf(thing, "fleet") === fleet)),
  );
  return host ? [`aws/${host.name}`] : [];
}

const nameOf = (thing: Tagged, id = ""): string => tagOf(thing, "Name") ?? id;

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
}
