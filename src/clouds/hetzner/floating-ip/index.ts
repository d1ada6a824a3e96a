import { audited } from "../audited.ts";
import { addressPrice, attachedTo, type Named, type Place } from "../shapes.ts";

interface Shown extends Named {
  ip: string;
  type: string;
  home_location: Place;
  server: number | null;
}

export const floatingIp = audited<Shown>({
  is: "hetzner/floating-ip",
  title: "floating IP",
  token: "hcloud:index/floatingIp:FloatingIp",
  about: "floating IPs",
  collection: "floating_ips",
  audit: {
    kind: "floating-ip",
    tell: async ({ name, ip, type, home_location, server }, client) => ({
      name,
      detail: `${ip} in ${home_location.name}, ${attachedTo(server)}`,
      monthlyCost: addressPrice((await client.prices())?.floating_ips, type, home_location.name),
    }),
  },
});
