import type { EC2Client, IpPermission } from "@aws-sdk/client-ec2";
import type { Kind } from "./resource.ts";
import { unlessGone, type Scope, type Sdk } from "./scope.ts";
import { combine, takeApart, type Atom, type Rule } from "./security-group-rules.ts";
import { fromAws, toAws } from "./tags.ts";

/**
 * A set of rules for instances; what it declares is all that it has: a rule that somebody adds by hand is taken away
 * again.
 */
export const securityGroup: Kind = {
  token: "aws:ec2/securityGroup:SecurityGroup",
  computed: ["vpcId"],

  async create(scope, { name, description, vpcId, ingress, egress }, tags) {
    const GroupName = String(name);
    const wanted = {
      GroupName,
      Description: String(description ?? "Managed by Pulumi"),
      VpcId: vpcId as string | undefined,
    };
    const id = await scope.makeOnce(
      "CreateSecurityGroup",
      async (client, sdk) => {
        const { GroupId } = await client.send(
          new sdk.CreateSecurityGroupCommand({
            ...wanted,
            TagSpecifications: [{ ResourceType: "security-group", Tags: toAws(tags) }],
          }),
        );
        return GroupId!;
      },
      () => findByName(scope, GroupName),
    );
    // AWS lets everything out of a new group; only what is declared is to get out.
    await bringRules(scope, id, ingress as Rule[], egress as Rule[]);
    return id;
  },

  async read(scope, id, declared) {
    const group = await describeGroup(scope, id);
    if (group === undefined) return undefined;
    return {
      name: group.GroupName,
      description: group.Description,
      vpcId: group.VpcId,
      ingress: combine(takeApartFound(group.IpPermissions), (declared.ingress ?? []) as Rule[]),
      egress: combine(takeApartFound(group.IpPermissionsEgress), (declared.egress ?? []) as Rule[]),
      arn: group.SecurityGroupArn,
      ownerId: group.OwnerId,
      tagsAll: fromAws(group.Tags),
    };
  },

  update: (scope, id, _olds, { ingress, egress }) => bringRules(scope, id, ingress as Rule[], egress as Rule[]),

  async delete(scope, id) {
    await unlessGone(
      scope.send("DeleteSecurityGroup", (client, sdk) =>
        client.send(new sdk.DeleteSecurityGroupCommand({ GroupId: id })),
      ),
      "InvalidGroup.NotFound",
    );
  },
};

async function describeGroup(scope: Scope, id: string) {
  const found = await unlessGone(
    scope.send("DescribeSecurityGroups", (client, sdk) =>
      client.send(new sdk.DescribeSecurityGroupsCommand({ GroupIds: [id] })),
    ),
    "InvalidGroup.NotFound",
  );
  return found?.SecurityGroups?.[0];
}

async function findByName(scope: Scope, name: string): Promise<string | undefined> {
  const Filters = [{ Name: "group-name", Values: [name] }];
  const { SecurityGroups } = await scope.send("DescribeSecurityGroups", (client, sdk) =>
    client.send(new sdk.DescribeSecurityGroupsCommand({ Filters })),
  );
  return SecurityGroups?.[0]?.GroupId;
}

/** Adds what is missing, then takes away what is too much, so that nothing that is wanted is ever closed. */
async function bringRules(scope: Scope, GroupId: string, ingress: Rule[] = [], egress: Rule[] = []): Promise<void> {
  const group = await describeGroup(scope, GroupId);
  const inwards = compare(group?.IpPermissions, ingress);
  const outwards = compare(group?.IpPermissionsEgress, egress);
  const change = async (
    as: string,
    atoms: Atom[],
    call: (client: EC2Client, sdk: Sdk, wanted: { GroupId: string; IpPermissions: IpPermission[] }) => Promise<unknown>,
  ) => {
    if (atoms.length === 0) return;
    const wanted = { GroupId, IpPermissions: atoms.map(({ permission }) => permission) };
    // What was so already is no mistake: an answer had been lost.
    await unlessGone(
      scope.send(as, (client, sdk) => call(client, sdk, wanted)),
      "InvalidPermission.Duplicate",
      "InvalidPermission.NotFound",
    );
  };
  await change("AuthorizeSecurityGroupIngress", inwards.missing, (client, sdk, wanted) =>
    client.send(new sdk.AuthorizeSecurityGroupIngressCommand(wanted)),
  );
  await change("AuthorizeSecurityGroupEgress", outwards.missing, (client, sdk, wanted) =>
    client.send(new sdk.AuthorizeSecurityGroupEgressCommand(wanted)),
  );
  await change("RevokeSecurityGroupIngress", inwards.surplus, (client, sdk, wanted) =>
    client.send(new sdk.RevokeSecurityGroupIngressCommand(wanted)),
  );
  await change("RevokeSecurityGroupEgress", outwards.surplus, (client, sdk, wanted) =>
    client.send(new sdk.RevokeSecurityGroupEgressCommand(wanted)),
  );
}

function compare(permissions: IpPermission[] | undefined, declared: Rule[]): { missing: Atom[]; surplus: Atom[] } {
  const [found, wanted] = [takeApartFound(permissions), takeApart(declared)];
  const without = (these: Atom[], others: Atom[]) =>
    these.filter(({ key }) => !others.some((other) => other.key === key));
  return { missing: without(wanted, found), surplus: without(found, wanted) };
}

const takeApartFound = (permissions: IpPermission[] = []): Atom[] =>
  takeApart(
    permissions.flatMap(({ IpProtocol, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [] }) => {
      const common = { protocol: IpProtocol ?? "-1", fromPort: FromPort ?? 0, toPort: ToPort ?? 0 };
      const described = (text: string | undefined) => (text ? { description: text } : {});
      return [
        ...IpRanges.map(({ CidrIp, Description }) => ({ ...common, ...described(Description), cidrBlocks: [CidrIp!] })),
        ...Ipv6Ranges.map(({ CidrIpv6, Description }) => ({
          ...common,
          ...described(Description),
          ipv6CidrBlocks: [CidrIpv6!],
        })),
      ];
    }),
  );
