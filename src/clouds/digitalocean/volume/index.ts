import { audited } from "../audited.ts";
import { dollars } from "../hosts.ts";

interface Shown {
  id: string;
  name: string;
  size_gigabytes: number;
  region: { slug: string };
  droplet_ids: number[];
}

/** Dollars a month for each GB (https://www.digitalocean.com/pricing/volumes, 2026-11): the API tells no price of it. */
const PER_GB = 0.1;

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
      monthlyCost: dollars(size * PER_GB),
    }),
  },
});
