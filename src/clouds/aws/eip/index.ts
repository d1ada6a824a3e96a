import type { Address } from "@aws-sdk/client-ec2";
import prices from "../../../model/aws-prices.json" with { type: "json" };
import type { Kind } from "../../kind.ts";
import type { AwsClient } from "../client.ts";
import { byName, inInstance, inRegion, labelsOf, nameOf, ofMade, tagsOf, type OfFleet } from "../hosts.ts";

/** The address of an instance that the fleet makes; it stays when the instance is made anew. Identity: its tag Name. */
export const eip: Kind<OfFleet, Address, AwsClient> = {
  is: "aws/eip",
  title: "elastic IP",
  token: "aws:ec2/eip:Eip",

  declared: (fleet) => ofMade(fleet, (host) => `${host}-address`),
  identity: ({ host }) => inRegion(host, host.name),
  held: () => undefined,
  ask: (client) => [
    {
      about: "elastic IPs",
      list: async () =>
        (
          await client.list("DescribeAddresses", async (ec2, sdk) => {
            const { Addresses = [] } = await ec2.send(new sdk.DescribeAddressesCommand({}));
            return Addresses;
          })
        ).map((shown) => ({
          identity: byName(client, shown, shown.AllocationId!),
          id: shown.AllocationId!,
          shown,
        })),
    },
  ],

  within: inInstance,
  resource: (model) => ({
    args: { domain: "vpc", tags: tagsOf(model) },
    options: { protect: model.host.protect },
  }),
  labels: labelsOf,
  sharesNames: true,
  address: {
    held: ({ inputs = {}, outputs = {} }) =>
      typeof outputs.publicIp === "string"
        ? [String((inputs.tags as Record<string, unknown> | undefined)?.host), outputs.publicIp]
        : undefined,
    shown: (shown) => (shown.PublicIp ? [nameOf(shown), shown.PublicIp] : undefined),
  },

  audit: {
    kind: "elastic-ip",
    tell: ({ PublicIp = "", InstanceId }) => ({
      name: PublicIp,
      detail: InstanceId ? `of ${InstanceId}` : "of nothing",
      monthlyCost: { usd: prices.address.monthly },
    }),
    declared: ({ PublicIp = "" }, { addresses }) => addresses.has(PublicIp),
  },
};
