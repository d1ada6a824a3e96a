import { audited } from "../audited.ts";
import { attachedTo, euros, type Named, type Place } from "../shapes.ts";

interface Shown extends Named {
  size: number;
  location: Place;
  server: number | null;
}

export const volume = audited<Shown>({
  is: "hetzner/volume",
  title: "volume",
  token: "hcloud:index/volume:Volume",
  about: "volumes",
  collection: "volumes",
  audit: {
    kind: "volume",
    tell: async ({ name, size, location, server }, client) => ({
      name,
      detail: `${size} GB in ${location.name}, ${attachedTo(server)}`,
      monthlyCost: euros(Number((await client.prices())?.volume.price_per_gb_month.net) * size),
    }),
  },
});
