import prices from "../../../model/digitalocean-prices.json" with { type: "json" };
import { audited } from "../audited.ts";
import { dollars } from "../hosts.ts";

interface Shown {
  ip: string;
  region: { slug: string };
  droplet: { id: number; name: string } | null;
}

export const reservedIp = audited<Shown>({
  is: "digitalocean/reserved-ip",
  title: "reserved IP",
  token: "digitalocean:index/reservedIp:ReservedIp",
  about: "reserved IPs",
  list: (client) => client.list("reserved_ips"),
  id: ({ ip }) => ip,
  audit: {
    kind: "reserved-ip",
    tell: ({ ip, region, droplet }) => ({
      name: ip,
      detail: droplet ? `of droplet ${droplet.name}` : `of nothing, in ${region.slug}`,
      monthlyCost: droplet ? undefined : dollars(prices.reservedIp.idle),
    }),
    declared: ({ ip }, { addresses }) => addresses.has(ip),
  },
});
