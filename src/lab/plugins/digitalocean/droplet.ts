import type { Properties } from "../../../plugin/types.ts";
import { unlessGone } from "../http-client.ts";
import { unless, until, type Client, type Json } from "./client.ts";
import type { Kind, Plain } from "./resource.ts";
import { listOf, retag } from "./tags.ts";

interface Address {
  ip_address: string;
  type: "public" | "private";
}

interface Shown {
  name: string;
  created_at: string;
  status: string;
  locked: boolean;
  features: string[];
  image: { id: number; slug: string | null };
  region: { slug: string };
  size: { price_hourly: number; price_monthly: number };
  size_slug: string;
  networks: { v4: Address[]; v6: Address[] };
  tags: string[];
  volume_ids: string[];
  vpc_uuid: string;
  disk: number;
  memory: number;
  vcpus: number;
}

/**
 * A droplet. Like the official provider it does not compare which image it was made from, since a slug means another
 * image after some weeks, nor when backups are made.
 */
export const droplet: Kind = {
  name: "droplet",
  computed: ["region", "vpcUuid", "volumeIds", "ipv6Address", "privateNetworking"],
  unreadable: [
    "image",
    "backupPolicy",
    "sshKeys",
    "userData",
    "dropletAgent",
    "gracefulShutdown",
    "resizeDisk",
    "publicNetworking",
  ],
  replacedBy: (olds, news) => (olds.ipv6 === true && news.ipv6 !== true ? ["ipv6"] : []),
  async create(client, inputs, made) {
    const reply = await client.call<{ droplet: { id: number }; links: { actions: { id: number }[] } }>(
      "POST",
      "/droplets",
      bodyOf(inputs),
    );
    const id = String(reply.droplet.id);
    made(id);
    for (const action of reply.links.actions) await client.finished(action.id);
    return id;
  },
  async read(client, id) {
    const found = await unlessGone(client.call<{ droplet: Shown }>("GET", `/droplets/${id}`));
    if (found === undefined || found.droplet.status === "archive") return undefined;
    return propertiesOf(id, found.droplet);
  },
  async update(client, id, olds, news) {
    const act = (body: Json): Promise<void> => client.act(`/droplets/${id}/actions`, body);
    if (news.size !== olds.size) {
      const { droplet } = await client.call<{ droplet: Shown }>("GET", `/droplets/${id}`);
      await resize(act, droplet.status === "off", String(news.size), news.resizeDisk !== false);
    }
    if (news.name !== olds.name) await act({ type: "rename", name: news.name });
    await changeBackups(act, olds, news);
    if (news.ipv6 === true && olds.ipv6 !== true) await act({ type: "enable_ipv6" });
    await retag(client, { resource_id: id, resource_type: "droplet" }, olds.tags, news.tags);
    if (news.volumeIds === undefined) return;
    const [before, after] = [listOf(olds.volumeIds), listOf(news.volumeIds)];
    for (const volume of after.filter((each) => !before.includes(each)))
      await client.act(`/volumes/${volume}/actions`, { type: "attach", droplet_id: Number(id) });
    for (const volume of before.filter((each) => !after.includes(each))) await detach(client, volume, id);
  },
  async delete(client, id, state) {
    for (const volume of listOf(state.volumeIds)) await unless([404, 422], detach(client, volume, id));
    if (state.gracefulShutdown === true)
      await unless([404], client.act(`/droplets/${id}/actions`, { type: "shutdown" }));
    await unless([404], client.call("DELETE", `/droplets/${id}`));
    await until(async () => (await unlessGone(client.call("GET", `/droplets/${id}`))) === undefined);
  },
};

function bodyOf(inputs: Plain): Json {
  const { image, sshKeys, backupPolicy } = inputs;
  return {
    name: inputs.name,
    region: inputs.region,
    size: inputs.size,
    image: /^\d+$/.test(String(image)) ? Number(image) : image,
    ssh_keys: listOf(sshKeys).map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
    backups: inputs.backups ?? false,
    ...(backupPolicy !== undefined && { backup_policy: backupPolicy }),
    ipv6: inputs.ipv6 ?? false,
    monitoring: inputs.monitoring ?? false,
    tags: inputs.tags ?? [],
    user_data: inputs.userData,
    volumes: inputs.volumeIds ?? [],
    vpc_uuid: inputs.vpcUuid,
    with_droplet_agent: inputs.dropletAgent,
    public_networking: inputs.publicNetworking,
  };
}

function propertiesOf(id: string, shown: Shown): Properties {
  const address = (list: Address[], type: Address["type"]) =>
    list.find((each) => each.type === type)?.ip_address ?? null;
  return {
    name: shown.name,
    region: shown.region.slug,
    size: shown.size_slug,
    image: shown.image.slug ?? String(shown.image.id),
    backups: shown.features.includes("backups"),
    ipv6: shown.features.includes("ipv6"),
    monitoring: shown.features.includes("monitoring"),
    privateNetworking: shown.features.includes("private_networking"),
    resizeDisk: true,
    tags: shown.tags,
    volumeIds: shown.volume_ids,
    vpcUuid: shown.vpc_uuid,
    createdAt: shown.created_at,
    disk: shown.disk,
    memory: shown.memory,
    vcpus: shown.vcpus,
    dropletUrn: `do:droplet:${id}`,
    ipv4Address: address(shown.networks.v4, "public"),
    ipv4AddressPrivate: address(shown.networks.v4, "private"),
    ipv6Address: address(shown.networks.v6, "public"),
    locked: shown.locked,
    priceHourly: shown.size.price_hourly,
    priceMonthly: shown.size.price_monthly,
    status: shown.status,
  };
}

type Act = (body: Json) => Promise<void>;

/** Only a droplet that is off can be resized; it runs again also when the new size is refused. */
async function resize(act: Act, isOff: boolean, size: string, disk: boolean): Promise<void> {
  if (!isOff) await act({ type: "power_off" });
  try {
    await act({ type: "resize", size, disk });
  } catch (error) {
    await act({ type: "power_on" }).catch(() => {});
    throw error;
  }
  await act({ type: "power_on" });
}

async function changeBackups(act: Act, olds: Plain, news: Plain): Promise<void> {
  const policy = news.backupPolicy === undefined ? {} : { backup_policy: news.backupPolicy };
  const [before, after] = [olds.backups === true, news.backups === true];
  if (after && !before) await act({ type: "enable_backups", ...policy });
  else if (!after && before) await act({ type: "disable_backups" });
  else if (after && policy.backup_policy !== undefined) {
    if (JSON.stringify(olds.backupPolicy) !== JSON.stringify(news.backupPolicy))
      await act({ type: "change_backup_policy", ...policy });
  }
}

const detach = (client: Client, volume: string, droplet: string): Promise<void> =>
  client.act(`/volumes/${volume}/actions`, { type: "detach", droplet_id: Number(droplet) });
