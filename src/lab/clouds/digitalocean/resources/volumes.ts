import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { CloudReply, CloudRequest, Route } from "../../http/types.ts";
import { actionRoutes, actionView } from "../api/actions.ts";
import type { Api } from "../api/api.ts";
import { digitalOceanError, notFound, unprocessable } from "../api/errors.ts";
import { filtered, listReply } from "../api/listing.ts";
import type { VolumeRecord } from "../api/records.ts";
import { numericId, optional, readBody, tagNames } from "../api/validate.ts";
import { findRegion } from "../catalogue/index.ts";
import { ensureTags } from "./tags.ts";
import { snapshotVolume, volumeSnapshotView } from "./snapshots.ts";

/** GB */
const LARGEST = 16_384;
const MOST_ON_ONE_DROPLET = 15;

const size = z.int().min(1, "must be at least 1").max(LARGEST, `must be at most ${LARGEST}`);
/** The vendor's own client for Go sends what it was not given as "". */
const blank = <S extends z.ZodType>(schema: S) =>
  z.preprocess((given) => (given === "" ? undefined : given), optional(schema));
const CREATE = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/, "must be lower-case letters, numbers and dashes, and begin with a letter"),
  description: optional(z.string()),
  size_gigabytes: optional(size),
  region: optional(z.string()),
  snapshot_id: blank(z.string()),
  filesystem_type: blank(z.enum(["ext4", "xfs"])),
  filesystem_label: optional(z.string().max(16, "is too long")),
  tags: tagNames,
});
const ACTION = z.discriminatedUnion("type", [
  z.object({ type: z.literal("attach"), droplet_id: numericId }),
  z.object({ type: z.literal("detach"), droplet_id: numericId }),
  z.object({ type: z.literal("resize"), size_gigabytes: size }),
]);
const BY_NAME = z.object({ volume_name: z.string(), region: optional(z.string()) });
const SNAPSHOT = z.object({ name: z.string().min(1, "is too short"), tags: tagNames });

export function volumeRoutes(api: Api): Route[] {
  const find = ({ params }: CloudRequest): VolumeRecord => {
    const volume = api.volumes.get(params.id ?? "");
    if (volume === undefined) throw notFound();
    return volume;
  };
  const named = (request: CloudRequest): VolumeRecord[] =>
    filtered(request, api.volumes.list(), {
      name: (volume, name) => volume.name === name,
      region: (volume, region) => volume.region === region,
      tag_name: (volume, tag) => volume.tags.includes(tag),
    });
  const path = "/volumes";
  return [
    { method: "GET", path, handle: (request) => listReply(request, "volumes", named(request), volumeView) },
    {
      method: "POST",
      path,
      handle: (request) => ({ status: 201, body: { volume: volumeView(createVolume(api, request)) } }),
    },
    {
      method: "DELETE",
      path,
      handle: (request) => {
        const [volume] = request.query.has("name") ? named(request) : [];
        if (volume === undefined) throw notFound();
        return remove(api, volume);
      },
    },
    { method: "GET", path: `${path}/{id}`, handle: (request) => ({ body: { volume: volumeView(find(request)) } }) },
    { method: "DELETE", path: `${path}/{id}`, handle: (request) => remove(api, find(request)) },
    {
      method: "POST",
      path: `${path}/actions`,
      handle: (request) => {
        const { volume_name, region } = readBody(request, BY_NAME);
        const volume = api.volumes
          .list()
          .find((each) => each.name === volume_name && each.region === (region ?? each.region));
        if (volume === undefined) throw notFound();
        return act(api, volume, request);
      },
    },
    { method: "POST", path: `${path}/{id}/actions`, handle: (request) => act(api, find(request), request) },
    ...actionRoutes(`${path}/{id}`, (request) => api.actions.of("backend", find(request).id)),
    {
      method: "GET",
      path: `${path}/{id}/snapshots`,
      handle: (request) => {
        const { id } = find(request);
        const own = api.volume_snapshots.list().filter(({ resource_id }) => resource_id === id);
        return listReply(request, "snapshots", own, volumeSnapshotView);
      },
    },
    {
      method: "POST",
      path: `${path}/{id}/snapshots`,
      handle: (request) => {
        const volume = find(request);
        const { name, tags } = readBody(request, SNAPSHOT);
        return { status: 201, body: { snapshot: volumeSnapshotView(snapshotVolume(api, volume, name, tags)) } };
      },
    },
  ];
}

