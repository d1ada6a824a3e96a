import { unlessGone } from "../http-client.ts";
import { unless, type Client } from "./client.ts";
import type { Kind } from "./resource.ts";
import { retag } from "./tags.ts";

interface Shown {
  id: string;
  name: string;
  description: string;
  size_gigabytes: number;
  region: { slug: string };
  filesystem_type: string;
  filesystem_label: string;
  droplet_ids: number[];
  tags: string[];
}

const find = async (client: Client, id: string): Promise<Shown | undefined> =>
  (await unlessGone(client.call<{ volume: Shown }>("GET", `/volumes/${id}`)))?.volume;

/** A disk of its own. */
export const volume: Kind = {
  name: "volume",
  computed: ["filesystemType"],
  unreadable: ["initialFilesystemType", "initialFilesystemLabel", "snapshotId"],
  async create(client, inputs) {
    const body = {
      name: inputs.name,
      region: inputs.region,
      size_gigabytes: inputs.size,
      description: inputs.description,
      snapshot_id: inputs.snapshotId,
      filesystem_type: inputs.initialFilesystemType ?? inputs.filesystemType,
      filesystem_label: inputs.initialFilesystemLabel,
      tags: inputs.tags ?? [],
    };
    return (await client.call<{ volume: Shown }>("POST", "/volumes", body)).volume.id;
  },
  async read(client, id) {
    const shown = await find(client, id);
    if (shown === undefined) return undefined;
    return {
      name: shown.name,
      description: shown.description,
      region: shown.region.slug,
      size: shown.size_gigabytes,
      tags: shown.tags,
      filesystemType: shown.filesystem_type || null,
      filesystemLabel: shown.filesystem_label || null,
      dropletIds: shown.droplet_ids,
      volumeUrn: `do:volume:${id}`,
    };
  },
  async update(client, id, olds, news) {
    if (news.size !== olds.size)
      await client.act(`/volumes/${id}/actions`, { type: "resize", size_gigabytes: news.size, region: news.region });
    await retag(client, { resource_id: id, resource_type: "volume" }, olds.tags, news.tags);
  },
  async delete(client, id) {
    await unless([404], client.call("DELETE", `/volumes/${id}`));
  },
};

/** A volume on a droplet. The official provider has no import for it. */
export const volumeAttachment: Kind = {
  name: "volumeAttachment",
  async create(client, { volumeId, dropletId }) {
    await client.act(`/volumes/${String(volumeId)}/actions`, { type: "attach", droplet_id: dropletId });
    return `${Number(dropletId)}-${String(volumeId)}`;
  },
  async read(client, _id, declared) {
    if (declared === undefined) throw new Error("a VolumeAttachment can't be imported: declare it anew");
    const shown = await find(client, String(declared.volumeId));
    if (!shown?.droplet_ids.includes(Number(declared.dropletId))) return undefined;
    return { volumeId: shown.id, dropletId: Number(declared.dropletId) };
  },
  async delete(client, _id, { volumeId, dropletId }) {
    // 422: somebody has detached it already.
    const detach = { type: "detach", droplet_id: dropletId };
    await unless([404, 422], client.act(`/volumes/${String(volumeId)}/actions`, detach));
  },
};
