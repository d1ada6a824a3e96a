import { z } from "zod";
import type { CloudReply, CloudRequest, Route } from "../../http/types.ts";
import { actionLink, actionRoutes, actionView, type Action } from "../api/actions.ts";
import type { Api } from "../api/api.ts";
import { notFound, unprocessable } from "../api/errors.ts";
import { linkTo, listReply } from "../api/listing.ts";
import type { DropletRecord, ReservedIpRecord } from "../api/records.ts";
import { numericId, optional, readBody } from "../api/validate.ts";
import { findRegion } from "../catalogue/index.ts";
import { dropletView } from "../droplets/view.ts";
import { carryAddress } from "../droplets/lifecycle.ts";
import { requireRoomForReservedIp } from "./account.ts";
import { projectOf } from "./projects.ts";

const CREATE = z.object({ droplet_id: optional(numericId), region: optional(z.string()) });
const ACTION = z.discriminatedUnion("type", [
  z.object({ type: z.literal("assign"), droplet_id: numericId }),
  z.object({ type: z.literal("unassign") }),
]);

export function reservedIpRoutes(api: Api): Route[] {
  const find = ({ params }: CloudRequest): ReservedIpRecord => {
    const ip = api.reserved_ips.get(params.ip ?? "");
    if (ip === undefined) throw notFound();
    return ip;
  };
  const view = (ip: ReservedIpRecord): object => {
    const droplet = ip.droplet === null ? undefined : api.droplets.get(ip.droplet);
    return {
      ip: ip.ip,
      region: findRegion(ip.region),
      droplet: droplet === undefined ? null : dropletView(api, droplet),
      locked: false,
      project_id: projectOf(api, `do:reservedip:${ip.ip}`),
    };
  };
  const path = "/reserved_ips";
  return [
    { method: "GET", path, handle: (request) => listReply(request, "reserved_ips", api.reserved_ips.list(), view) },
    {
      method: "POST",
      path,
      handle: (request) => {
        const body = readBody(request, CREATE);
        const droplet = body.droplet_id === undefined ? undefined : requireDroplet(api, body.droplet_id);
        const region = findRegion(droplet?.region ?? body.region ?? "");
        if (region === undefined) throw unprocessable("Region is invalid.");
        if (droplet === undefined) requireRoomForReservedIp(api);
        else requireWithoutReservedIp(api, droplet);
        const ip = { ip: api.newAddress(), region: region.slug, droplet: null };
        api.reserved_ips.put(ip.ip, ip);
        const links = droplet && linksOf(request, droplet, assign(api, ip, droplet));
        return { status: 202, body: { reserved_ip: view(ip), links: links ?? {} } };
      },
    },
    { method: "GET", path: `${path}/{ip}`, handle: (request) => ({ body: { reserved_ip: view(find(request)) } }) },
    {
      method: "DELETE",
      path: `${path}/{ip}`,
      handle: async (request) => {
        const ip = find(request);
        api.reserved_ips.delete(ip.ip);
        if (ip.droplet !== null) await carryAddress(api, ip.droplet);
        return { status: 204 };
      },
    },
    { method: "POST", path: `${path}/{ip}/actions`, handle: (request) => act(api, find(request), request) },
    ...actionRoutes(`${path}/{ip}`, (request) => api.actions.of("reserved_ip", find(request).ip)),
  ];
}

function act(api: Api, ip: ReservedIpRecord, request: CloudRequest): CloudReply {
  const body = readBody(request, ACTION);
  if (body.type === "unassign" && ip.droplet === null)
    throw unprocessable("The reserved IP is not assigned to a droplet.");
  const droplet = body.type === "assign" ? requireDroplet(api, body.droplet_id) : null;
  if (droplet !== null && droplet.region !== ip.region)
    throw unprocessable("The reserved IP and the droplet are in different regions.");
  if (droplet !== null && droplet.id !== ip.droplet) requireWithoutReservedIp(api, droplet);
  const action = droplet === null ? unassign(api, ip) : assign(api, ip, droplet);
  return { status: 201, body: { action: actionView(action) } };
}

/** The address moves at once from a droplet that had it. */
const assign = (api: Api, ip: ReservedIpRecord, droplet: DropletRecord): Action =>
  move(api, "assign_ip", ip, droplet.id);
const unassign = (api: Api, ip: ReservedIpRecord): Action => move(api, "unassign_ip", ip, null);

function move(api: Api, type: string, ip: ReservedIpRecord, droplet: number | null): Action {
  const about = { type: "reserved_ip", id: ipNumber(ip.ip), region: ip.region, key: ip.ip } as const;
  return api.actions.run(type, about, async () => {
    api.reserved_ips.put(ip.ip, { ...ip, droplet });
    for (const id of [ip.droplet, droplet]) if (id !== null) await carryAddress(api, id);
  });
}

/** An address as the number that actions know it by. */
const ipNumber = (ip: string): number => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

function requireDroplet(api: Api, id: number): DropletRecord {
  const droplet = api.droplets.get(id);
  if (droplet === undefined) throw notFound();
  return droplet;
}

function requireWithoutReservedIp(api: Api, droplet: DropletRecord): void {
  if (api.reserved_ips.list().some((ip) => ip.droplet === droplet.id))
    throw unprocessable("The droplet already has a reserved IP assigned.");
}

const linksOf = (request: CloudRequest, droplet: DropletRecord, action: Action): object => ({
  droplets: [{ id: droplet.id, rel: "droplet", href: linkTo(request, `/droplets/${droplet.id}`) }],
  actions: [actionLink(request, action, "assign_ip")],
});
