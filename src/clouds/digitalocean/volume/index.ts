import prices from "../../../model/digitalocean-prices.json" with { type: "json" };
import { audited } from "../audited.ts";
import { dollars } from "../hosts.ts";

interface Shown {
  id: string;
  name: string;
  size_gigabytes: number;
  region: { slug: string };
  droplet_ids: number[];
}

export const volume = audited<Shown>({
  is: "digitalocean/volume",
  title: "volume",
  token: "digitalocean:index/volume:Volume",
  about: "volumes",
  list: (client) => client.list("volumes"),
  id: ({ id }) => id,
  audit: {
    kind: "volume",
    tell: ({ name, size_gigabytes: size, region, droplet_ids: [droplet] }) => ({
      name,
      detail: `${size} GB in ${region.slug}, attached to ${droplet === undefined ? "nothing" : `droplet ${droplet}`}`,
      monthlyCost: dollars(size * prices.volume.perGb),
    }),
  },
});
