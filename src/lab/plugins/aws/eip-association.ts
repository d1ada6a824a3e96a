import { describeAddress } from "./eip.ts";
import type { Kind } from "./resource.ts";
import { unlessGone } from "./scope.ts";

/** A public address on an instance. Making it again for the same instance changes nothing. */
export const eipAssociation: Kind = {
  token: "aws:ec2/eipAssociation:EipAssociation",
  unreadable: ["allowReassociation"],
  async create(scope, { allocationId, instanceId, allowReassociation }) {
    const wanted = {
      AllocationId: String(allocationId),
      InstanceId: String(instanceId),
      AllowReassociation: allowReassociation === true,
    };
    const { AssociationId } = await scope.send("AssociateAddress", (client, sdk) =>
      client.send(new sdk.AssociateAddressCommand(wanted)),
    );
    return AssociationId!;
  },
  async read(scope, id, declared, state) {
    const known = state.allocationId ?? declared.allocationId;
    const address =
      known === undefined
        ? (
            await scope.send("DescribeAddresses", (client, sdk) =>
              client.send(new sdk.DescribeAddressesCommand({ Filters: [{ Name: "association-id", Values: [id] }] })),
            )
          ).Addresses?.[0]
        : await describeAddress(scope, String(known));
    if (address?.AssociationId !== id) return undefined;
    return {
      allocationId: address.AllocationId,
      instanceId: address.InstanceId,
      networkInterfaceId: address.NetworkInterfaceId,
      privateIpAddress: address.PrivateIpAddress,
      publicIp: address.PublicIp,
    };
  },
  async delete(scope, id) {
    await unlessGone(
      scope.send("DisassociateAddress", (client, sdk) =>
        client.send(new sdk.DisassociateAddressCommand({ AssociationId: id })),
      ),
      "InvalidAssociationID.NotFound",
    );
  },
};
