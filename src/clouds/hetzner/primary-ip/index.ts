import { audited } from "../audited.ts";
import { server } from "../server/index.ts";
import { addressPrice, attachedTo, locationOf, type Named, type Place } from "../shapes.ts";

interface Shown extends Named {
  ip: string;
  type: string;
  location?: Place;
  datacenter?: { location: Place };
  assignee_id: number | null;
}

export const primaryIp = audited<Shown>({
  is: "hetzner/primary-ip",
  title: "primary IP",
  token: "hcloud:index/primaryIp:PrimaryIp",
  about: "primary IPs",
  collection: "primary_ips",
  // The others are free, and come with every server.
  counts: ({ type }) => type === "ipv4",
  audit: {
    kind: "primary-ip",
    tell: async (shown, client) => ({
      name: shown.name,
      detail: `${shown.ip} in ${locationOf(shown)}, ${attachedTo(shown.assignee_id)}`,
      monthlyCost: addressPrice((await client.prices())?.primary_ips, shown.type, locationOf(shown)),
      ...(shown.assignee_id !== null && { partOf: { type: server.token, id: String(shown.assignee_id) } }),
    }),
    declared: ({ ip }, { addresses }) => addresses.has(ip),
  },
});
