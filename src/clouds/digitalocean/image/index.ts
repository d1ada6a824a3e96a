import prices from "../../../model/digitalocean-prices.json" with { type: "json" };
import { audited } from "../audited.ts";
import { dollars } from "../hosts.ts";

interface Shown {
  id: number;
  name: string;
  type: string;
  distribution: string;
  created_at: string;
  size_gigabytes: number;
}

/** The account's own images: snapshots of droplets, and what was uploaded. Backups are billed with their droplet. */
export const image = audited<Shown>({
  is: "digitalocean/image",
  title: "image",
  token: "digitalocean:index/dropletSnapshot:DropletSnapshot",
  about: "images",
  list: async (client) =>
    (await client.list<Shown>("images", "images", "private=true&")).filter(({ type }) => type !== "backup"),
  id: ({ id }) => String(id),
  audit: {
    kind: "image",
    tell: ({ name, type, distribution, created_at, size_gigabytes: size }) => ({
      name,
      detail: `${type} of ${distribution}, ${size} GB, ${created_at.slice(0, 10)}`,
      monthlyCost: dollars(size * prices.snapshot.perGb),
    }),
  },
});
