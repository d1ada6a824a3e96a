import { z } from "zod";
import type { CloudReply } from "../../http/types.ts";
import { actionReply } from "../api/actions.ts";
import { requireFreeName, type Api } from "../api/api.ts";
import { hetznerError, invalidField } from "../api/errors.ts";
import type { VolumeRecord } from "../api/records.ts";
import { changeProtection, newBase, requireRecord, type Resource } from "../api/resource.ts";
import { labels, name, nameOrId, optional, readBody } from "../api/validate.ts";
import { findLocation, locationByName } from "../catalogue/index.ts";

const CREATE = z.object({
  name,
  size: z.int().min(10, "must be at least 10").max(10240, "must be at most 10240"),
  labels: optional(labels),
  location: optional(nameOrId),
  server: optional(z.int()),
  format: optional(z.enum(["ext4", "xfs"])),
  automount: optional(z.boolean()),
});

export function volumes(api: Api): Resource<VolumeRecord> {
  const title = "Volume";
  const about = (volume: VolumeRecord) => ({ id: volume.id, type: "volume" });
  const save = (volume: VolumeRecord, changes: Partial<VolumeRecord>, command: string): CloudReply => {
    api.volumes.put(volume.id, { ...volume, ...changes });
    const server = changes.server ?? volume.server;
    return actionReply(
      api.actions.done(command, about(volume), ...(server === null ? [] : [{ id: server, type: "server" }])),
    );
  };
  return {
    many: "volumes",
    one: "volume",
    title,
    records: api.volumes,
    sorts: ["id", "name", "created"],
    filters: { status: (_volume, states) => states.includes("available") },
    view: volumeView,
    create: (request) => {
      const body = readBody(request, CREATE);
      requireFreeName(title, api.volumes, body.name);
      const server = body.server === undefined ? undefined : requireRecord(api.servers, "server", body.server);
      const location = server?.location ?? findLocation(body.location ?? "")?.name;
      if (location === undefined)
        throw invalidField(
          "location",
          body.location === undefined ? "location or server is required" : `location '${body.location}' not found`,
        );
      const volume: VolumeRecord = {
        ...newBase(api, body),
        size: body.size,
        format: body.format ?? null,
        location,
        server: server?.id ?? null,
        protection: { delete: false },
      };
      api.volumes.put(volume.id, volume);
      const next =
        server === undefined
          ? []
          : [api.actions.done("attach_volume", { id: server.id, type: "server" }, about(volume))];
      return {
        status: 201,
        body: {
          volume: volumeView(volume),
          action: api.actions.done("create_volume", about(volume)),
          next_actions: next,
        },
      };
    },
    remove: (volume) => {
      if (volume.server !== null)
        throw hetznerError("resource_in_use", `volume with ID '${volume.id}' is still attached to a server`);
    },
    actions: {
      attach: (volume, request) => {
        const { server: id } = readBody(request, z.object({ server: z.int(), automount: optional(z.boolean()) }));
        const server = requireRecord(api.servers, "server", id);
        requireAttachable(volume, server.location);
        return save(volume, { server: id }, "attach_volume");
      },
      detach: (volume) => {
        if (volume.server === null) throw hetznerError("conflict", `volume with ID '${volume.id}' is not attached`);
        return save(volume, { server: null }, "detach_volume");
      },
      resize: (volume, request) => {
        const { size } = readBody(request, z.object({ size: z.int().max(10240, "must be at most 10240") }));
        if (size <= volume.size) throw invalidField("size", `must be larger than the present ${volume.size}`);
        return save(volume, { size }, "resize_volume");
      },
      change_protection: changeProtection(api, "volume", api.volumes),
    },
  };
}

/** @throws CloudError when the volume is in use or elsewhere. */
export function requireAttachable(volume: VolumeRecord, location: string): void {
  if (volume.server !== null)
    throw hetznerError("volume_already_attached", `volume with ID '${volume.id}' is already attached to a server`);
  if (volume.location !== location) throw invalidField("server", "server and volume must be in the same location");
}

const volumeView = (volume: VolumeRecord): object => ({
  ...volume,
  location: locationByName(volume.location),
  status: "available",
  linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${volume.id}`,
});
