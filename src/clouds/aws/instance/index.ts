import type { Instance } from "@aws-sdk/client-ec2";
import type { Kind } from "../../kind.ts";
import { collect, isThere, type AwsClient } from "../client.ts";
import { byName, inInstance, inRegion, labelsOf, nameOf, ofHosts, tagsOf, type OfFleet } from "../hosts.ts";
import { keyPair } from "../key-pair/index.ts";
import { securityGroup } from "../security-group/index.ts";

/** An EC2 instance. Identity: its tag Name in the region. */
export const instance: Kind<OfFleet, Instance, AwsClient> = {
  is: "aws/instance",
  title: "instance",
  token: "aws:ec2/instance:Instance",

  declared: (fleet) => ofHosts(fleet),
  identity: ({ host }) => inRegion(host, host.name),
  held: () => undefined,
  ask: (client) => [
    {
      about: "instances",
      list: async () =>
        (
          await client.list("DescribeInstances", (ec2, sdk) =>
            collect(sdk.paginateDescribeInstances({ client: ec2 }, {}), ({ Reservations = [] }) =>
              Reservations.flatMap(({ Instances = [] }) => Instances),
            ),
          )
        )
          .filter(isThere)
          .map((shown) => ({
            identity: byName(client, shown, shown.InstanceId!),
            id: shown.InstanceId!,
            shown,
          })),
    },
  ],

  within: inInstance,
  resource(model, values) {
    const { host } = model;
    const made = () => ({
      keyName: values.of(keyPair.is, `${host.name}-key`, "keyName"),
      vpcSecurityGroupIds: [values.of(securityGroup.is, `${host.name}-firewall`, "id")],
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required" },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: host.diskGb, tags: tagsOf(model) },
      userData: values.userData(host.name),
      // Without this a busy machine costs more than its price, and no budget knows of it.
      ...(/^t\d/.test(host.type) && { creditSpecification: { cpuCredits: "standard" } }),
    });
    return {
      args: {
        ami: values.image(host.name),
        instanceType: host.type,
        tags: tagsOf(model),
        ...(!host.adopt && made()),
      },
      options: {
        protect: host.protect,
        // It has its name in the fleet, its key pair and its address: a replacement has to make room first.
        deleteBeforeReplace: true,
        // Read at the first boot only: changing them later must neither replace the machine nor restart it.
        ignoreChanges: ["ami", "keyName", "userData"],
      },
    };
  },

  labels: labelsOf,
  sharesNames: true,
  adopts: ({ host }) => host.adopt && (host.id === undefined || { id: host.id }),
  address: {
    held: () => undefined,
    shown: (shown) => (shown.PublicIpAddress ? [nameOf(shown), shown.PublicIpAddress] : undefined),
  },

  audit: {
    kind: "instance",
    tell: (shown) => ({
      name: nameOf(shown, shown.InstanceId),
      detail: [shown.InstanceType, shown.State?.Name, shown.PublicIpAddress].filter(Boolean).join(", "),
    }),
    declared: ({ InstanceId }, { fleet }) => fleet.hosts.some((host) => host.kind === "aws" && host.id === InstanceId),
  },
  quirks: [
    {
      is: "lists a terminated instance for another hour",
      seen: "2026-11",
      source: "the EC2 user guide: terminated instances stay visible for a short while",
    },
  ],
};
