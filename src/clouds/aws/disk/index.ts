import type { Volume } from "@aws-sdk/client-ec2";
import { awsDiskCost } from "../../../model/host-cost.ts";
import type { Kind } from "../../kind.ts";
import { collect, type AwsClient } from "../client.ts";
import { nameOf } from "../hosts.ts";
import { instance } from "../instance/index.ts";

const ROOT_DEVICE = /^\/dev\/(xvda|sda1)$/;

/** A disk: that of an instance is declared with it, others are only told of. */
export const disk: Kind<never, Volume, AwsClient> = {
  is: "aws/disk",
  title: "disk",
  token: "aws:ebs/volume:Volume",

  declared: () => [],
  identity: () => undefined,
  held: () => undefined,
  ask: (client) => [
    {
      about: "disks",
      list: async () =>
        (
          await client.list("DescribeVolumes", (ec2, sdk) =>
            collect(sdk.paginateDescribeVolumes({ client: ec2 }, {}), ({ Volumes }) => Volumes),
          )
        ).map((shown) => ({ identity: shown.VolumeId!, id: shown.VolumeId!, shown })),
    },
  ],
  within: () => [],

  audit: {
    kind: "disk",
    tell(shown) {
      const at = shown.Attachments?.[0];
      // What an instance starts from, and what is deleted with it.
      const isPart = at?.InstanceId && (at.DeleteOnTermination || ROOT_DEVICE.test(at.Device ?? ""));
      return {
        name: nameOf(shown, shown.VolumeId),
        detail:
          `${shown.Size} GB ${shown.VolumeType}, ` +
          (at?.InstanceId ? `attached to ${at.InstanceId}` : "attached to nothing"),
        monthlyCost: awsDiskCost(shown.VolumeType, shown.Size),
        ...(isPart && { partOf: { type: instance.token, id: at.InstanceId! } }),
      };
    },
  },
};
