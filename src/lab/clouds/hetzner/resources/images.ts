import { z } from "zod";
import type { Route } from "../../http/types.ts";
import type { Api } from "../api/api.ts";
import { hetznerError } from "../api/errors.ts";
import type { SnapshotRecord } from "../api/records.ts";
import { changeProtection, resourceRoutes, type Resource } from "../api/resource.ts";
import { optional } from "../api/validate.ts";
import { findServerType, SYSTEM_IMAGE_VIEWS } from "../catalogue/index.ts";

export type Image = SnapshotRecord | (typeof SYSTEM_IMAGE_VIEWS)[number];

/** The image that a body names, for the architecture it has to run on; an id needs no architecture to be found. */
export const findImage = (api: Api, nameOrId: string | number, architecture: string): Image | undefined =>
  allImages(api).find(
    (image) =>
      String(image.id) === String(nameOrId) || (image.name === nameOrId && image.architecture === architecture),
  );

export const imageById = (api: Api, id: number | null): Image | undefined =>
  allImages(api).find((image) => image.id === id);

const allImages = (api: Api): Image[] => [...SYSTEM_IMAGE_VIEWS, ...api.images.list()];

export function imageRoutes(api: Api): Route[] {
  // System images can be read like snapshots; what would change them is refused by the collection.
  const records = {
    ...api.images,
    list: () => allImages(api),
    get: (id: string | number) => imageById(api, Number(id)),
  } as Resource<Image>["records"];
  const snapshots = {
    put: (id: string | number, image: Image): Image => api.images.put(id, snapshotOnly(image)),
    delete: (id: string | number): boolean => api.images.delete(id),
  };
  const images: Resource<Image> = {
    many: "images",
    one: "image",
    title: "Image",
    records: { ...records, ...snapshots },
    sorts: ["id", "name", "created"],
    filters: {
      type: (image, types) => types.includes(image.type),
      status: (image, states) => states.includes(image.status),
      bound_to: (image, servers) => servers.includes(String(image.bound_to)),
      architecture: (image, architectures) => architectures.includes(image.architecture),
    },
    view: (image) => image,
    updates: { description: optional(z.string()), type: optional(z.literal("snapshot")) },
    remove: (image) => void snapshotOnly(image),
    actions: { change_protection: changeProtection(api, "image", { ...records, ...snapshots }) },
  };
  return resourceRoutes(api, images);
}

/** A snapshot's description of itself, from the server it is taken of. */
export function snapshotOf(
  api: Api,
  server: { id: number; name: string; server_type: string; image: number | null; primary_disk_size: number },
  wanted: { type: "snapshot" | "backup"; description: string; labels: Record<string, string> },
): SnapshotRecord {
  const from = imageById(api, server.image);
  return {
    ...wanted,
    id: api.newId(),
    name: null,
    created: new Date().toISOString(),
    status: "available",
    created_from: { id: server.id, name: server.name },
    bound_to: wanted.type === "backup" ? server.id : null,
    os_flavor: from?.os_flavor ?? "unknown",
    os_version: from?.os_version ?? "",
    architecture: findServerType(server.server_type)?.architecture ?? "x86",
    disk_size: server.primary_disk_size,
    image_size: 1,
    rapid_deploy: false,
    protection: { delete: false },
    deprecated: null,
    deleted: null,
  };
}

function snapshotOnly(image: Image): SnapshotRecord {
  if (image.type === "system") throw hetznerError("forbidden", "system images cannot be changed");
  return image;
}
