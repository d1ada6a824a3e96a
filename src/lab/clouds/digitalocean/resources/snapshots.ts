import { randomUUID } from "node:crypto";
import type { CloudRequest, Route } from "../../http/types.ts";
import type { Api } from "../api/api.ts";
import { notFound } from "../api/errors.ts";
import { filtered, listReply } from "../api/listing.ts";
import type { PrivateImage, VolumeRecord, VolumeSnapshotRecord } from "../api/records.ts";
import { ensureTags } from "./tags.ts";

/** A snapshot, of a droplet or of a volume, as /snapshots shows it. */
interface Snapshot {
  id: string;
  resource_id: string;
  resource_type: "droplet" | "volume";
}

export function snapshotRoutes(api: Api): Route[] {
  const all = (): Snapshot[] => [
    ...api.images
      .list()
      .filter(({ type }) => type === "snapshot")
      .map(dropletSnapshotView),
    ...api.volume_snapshots.list().map(volumeSnapshotView),
  ];
  const find = ({ params }: CloudRequest): Snapshot => {
    const found = all().find(({ id }) => id === params.id);
    if (found === undefined) throw notFound();
    return found;
  };
  const paths = ["/snapshots/{id}", "/volumes/snapshots/{id}"];
  return [
    {
      method: "GET",
      path: "/snapshots",
      handle: (request) => {
        const wanted = filtered(request, all(), { resource_type: (snapshot, type) => snapshot.resource_type === type });
        return listReply(request, "snapshots", wanted, (snapshot) => snapshot);
      },
    },
    ...paths.flatMap((path): Route[] => [
      { method: "GET", path, handle: (request) => ({ body: { snapshot: find(request) } }) },
      {
        method: "DELETE",
        path,
        handle: (request) => {
          const { id, resource_type } = find(request);
          (resource_type === "droplet" ? api.images : api.volume_snapshots).delete(id);
          return { status: 204 };
        },
      },
    ]),
  ];
}

export function snapshotVolume(api: Api, volume: VolumeRecord, name: string, tags?: string[]): VolumeSnapshotRecord {
  const snapshot: VolumeSnapshotRecord = {
    id: randomUUID(),
    name,
    created_at: new Date().toISOString(),
    regions: [volume.region],
    min_disk_size: volume.size_gigabytes,
    size_gigabytes: 0.1,
    resource_id: volume.id,
    tags: ensureTags(api, tags),
  };
  return api.volume_snapshots.put(snapshot.id, snapshot);
}

export const volumeSnapshotView = (snapshot: VolumeSnapshotRecord): Snapshot & VolumeSnapshotRecord => ({
  ...snapshot,
  resource_type: "volume",
});

const dropletSnapshotView = (image: PrivateImage): Snapshot => {
  const { id, name, created_at, regions, min_disk_size, size_gigabytes, tags, droplet } = image;
  const shown = { name, created_at, regions, min_disk_size, size_gigabytes, tags };
  return { ...shown, id: String(id), resource_id: String(droplet), resource_type: "droplet" };
};
