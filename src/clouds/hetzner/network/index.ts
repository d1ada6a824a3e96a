import { audited } from "../audited.ts";
import type { Named } from "../shapes.ts";

interface Shown extends Named {
  ip_range: string;
  servers: number[];
}

export const network = audited<Shown>({
  is: "hetzner/network",
  title: "network",
  token: "hcloud:index/network:Network",
  about: "networks",
  collection: "networks",
  audit: {
    kind: "network",
    tell: ({ name, ip_range, servers }) => ({
      name,
      detail: `${ip_range}, ` + (servers.length === 0 ? "no server in it" : `servers in it: ${servers.length}`),
    }),
  },
});
