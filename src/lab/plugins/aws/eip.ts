import type { Kind } from "./resource.ts";
import { unlessGone, type Scope } from "./scope.ts";
import { fromAws, toAws, type Tags } from "./tags.ts";

/** A public address that stays. */
export const eip: Kind = {
  token: "aws:ec2/eip:Eip",
  computed: ["domain"],
  create: (scope, _inputs, tags) =>
    scope.makeOnce(
      "AllocateAddress",
      async (client, sdk) => {
        const { AllocationId } = await client.send(
          new sdk.AllocateAddressCommand({
            Domain: "vpc",
            TagSpecifications: [{ ResourceType: "elastic-ip", Tags: toAws(tags) }],
          }),
        );
        return AllocationId!;
      },
      () => findUnused(scope, tags),
    ),
  async read(scope, id) {
    const address = await describeAddress(scope, id);
    if (address === undefined) return undefined;
    return {
      domain: address.Domain,
      allocationId: id,
      publicIp: address.PublicIp,
      associationId: address.AssociationId,
      instance: address.InstanceId,
      networkInterface: address.NetworkInterfaceId,
      privateIp: address.PrivateIpAddress,
      tagsAll: fromAws(address.Tags),
    };
  },
  async delete(scope, id) {
    await unlessGone(
      scope.send("ReleaseAddress", (client, sdk) => client.send(new sdk.ReleaseAddressCommand({ AllocationId: id }))),
      "InvalidAllocationID.NotFound",
    );
  },
};

export async function describeAddress(scope: Scope, id: string) {
  const found = await unlessGone(
    scope.look("DescribeAddresses", id, (client, sdk) =>
      client.send(new sdk.DescribeAddressesCommand({ AllocationIds: [id] })),
    ),
    "InvalidAllocationID.NotFound",
  );
  return found?.Addresses?.[0];
}

/** An address with exactly these tags that nothing uses yet. */
async function findUnused(scope: Scope, tags: Tags): Promise<string | undefined> {
  const Filters = Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
  const { Addresses = [] } = await scope.send("DescribeAddresses", (client, sdk) =>
    client.send(new sdk.DescribeAddressesCommand({ Filters })),
  );
  return Addresses.find(({ AssociationId }) => !AssociationId)?.AllocationId;
}
