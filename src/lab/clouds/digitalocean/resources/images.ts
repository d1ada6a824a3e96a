import { z } from "zod";
import type { CloudRequest, Route } from "../../http/types.ts";
import { actionRoutes, actionView } from "../api/actions.ts";
import type { Api } from "../api/api.ts";
import { digitalOceanError, notFound, unprocessable } from "../api/errors.ts";
import { filtered, listReply } from "../api/listing.ts";
import type { DropletRecord, PrivateImage } from "../api/records.ts";
import { optional, readBody } from "../api/validate.ts";
import { BASE_IMAGES, type Image } from "../catalogue/images.ts";
import { findRegion } from "../catalogue/index.ts";
import { hasTag } from "./tags.ts";

const UPDATE = z.object({
  name: optional(z.string().min(1, "is too short")),
  description: optional(z.string()),
  distribution: optional(z.string()),
});
const TRANSFER = z.object({ type: z.literal("transfer"), region: z.string() });

export const findImage = (api: Api, slugOrId: string | number): Image | undefined =>
  BASE_IMAGES.find(({ id, slug }) => slug === slugOrId || String(id) === String(slugOrId)) ?? api.images.get(slugOrId);

/** The public image that a droplet's disk goes back to, through snapshots. */
export function baseOf(api: Api, image: number): string | null {
  const found = findImage(api, image);
  return found?.slug ?? api.images.get(image)?.base ?? null;
}

export function imageRoutes(api: Api): Route[] {
  const find = ({ params }: CloudRequest): Image => {
    const image = findImage(api, params.id ?? "");
    if (image === undefined) throw notFound();
    return image;
  };
  const own = (request: CloudRequest): PrivateImage => {
    const { id } = find(request);
    const image = api.images.get(id);
    if (image === undefined) throw digitalOceanError("forbidden");
    return image;
  };
  const path = "/images";
  return [
    {
      method: "GET",
      path,
      handle: (request) => {
        const images = filtered(request, [...BASE_IMAGES, ...api.images.list()], {
          type: (image, type) => type === "distribution" && image.public,
          private: (image, only) => only !== "true" || !image.public,
          tag_name: (image, tag) => hasTag(image, tag),
        });
        return listReply(request, "images", images, imageView);
      },
    },
    { method: "GET", path: `${path}/{id}`, handle: (request) => ({ body: { image: imageView(find(request)) } }) },
    {
      method: "PUT",
      path: `${path}/{id}`,
      handle: (request) => {
        const image = own(request);
        const body = readBody(request, UPDATE);
        const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
        return { body: { image: imageView(api.images.put(image.id, { ...image, ...changes })) } };
      },
    },
    {
      method: "DELETE",
      path: `${path}/{id}`,
      handle: (request) => {
        api.images.delete(own(request).id);
        return { status: 204 };
      },
    },
    {
      method: "POST",
      path: `${path}/{id}/actions`,
      handle: (request) => {
        const image = own(request);
        const region = findRegion(readBody(request, TRANSFER).region);
        if (region === undefined) throw unprocessable("Region is invalid.");
        const action = api.actions.run("transfer", { type: "image", id: image.id, region: region.slug }, () => {
          api.images.put(image.id, { ...image, regions: [...new Set([...image.regions, region.slug])] });
        });
        return { status: 201, body: { action: actionView(action) } };
      },
    },
    ...actionRoutes(`${path}/{id}`, (request) => api.actions.of("image", find(request).id)),
  ];
}

export function snapshotDroplet(api: Api, droplet: DropletRecord, name: string): PrivateImage {
  const from = findImage(api, droplet.image);
  const image: PrivateImage = {
    id: api.newId(),
    name,
    type: "snapshot",
    distribution: from?.distribution ?? "Unknown",
    slug: null,
    public: false,
    regions: [droplet.region],
    created_at: new Date().toISOString(),
    min_disk_size: droplet.disk,
    size_gigabytes: 1.1,
    description: "",
    tags: [],
    status: "available",
    droplet: droplet.id,
    base: baseOf(api, droplet.image),
  };
  return api.images.put(image.id, image);
}

export function imageView(image: Image): object {
  const { droplet: _droplet, base: _base, ...shown } = image as PrivateImage;
  return shown;
}