function createVolume(api: Api, request: CloudRequest): VolumeRecord {
  const body = readBody(request, CREATE);
  const snapshot = body.snapshot_id === undefined ? undefined : api.volume_snapshots.get(body.snapshot_id);
  if (body.snapshot_id !== undefined && snapshot === undefined) throw notFound();
  const region = findRegion(body.region ?? snapshot?.regions[0] ?? "");
  if (region === undefined || !region.available) throw unprocessable("region is invalid");
  const size_gigabytes = body.size_gigabytes ?? snapshot?.min_disk_size;
  if (size_gigabytes === undefined) throw unprocessable("size_gigabytes is required");
  if (snapshot !== undefined && size_gigabytes < snapshot.min_disk_size)
    throw unprocessable("size_gigabytes is smaller than the snapshot");
  if (api.volumes.list().some((volume) => volume.name === body.name && volume.region === region.slug))
    throw digitalOceanError("conflict", "volume name already exists");
  const volume: VolumeRecord = {
    id: randomUUID(),
    name: body.name,
    description: body.description ?? "",
    size_gigabytes,
    region: region.slug,
    filesystem_type: body.filesystem_type ?? "",
    filesystem_label: body.filesystem_label ?? "",
    droplet: null,
    tags: ensureTags(api, body.tags),
    created_at: new Date().toISOString(),
  };
  return api.volumes.put(volume.id, volume);
}

function remove(api: Api, volume: VolumeRecord): CloudReply {
  if (volume.droplet !== null)
    throw digitalOceanError("conflict", "volume is attached to a droplet: detach it before you delete it");
  api.volumes.delete(volume.id);
  return { status: 204 };
}

function act(api: Api, volume: VolumeRecord, request: CloudRequest): CloudReply {
  const body = readBody(request, ACTION);
  if (body.type === "attach") requireAttachable(api, volume, body.droplet_id);
  if (body.type === "detach" && volume.droplet !== body.droplet_id)
    throw unprocessable("volume is not attached to the droplet");
  if (body.type === "resize" && body.size_gigabytes <= volume.size_gigabytes)
    throw unprocessable("size_gigabytes must be larger than the present size");
  const changes =
    body.type === "resize"
      ? { size_gigabytes: body.size_gigabytes }
      : { droplet: body.type === "attach" ? body.droplet_id : null };
  const about = { type: "backend", id: null, region: volume.region, key: volume.id } as const;
  const action = api.actions.run(
    `${body.type}_volume`,
    about,
    () => void api.volumes.put(volume.id, { ...volume, ...changes }),
  );
  return { status: 202, body: { action: actionView(action) } };
}

/** @throws CloudError when there is no such droplet, it is elsewhere, or either of them has what it can have. */
export function requireAttachable(api: Api, volume: VolumeRecord, dropletId: number): void {
  const droplet = api.droplets.get(dropletId);
  if (droplet === undefined) throw notFound();
  if (volume.droplet !== null) throw unprocessable("volume is already attached to a droplet");
  if (droplet.region !== volume.region) throw unprocessable("volume and droplet are in different regions");
  if (api.volumes.list().filter((each) => each.droplet === dropletId).length >= MOST_ON_ONE_DROPLET)
    throw unprocessable(`a droplet can have at most ${MOST_ON_ONE_DROPLET} volumes`);
}

function volumeView({ droplet, region, ...volume }: VolumeRecord): object {
  return { ...volume, droplet_ids: droplet === null ? [] : [droplet], region: findRegion(region) };
}
