import { audited } from "../audited.ts";

interface Shown {
  id: string;
  name: string;
  region: string;
  ip_range: string;
  default: boolean;
}

/** Private networks but those that DigitalOcean makes by itself in every region that is used. */
export const vpc = audited<Shown>({
  is: "digitalocean/vpc",
  title: "VPC",
  token: "digitalocean:index/vpc:Vpc",
  about: "VPCs",
  list: async (client) => (await client.list<Shown>("vpcs")).filter((each) => !each.default),
  id: ({ id }) => id,
  audit: {
    kind: "vpc",
    tell: ({ name, region, ip_range }) => ({ name, detail: `${ip_range} in ${region}` }),
  },
});
