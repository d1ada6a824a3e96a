import type { CloudRequest, Route } from "../../http/types.ts";
import { actionRoutes, actionView } from "../api/actions.ts";
import type { Api } from "../api/api.ts";
import { notFound, unprocessable } from "../api/errors.ts";
import { filtered, listReply } from "../api/listing.ts";
import type { DropletRecord } from "../api/records.ts";
import { firewallsOf, firewallView } from "../resources/firewalls.ts";
import { hasTag } from "../resources/tags.ts";
import { act, requireIdle } from "./actions.ts";
import { createDroplets } from "./create.ts";
import { vanish } from "./lifecycle.ts";
import { dropletView } from "./view.ts";

export function dropletRoutes(api: Api): Route[] {
  const view = (droplet: DropletRecord): object => dropletView(api, droplet);
  const find = ({ params }: CloudRequest): DropletRecord => {
    const droplet = api.droplets.get(params.id ?? "");
    if (droplet === undefined) throw notFound();
    return droplet;
  };
  /** Of a request that speaks of all droplets with a tag. */
  const tagged = (request: CloudRequest): DropletRecord[] => {
    const tag = request.query.get("tag_name");
    if (tag === null) throw unprocessable("tag_name is required");
    const found = api.droplets.list().filter((droplet) => hasTag(droplet, tag));
    if (found.length === 0) throw notFound();
    return found;
  };
  /** One that is on its way out is let go again without more ado: whoever lost the first reply asks twice. */
  const remove = (droplet: DropletRecord): void => {
    if (droplet.status === "archive") return;
    requireIdle(api, droplet);
    api.droplets.put(droplet.id, { ...droplet, status: "archive" });
    api.actions.run("destroy", { type: "droplet", id: droplet.id, region: droplet.region }, () =>
      vanish(api, droplet.id),
    );
  };
  const path = "/droplets";
  const one = `${path}/{id}`;
  return [
    {
      method: "GET",
      path,
      handle: (request) => {
        const droplets = filtered(request, api.droplets.list(), {
          name: (droplet, name) => droplet.name === name,
          tag_name: (droplet, tag) => hasTag(droplet, tag),
          type: (_droplet, type) => type !== "gpus",
        });
        return listReply(request, "droplets", droplets, view);
      },
    },
    { method: "POST", path, handle: (request) => createDroplets(api, request) },
    {
      method: "DELETE",
      path,
      handle: (request) => {
        const droplets = tagged(request);
        droplets.forEach((droplet) => requireIdle(api, droplet));
        droplets.forEach(remove);
        return { status: 204 };
      },
    },
    { method: "GET", path: one, handle: (request) => ({ body: { droplet: view(find(request)) } }) },
    {
      method: "DELETE",
      path: one,
      handle: (request) => {
        remove(find(request));
        return { status: 204 };
      },
    },
    {
      method: "POST",
      path: `${path}/actions`,
      handle: (request) => {
        const droplets = tagged(request);
        droplets.forEach((droplet) => requireIdle(api, droplet));
        return { status: 201, body: { actions: droplets.map((droplet) => actionView(act(api, droplet, request))) } };
      },
    },
    {
      method: "POST",
      path: `${one}/actions`,
      handle: (request) => ({ status: 201, body: { action: actionView(act(api, find(request), request)) } }),
    },
    ...actionRoutes(one, (request) => api.actions.of("droplet", find(request).id)),
    {
      method: "GET",
      path: `${one}/snapshots`,
      handle: (request) => {
        const { id } = find(request);
        const own = api.images.list().filter(({ droplet }) => droplet === id);
        return listReply(request, "snapshots", own, (image) => {
          const { id: of, name, type, created_at, regions, min_disk_size, size_gigabytes } = image;
          return { id: of, name, type, created_at, regions, min_disk_size, size_gigabytes };
        });
      },
    },
    ...(["backups", "kernels"] as const).map((many): Route => ({
      method: "GET",
      path: `${one}/${many}`,
      handle: (request) => (find(request), listReply(request, many, [], () => ({}))),
    })),
    {
      method: "GET",
      path: `${one}/firewalls`,
      handle: (request) => listReply(request, "firewalls", firewallsOf(api, find(request)), firewallView),
    },
    {
      method: "GET",
      path: `${one}/backups/policy`,
      handle: (request) => {
        const { id, backups } = find(request);
        const policy = { droplet_id: id, backup_enabled: backups !== null, next_backup_window: null };
        return { body: { policy: { ...policy, ...(backups !== null && { backup_policy: backups }) } } };
      },
    },
  ];
}
