import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import { a, cname, mx, txt, zone } from "../../../src/model/dns.ts";
import type { DnsRecord } from "../../../src/model/dns-record.ts";
import { bucket, d1, edge, kv, pages, tunnel, worker } from "../../../src/model/edge.ts";
import { aws, digitalocean, hetzner, type Host } from "../../../src/model/host.ts";
import { account_id, all, zone_id } from "../../clouds/cloudflare-cloud.ts";
import type { FleetInput, World } from "./world.ts";

/** A part of the fleet that the test brings up, edits, breaks and takes down. `edited` is its second version. */
interface Parts {
  hosts: Host[];
  records: DnsRecord[];
  settings: Record<string, string>;
  edge: Parameters<typeof edge>[0];
}

export interface Row {
  /** The kind's folder. */
  kind: string;
  /** What it is called in the stack. */
  name: string;
  declare(parts: Parts, edited: boolean): void;
  /** What the edit does; nothing where nothing of it can be edited. */
  edit?: "update";
  /** What somebody does to it in a console, and the property in which drift must tell it. */
  byHand?: { do(world: World): Promise<unknown>; path: string };
  /** What `up` does to one that exists and is taken over; "import" when left out. */
  adopted?: "import" | "left" | "update";
  /** It stays when its line goes. */
  isProtected?: true;
}

const id = { account_id, zone_id };
const recordOf = async ({ cloudflare: { client } }: World, type: string, name: string) =>
  (await all(client.dns.records.list({ zone_id }))).find((r) => r.type === type && r.name === name)!;
const editRecord = (type: string, name: string, change: object) => async (world: World) =>
  world.cloudflare.client.dns.records.edit((await recordOf(world, type, name)).id, { zone_id, ...change } as never);
const tunnelId = async ({ cloudflare: { client } }: World) =>
  (await all(client.zeroTrust.tunnels.cloudflared.list({ account_id, is_deleted: false })))[0]!.id!;
const region = "eu-west-2";
const server = async ({ hetzner: cloud }: World, collection: string, name: string) => {
  const { body } = await cloud.call("GET", `/${collection}?name=${name}`);
  return (body as Record<string, [{ id: number }]>)[collection]![0].id;
};

const dns = (name: string, make: (edited: boolean) => DnsRecord, more: Partial<Row>): Row => ({
  kind: "cloudflare/record",
  name,
  declare: ({ records }, edited) => void records.push(make(edited)),
  edit: "update",
  ...more,
});

