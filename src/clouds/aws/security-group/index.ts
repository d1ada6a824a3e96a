import type { SecurityGroup } from "@aws-sdk/client-ec2";
import { showPort } from "../../../model/port.ts";
import type { Kind } from "../../kind.ts";
import { collect, type AwsClient } from "../client.ts";
import { inInstance, inRegion, labelsOf, ofMade, tagsOf, uniqueName, type OfFleet } from "../hosts.ts";

/** The firewall of an instance that the fleet makes. Identity: its name in the region. */
export const securityGroup: Kind<OfFleet, SecurityGroup, AwsClient> = {
  is: "aws/security-group",
  title: "security group",
  token: "aws:ec2/securityGroup:SecurityGroup",

  declared: (fleet) => ofMade(fleet, (host) => `${host}-firewall`),
  identity: (model) => inRegion(model.host, uniqueName(model)),
  held: () => undefined,
  ask: (client) => [
    {
      about: "security groups",
      list: async () =>
        (
          await client.list("DescribeSecurityGroups", (ec2, sdk) =>
            collect(sdk.paginateDescribeSecurityGroups({ client: ec2 }, {}), ({ SecurityGroups }) => SecurityGroups),
          )
        )
          // Every network has one that AWS made and nobody can delete.
          .filter(({ GroupName }) => GroupName !== "default")
          .map((shown) => ({ identity: inRegion(client, shown.GroupName!), id: shown.GroupId!, shown })),
    },
  ],

  within: inInstance,
  resource: (model, values) => ({
    args: {
      name: uniqueName(model),
      description: `${model.host.name}: what may come in`,
      ...rulesOf(model, values.sshFrom(model.host.name)),
      tags: tagsOf(model),
    },
  }),
  labels: labelsOf,

  audit: {
    kind: "security-group",
    tell: ({ GroupName = "", VpcId = "" }) => ({ name: GroupName, detail: `in ${VpcId}` }),
  },
};

const ANYWHERE = { cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] };

/**
 * What the host file asks for, and SSH from the hub while the machine has no other way in; everything may go out. A rule
 * that is added by hand is taken away.
 */
function rulesOf({ host }: OfFleet, sshFrom: unknown) {
  const open = host.publicPorts.map((port) => ({
    description: showPort(port),
    protocol: port.protocol,
    fromPort: port.range.from,
    toPort: port.range.to,
    ...ANYWHERE,
  }));
  const ssh = {
    description: "first boot, from the hub",
    protocol: "tcp",
    fromPort: host.sshPort,
    toPort: host.sshPort,
    cidrBlocks: [sshFrom],
  };
  return {
    ingress: sshFrom === undefined ? open : [...open, ssh],
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, ...ANYWHERE }],
  };
}
