import { CloudflareClient } from "../../../src/clouds/cloudflare/client.ts";
import { targetOfTunnel } from "../../../src/clouds/cloudflare/tunnel/index.ts";
import { seedZone } from "../../../src/lab/clouds/cloudflare/index.ts";
import { connectionsOf, tunnelsOf } from "../../../src/lab/clouds/cloudflare/tunnels-store.ts";
import { zone } from "../../../src/model/dns.ts";
import { edge, tunnel, type Tunnel } from "../../../src/model/edge.ts";
import { fleet } from "../../../src/model/fleet.ts";
import { pi } from "../../../src/model/host.ts";
import { account_id, all, startCloudflare, zone_id } from "../cloudflare-cloud.ts";

const other_id = "61aa2fc5577e9f95ec50a60b3e78a002";
const ingressOf = (...names: string[]) =>
  names.map((hostname) => ({ hostname, service: "http://localhost:80" as const }));

/** Two hosts: one carries names of two zones, the other their standby. */
export const homeAndSpare = fleet({
  name: "test",
  hosts: ["alpha", "beta", "spare"].map((name) => pi({ name, os: "debian" })),
  zones: [zone({ name: "example.com", id: zone_id }), zone({ name: "example.org", id: other_id })],
  edge: edge({
    account: account_id,
    tunnels: [
      tunnel({
        name: "home",
        hosts: ["alpha"],
        ingress: ingressOf("www.example.com", "api.example.com", "www.example.org"),
        failover: { to: "standby" },
      }),
      tunnel({ name: "attic", hosts: ["beta"], ingress: ingressOf("attic.example.com") }),
      tunnel({
        name: "standby",
        hosts: ["spare"],
        standby: true,
        ingress: ingressOf("www.example.com", "api.example.com", "*.example.org"),
      }),
    ],
  }),
});

/** That fleet as an `up` leaves it at a local Cloudflare, each tunnel connected. */
export async function startWorld() {
  const cloud = await startCloudflare();
  seedZone(cloud.store, { id: other_id, name: "example.org", accountId: account_id });
  const ids = new Map<string, string>();
  for (const each of homeAndSpare.edge.tunnels) {
    const { id } = await cloud.client.zeroTrust.tunnels.cloudflared.create({
      account_id,
      name: each.name,
      config_src: "cloudflare",
    });
    ids.set(each.name, id!);
    await cloud.client.zeroTrust.tunnels.cloudflared.configurations.update(id!, {
      account_id,
      config: configOf(each) as never,
    });
    for (const index of [0, 1, 2, 3]) connect(id!, index);
    if (!each.standby)
      for (const { hostname } of each.ingress)
        await cloud.client.dns.records.create({
          zone_id: hostname.endsWith(".org") ? other_id : zone_id,
          type: "CNAME",
          name: hostname,
          content: targetOfTunnel(id!),
          proxied: true,
          ttl: 1,
        });
  }

  function connect(tunnel: string, index: number): void {
    const id = `${tunnel}-${index}`;
    connectionsOf(cloud.store).put(id, {
      id,
      tunnel,
      index,
      client: tunnel,
      version: "test",
      opened_at: "2026-11-30T07:00:00Z",
      origin_ip: "192.0.2.1",
    });
  }

  const records = async () =>
    (await Promise.all([zone_id, other_id].map((id) => all(cloud.client.dns.records.list({ zone_id: id }))))).flat();
  const nameOf = (content = "") => [...ids].find(([, id]) => targetOfTunnel(id) === content)?.[0] ?? content;

  return {
    ...cloud,
    env: { CLOUDFLARE_BASE_URL: cloud.url, CLOUDFLARE_API_TOKEN: cloud.token },
    connect: () => new CloudflareClient({ url: cloud.url, token: cloud.token }, homeAndSpare),
    targetOf: (name: string) => targetOfTunnel(ids.get(name)!),
    /** Takes away connections of a tunnel. */
    cut(name: string, left = 0): void {
      for (const index of [0, 1, 2, 3].slice(left)) connectionsOf(cloud.store).delete(`${ids.get(name)}-${index}`);
      const tunnel = tunnelsOf(cloud.store).get(ids.get(name)!)!;
      if (left === 0) tunnelsOf(cloud.store).put(tunnel.id, { ...tunnel, left_at: "2026-11-30T07:10:00Z" });
    },
    /** "www.example.com → home", with the comment where there is one. */
    leads: async () =>
      (await records())
        .map(({ name, content, comment }) => `${name} → ${nameOf(content)}${comment ? ` (${comment})` : ""}`)
        .sort(),
    /** Changes a record by hand. */
    async edit(name: string, fields: { content?: string; comment?: string }): Promise<void> {
      const { id } = (await records()).find((each) => each.name === name)!;
      const zone = name.endsWith(".org") ? other_id : zone_id;
      await cloud.client.dns.records.edit(id, { zone_id: zone, type: "CNAME", name, ttl: 1, ...fields } as never);
    },
    zones: { com: zone_id, org: other_id },
  };
}
export type World = Awaited<ReturnType<typeof startWorld>>;

const configOf = ({ ingress, fallback }: Tunnel) => ({
  ingress: [...ingress.map(({ hostname, service }) => ({ hostname, service })), { service: fallback }],
});