export const rows: Row[] = [
  dns(
    "plain.example.com A 192.0.2.1",
    (edited) => a("plain", "192.0.2.1", edited ? { ttl: 300, comment: "by the fleet" } : {}),
    { byHand: { do: editRecord("A", "plain.example.com", { comment: "by hand" }), path: "comment" } },
  ),
  dns("proxied.example.com A web", (edited) => a("proxied", { ref: "address", name: "web" }, { proxied: edited }), {
    byHand: { do: editRecord("A", "proxied.example.com", { proxied: false }), path: "proxied" },
  }),
  dns("www.example.com CNAME", (edited) => cname("www", edited ? "b.example.net" : "a.example.net"), {
    byHand: { do: editRecord("CNAME", "www.example.com", { content: "evil.example.org" }), path: "content" },
  }),
  dns("example.com MX 20 mx.example.net", (edited) => mx("@", "mx.example.net", { priority: edited ? 20 : 10 }), {}),
  dns("example.com TXT v=spf1 ~all", (edited) => txt("@", edited ? "v=spf1 ~all" : "v=spf1 -all"), {}),
  {
    kind: "cloudflare/zone-setting",
    name: "example.com-ssl",
    declare: ({ settings }, edited) => void (settings.ssl = edited ? "full" : "strict"),
    edit: "update",
    byHand: {
      do: ({ cloudflare: { client } }) => client.zones.settings.edit("ssl", { zone_id, value: "off" }),
      path: "value",
    },
  },
  {
    kind: "cloudflare/bucket",
    name: "models",
    declare: (parts) =>
      void (parts.edge.buckets ??= []).push(bucket({ name: "models", customDomains: ["cdn.Example.com"] })),
    isProtected: true,
  },
  {
    kind: "cloudflare/bucket-domain",
    name: "cdn.example.com",
    declare: () => {},
    byHand: {
      do: ({ cloudflare: { client } }) =>
        client.r2.buckets.domains.custom.update("cdn.example.com", {
          account_id,
          bucket_name: "models",
          enabled: false,
        }),
      path: "enabled",
    },
    adopted: "left",
    isProtected: true,
  },
  {
    kind: "cloudflare/kv",
    name: "brain",
    declare: (parts, edited) =>
      void (parts.edge.kv ??= []).push(kv({ name: "brain", values: { "current/sprint": edited ? "43" : "42" } })),
  },
  {
    kind: "cloudflare/kv-value",
    name: "brain/current/sprint",
    declare: () => {},
    edit: "update",
    byHand: {
      async do({ cloudflare: { client } }) {
        const [brain] = await all(client.kv.namespaces.list({ account_id }));
        await client.kv.namespaces.values.update("current/sprint", {
          account_id,
          namespace_id: brain!.id,
          value: "0",
        });
      },
      path: "value",
    },
  },
  {
    kind: "cloudflare/database",
    name: "ledger",
    declare: (parts) => void (parts.edge.d1 ??= []).push(d1({ name: "ledger" })),
    isProtected: true,
  },
  {
    kind: "cloudflare/worker",
    name: "photon",
    declare: (parts, edited) =>
      void (parts.edge.workers ??= []).push(
        worker({
          name: "photon",
          script: "w/photon.js",
          hostnames: ["photon.example.com"],
          routes: [{ pattern: "example.com/photon/*", zone: "example.com" }],
          bindings: { BRAIN: { kv: "brain" }, ...(edited && { MODE: { text: "live" } }) },
        }),
      ),
    edit: "update",
    // Its main module is shown to nobody.
    adopted: "update",
  },
  {
    kind: "cloudflare/worker-domain",
    name: "photon.example.com",
    declare: () => {},
    byHand: {
      async do({ cloudflare: { client } }) {
        const [domain] = await all(client.workers.domains.list({ account_id }));
        await client.workers.domains.delete(domain!.id, { account_id });
      },
      path: "",
    },
  },
  {
    kind: "cloudflare/worker-route",
    name: "example.com/photon/*",
    declare: () => {},
    byHand: {
      async do({ cloudflare: { client } }) {
        const [route] = await all(client.workers.routes.list({ zone_id }));
        await client.workers.routes.update(route!.id, {
          zone_id,
          pattern: "example.com/elsewhere/*",
          script: "photon",
        });
      },
      path: "pattern",
    },
  },
  {
    kind: "cloudflare/pages-project",
    name: "site",
    declare: (parts, edited) =>
      void (parts.edge.pages ??= []).push(
        pages({ name: "site", domains: ["site.example.com"], productionBranch: edited ? "live" : "main" }),
      ),
    edit: "update",
    byHand: {
      do: ({ cloudflare: { client } }) => client.pages.projects.edit("site", { account_id, production_branch: "evil" }),
      path: "productionBranch",
    },
  },
  {
    kind: "cloudflare/tunnel",
    name: "home",
    declare: (parts, edited) =>
      void (parts.edge.tunnels ??= []).push(
        tunnel({
          name: "home",
          hosts: ["web"],
          ingress: [
            {
              hostname: "api.Example.com",
              service: edited ? "https://localhost:8443" : "http://localhost:8000",
              ...(edited && { origin: { noTLSVerify: true, connectTimeout: 5 } }),
            },
            { hostname: "home.example.com", service: "http://localhost:3000" },
          ],
        }),
      ),
    byHand: {
      do: async (world) =>
        world.cloudflare.client.zeroTrust.tunnels.cloudflared.edit(await tunnelId(world), {
          account_id,
          name: "house",
        }),
      path: "name",
    },
  },
  {
    kind: "cloudflare/tunnel-config",
    name: "home",
    declare: () => {},
    edit: "update",
    byHand: {
      async do(world) {
        const { configurations } = world.cloudflare.client.zeroTrust.tunnels.cloudflared;
        const id = await tunnelId(world);
        const { config } = await configurations.get(id, { account_id });
        const [first, ...rest] = config!.ingress!;
        const edited = { ...first!, originRequest: { httpHostHeader: "elsewhere.example.org" } };
        await configurations.update(id, { account_id, config: { ingress: [edited, ...rest] } });
      },
      path: "config.ingresses",
    },
  },
  { kind: "cloudflare/record", name: "api.example.com CNAME", declare: () => {} },
  {
    kind: "cloudflare/record",
    name: "home.example.com CNAME",
    declare: () => {},
    byHand: { do: editRecord("CNAME", "home.example.com", { content: "evil.example.org" }), path: "content" },
  },
  { kind: "cloudflare/record", name: "site.example.com CNAME", declare: () => {} },
  {
    kind: "cloudflare/pages-domain",
    name: "site.example.com",
    declare: () => {},
    byHand: {
      do: ({ cloudflare: { client } }) =>
        client.pages.projects.domains.delete("site.example.com", { account_id, project_name: "site" }),
      path: "",
    },
  },
  {
    kind: "hetzner/server",
    name: "web",
    declare: ({ hosts }, edited) =>
      void hosts.push(
        hetzner({
          name: "web",
          type: edited ? "cx33" : "cx23",
          location: "hel1",
          os: "debian",
          publicPorts: edited ? ["80/tcp", "443/tcp"] : ["80/tcp"],
        }),
      ),
    edit: "update",
    byHand: {
      do: async (world) =>
        world.hetzner.call("PUT", `/servers/${await server(world, "servers", "web")}`, { labels: { fleet: "kinds" } }),
      path: "labels.",
    },
  },
  {
    kind: "hetzner/firewall",
    name: "web-firewall",
    declare: () => {},
    edit: "update",
    byHand: {
      do: async (world) =>
        world.hetzner.call("POST", `/firewalls/${await server(world, "firewalls", "web")}/actions/set_rules`, {
          rules: [],
        }),
      path: "rules",
    },
  },
  {
    kind: "digitalocean/droplet",
    name: "failover",
    declare: ({ hosts }, edited) =>
      void hosts.push(
        digitalocean({
          name: "failover",
          size: edited ? "s-1vcpu-2gb" : "s-1vcpu-1gb",
          region: "nyc3",
          os: "debian",
          roles: ["relay"],
          publicPorts: edited ? ["80/tcp", "443/tcp"] : ["80/tcp"],
        }),
      ),
    edit: "update",
    byHand: {
      do: async ({ digitalocean: cloud }) => {
        const { droplets } = (await cloud!.done("GET", "/droplets?name=failover")) as { droplets: [{ id: number }] };
        await cloud!.done("DELETE", "/tags/role:relay/resources", {
          resources: [{ resource_id: String(droplets[0].id), resource_type: "droplet" }],
        });
      },
      path: "tags",
    },
  },
  {
    kind: "digitalocean/firewall",
    name: "failover-firewall",
    declare: () => {},
    edit: "update",
    byHand: {
      do: async ({ digitalocean: cloud }) => {
        const { firewalls } = (await cloud!.done("GET", "/firewalls")) as { firewalls: [{ id: string }] };
        await cloud!.done("POST", `/firewalls/${firewalls[0].id}/rules`, {
          inbound_rules: [{ protocol: "tcp", ports: "8443", sources: { addresses: ["0.0.0.0/0"] } }],
        });
      },
      path: "inboundRules",
    },
  },
  { kind: "digitalocean/tag", name: "failover-tag", declare: () => {} },
  {
    kind: "aws/instance",
    name: "london",
    declare: ({ hosts }, edited) =>
      void hosts.push(
        aws({
          name: "london",
          type: edited ? "t4g.micro" : "t4g.nano",
          region,
          os: "debian",
          ami: process.env.FLEET_TEST_AMI,
          publicPorts: edited ? ["80/tcp", "443/tcp"] : ["80/tcp"],
        }),
      ),
    edit: "update",
    byHand: { do: tagged, path: "tags" },
    // moto keeps no credits, so the lab does not show them.
    adopted: "update",
  },
  {
    kind: "aws/security-group",
    name: "london-firewall",
    declare: () => {},
    edit: "update",
    byHand: {
      async do({ aws: cloud }) {
        const ec2 = cloud!.client(region);
        const { SecurityGroups = [] } = await ec2.send(
          new DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-name", Values: ["kinds-london"] }] }),
        );
        const GroupId = SecurityGroups[0]!.GroupId;
        await ec2.send(
          new AuthorizeSecurityGroupIngressCommand({
            GroupId,
            IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
          }),
        );
      },
      path: "ingress",
    },
  },
  { kind: "aws/key-pair", name: "london-key", declare: () => {} },
  { kind: "aws/eip", name: "london-address", declare: () => {} },
];

/** Somebody calls the fleet's instance otherwise. */
async function tagged({ aws: cloud }: World): Promise<void> {
  const ec2 = cloud!.client(region);
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
  await ec2.send(new CreateTagsCommand({ Resources: [instance!.InstanceId!], Tags: [{ Key: "Name", Value: "mine" }] }));
}

/** The fleet of some rows. */
export function fleetOf(some: readonly Row[], edited = false): FleetInput {
  const parts: Parts = { hosts: [], records: [], settings: {}, edge: { account: account_id } };
  for (const row of some) row.declare(parts, edited);
  return {
    name: "kinds",
    hosts: parts.hosts,
    zones: [zone({ name: "example.com", id: id.zone_id, records: parts.records, settings: parts.settings })],
    edge: edge(parts.edge),
  };
}
