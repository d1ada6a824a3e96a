import prices from "../../../model/digitalocean-prices.json" with { type: "json" };
import { audited } from "../audited.ts";
import { dollars } from "../hosts.ts";

interface Shown {
  id: string | number;
  name: string;
  resource_type: "droplet" | "volume";
  resource_id: string;
  created_at: string;
  size_gigabytes: number;
}

/** Snapshots of volumes. Those of droplets are images. */
export const snapshot = audited<Shown>({
  is: "digitalocean/snapshot",
  title: "snapshot of a volume",
  token: "digitalocean:index/volumeSnapshot:VolumeSnapshot",
  about: "snapshots of volumes",
  list: (client) => client.list("snapshots", "snapshots", "resource_type=volume&"),
  id: ({ id }) => String(id),
  audit: {
    kind: "snapshot",
    tell: ({ name, resource_id, created_at, size_gigabytes: size }) => ({
      name,
      detail: `${size} GB of volume ${resource_id}, ${created_at.slice(0, 10)}`,
      monthlyCost: dollars(size * prices.snapshot.perGb),
    }),
  },
});
