import type { Properties } from "../../../plugin/types.ts";
import { unlessGone } from "../http-client.ts";
import { unless, type Client, type Json } from "./client.ts";
import type { Kind, Plain } from "./resource.ts";

/** A resource type that one path makes, reads, changes and deletes. */
interface Simple extends Pick<Kind, "name" | "computed" | "unreadable"> {
  path: string;
  /** The key of one in bodies. */
  one: string;
  /** The field that is its id. Default id. */
  id?: string;
  body: (inputs: Plain) => Json;
  properties: (shown: Json) => Properties;
  /** Left out: every change replaces. */
  change?: (news: Plain) => Json;
}

const simple = ({ path, one, id: field = "id", body, properties, change, ...facts }: Simple): Kind => {
  const at = (id: string): string => `${path}/${encodeURIComponent(id)}`;
  const find = (client: Client, id: string) => unlessGone(client.call<Record<string, Json>>("GET", at(id)));
  return {
    ...facts,
    create: async (client, inputs) =>
      String((await client.call<Record<string, Json>>("POST", path, body(inputs)))[one]![field]),
    read: async (client, id) => {
      const found = await find(client, id);
      return found && properties(found[one]!);
    },
    ...(change !== undefined && {
      update: async (client: Client, id: string, _olds: Plain, news: Plain) =>
        void (await client.call("PUT", at(id), change(news))),
    }),
    delete: (client, id) => unless([404], client.call("DELETE", at(id))),
  };
};

export const sshKey = simple({
  name: "sshKey",
  path: "/account/keys",
  one: "ssh_key",
  body: ({ name, publicKey }) => ({ name, public_key: publicKey }),
  properties: ({ name, public_key, fingerprint }) => ({ name, publicKey: public_key, fingerprint }) as Properties,
  change: ({ name }) => ({ name }),
});

export const tag = simple({
  name: "tag",
  path: "/tags",
  one: "tag",
  id: "name",
  body: ({ name }) => ({ name }),
  properties: ({ name, resources }) => {
    const counts = resources as Record<string, { count: number }> & { count: number };
    return {
      name: String(name),
      totalResourceCount: counts.count,
      dropletsCount: counts.droplets?.count ?? 0,
      imagesCount: counts.images?.count ?? 0,
      volumesCount: counts.volumes?.count ?? 0,
      volumeSnapshotsCount: counts.volume_snapshots?.count ?? 0,
      databasesCount: counts.databases?.count ?? 0,
    };
  },
});

export const vpc = simple({
  name: "vpc",
  computed: ["ipRange"],
  path: "/vpcs",
  one: "vpc",
  body: ({ name, description, region, ipRange }) => ({ name, description, region, ip_range: ipRange }),
  properties: ({ name, description, region, ip_range, created_at, default: isDefault, urn }) =>
    ({
      name,
      description,
      region,
      ipRange: ip_range,
      createdAt: created_at,
      default: isDefault,
      vpcUrn: urn,
    }) as Properties,
  change: ({ name, description }) => ({ name, description: description ?? "" }),
});

export const domain = simple({
  name: "domain",
  unreadable: ["ipAddress"],
  path: "/domains",
  one: "domain",
  id: "name",
  body: ({ name, ipAddress }) => ({ name, ip_address: ipAddress }),
  properties: ({ name, ttl }) => ({ name, ttl, domainUrn: `do:domain:${String(name)}` }) as Properties,
});

/** A picture of a droplet, which stays when the droplet goes. */
export const dropletSnapshot: Kind = {
  name: "dropletSnapshot",
  async create(client, { dropletId, name }) {
    const path = `/droplets/${String(dropletId)}`;
    await client.act(`${path}/actions`, { type: "snapshot", name });
    const pictures = await client.all<{ id: number; name: string }>(`${path}/snapshots`, "snapshots");
    const made = pictures.findLast((picture) => picture.name === name);
    if (made === undefined)
      throw new Error(`droplet ${String(dropletId)} has no snapshot ${String(name)} after it was made`);
    return String(made.id);
  },
  async read(client, id) {
    const found = await unlessGone(client.call<{ snapshot: Json }>("GET", `/snapshots/${id}`));
    if (found === undefined) return undefined;
    const { name, resource_id, created_at, min_disk_size, regions, size_gigabytes } = found.snapshot;
    return {
      name,
      dropletId: resource_id,
      createdAt: created_at,
      minDiskSize: min_disk_size,
      regions,
      size: size_gigabytes,
    } as Properties;
  },
  delete: (client, id) => unless([404], client.call("DELETE", `/snapshots/${id}`)),
};
