import { Address4 } from "ip-address";
import { z } from "zod";
import type { CloudReply } from "../../http/types.ts";
import { actionReply } from "../api/actions.ts";
import { requireFreeName, type Api } from "../api/api.ts";
import { addressWithin, overlap, parseNetwork4 } from "../../cidr.ts";
import { hetznerError, invalidField } from "../api/errors.ts";
import type { NetworkRecord, Subnet } from "../api/records.ts";
import { changeProtection, newBase, type Resource } from "../api/resource.ts";
import { ipAddress, labels, name, optional, readBody } from "../api/validate.ts";
import { NETWORK_ZONES } from "../catalogue/locations.ts";

const range = z.string().refine((text) => parseNetwork4(text) !== undefined, "is not a valid CIDR");
const subnet = z.object({
  type: z.enum(["cloud", "server", "vswitch"]),
  ip_range: optional(range),
  network_zone: z.string().refine((zone) => NETWORK_ZONES.includes(zone), "is not a network zone"),
  vswitch_id: optional(z.int()),
});
const route = z.object({ destination: range, gateway: ipAddress });
const CREATE = z.object({
  name,
  ip_range: range,
  labels: optional(labels),
  subnets: optional(z.array(subnet)),
  routes: optional(z.array(route)),
  expose_routes_to_vswitch: optional(z.boolean()),
});

export function networks(api: Api): Resource<NetworkRecord> {
  const title = "Network";
  const view = (network: NetworkRecord): object => ({
    ...network,
    servers: attachedServers(api, network.id).map(({ id }) => id),
    load_balancers: [],
  });
  const save = (network: NetworkRecord, changes: Partial<NetworkRecord>, command: string): CloudReply => {
    api.networks.put(network.id, { ...network, ...changes });
    return actionReply(api.actions.done(command, { id: network.id, type: "network" }));
  };
  return {
    many: "networks",
    one: "network",
    title,
    records: api.networks,
    sorts: ["id", "name", "created"],
    view,
    updates: { expose_routes_to_vswitch: optional(z.boolean()) },
    create: (request) => {
      const body = readBody(request, CREATE);
      requireFreeName(title, api.networks, body.name);
      if (!isPrivate(new Address4(body.ip_range)))
        throw invalidField("ip_range", "must be a private network of RFC 1918");
      let network: NetworkRecord = {
        ...newBase(api, body),
        ip_range: body.ip_range,
        subnets: [],
        routes: [],
        expose_routes_to_vswitch: body.expose_routes_to_vswitch ?? false,
        protection: { delete: false },
      };
      for (const wanted of body.subnets ?? [])
        network = { ...network, subnets: [...network.subnets, makeSubnet(network, wanted)] };
      for (const wanted of body.routes ?? [])
        network = { ...network, routes: [...network.routes, checkRoute(network, wanted)] };
      return { status: 201, body: { network: view(api.networks.put(network.id, network)) } };
    },
    // The vendor detaches the servers that are still in it.
    remove: (network) => {
      for (const server of attachedServers(api, network.id)) {
        api.servers.put(server.id, {
          ...server,
          private_net: server.private_net.filter((net) => net.network !== network.id),
        });
      }
    },
    actions: {
      add_subnet: (network, request) =>
        save(network, { subnets: [...network.subnets, makeSubnet(network, readBody(request, subnet))] }, "add_subnet"),
      delete_subnet: (network, request) => {
        const { ip_range } = readBody(request, z.object({ ip_range: range }));
        if (!network.subnets.some((each) => each.ip_range === ip_range))
          throw hetznerError("not_found", `subnet '${ip_range}' not found`);
        const used = attachedServers(api, network.id).some(({ private_net }) =>
          private_net.some((net) => net.network === network.id && addressWithin(net.ip, ip_range)),
        );
        if (used) throw hetznerError("resource_in_use", `subnet '${ip_range}' still has servers attached`);
        return save(
          network,
          { subnets: network.subnets.filter((each) => each.ip_range !== ip_range) },
          "delete_subnet",
        );
      },
      add_route: (network, request) =>
        save(network, { routes: [...network.routes, checkRoute(network, readBody(request, route))] }, "add_route"),
      delete_route: (network, request) => {
        const gone = readBody(request, route);
        const routes = network.routes.filter(
          (each) => each.destination !== gone.destination || each.gateway !== gone.gateway,
        );
        if (routes.length === network.routes.length)
          throw hetznerError("not_found", `route '${gone.destination}' not found`);
        return save(network, { routes }, "delete_route");
      },
      change_ip_range: (network, request) => {
        const { ip_range } = readBody(request, z.object({ ip_range: range }));
        const wider = new Address4(network.ip_range).isInSubnet(new Address4(ip_range));
        if (!wider) throw invalidField("ip_range", "must contain the present range");
        return save(network, { ip_range }, "change_ip_range");
      },
      change_protection: changeProtection(api, "network", api.networks),
    },
  };
}

export const attachedServers = (api: Api, network: number) =>
  api.servers.list().filter(({ private_net }) => private_net.some((net) => net.network === network));

/**
 * Takes an address of a network's subnets for a server. @throws CloudError when there is none, or the wanted one is not
 * free.
 */
export function takeAddress(api: Api, network: NetworkRecord, wanted?: string, ipRange?: string): string {
  const taken = new Set(
    attachedServers(api, network.id).flatMap(({ private_net }) =>
      private_net.flatMap((net) => [net.ip, ...net.alias_ips]),
    ),
  );
  const subnets = network.subnets.filter(
    (each) => each.type !== "vswitch" && (ipRange === undefined || each.ip_range === ipRange),
  );
  if (wanted !== undefined) {
    const free =
      subnets.some((each) => addressWithin(wanted, each.ip_range) && wanted !== each.gateway) && !taken.has(wanted);
    if (!free) throw hetznerError("ip_not_available", `IP '${wanted}' is not available in network ${network.id}`);
    return wanted;
  }
  for (const area of subnets.map((each) => new Address4(each.ip_range))) {
    const last = area.endAddress().bigInt();
    // The first address is the gateway's, the last one broadcast.
    for (let number = area.startAddress().bigInt() + 2n; number < last; number += 1n) {
      const address = Address4.fromBigInt(number).correctForm();
      if (!taken.has(address)) return address;
    }
  }
  throw hetznerError("no_subnet_available", `network ${network.id} has no subnet with a free IP`);
}

/** Both ends, because a network can be wider than the private one that it begins in. */
const isPrivate = (network: Address4): boolean => network.isPrivate() && network.endAddress().isPrivate();

function makeSubnet(network: NetworkRecord, wanted: z.infer<typeof subnet>): Subnet {
  const ip_range = wanted.ip_range ?? firstFreeRange(network);
  const area = new Address4(ip_range);
  if (!area.isInSubnet(new Address4(network.ip_range)))
    throw invalidField("ip_range", `'${ip_range}' is not within the network's '${network.ip_range}'`);
  if (network.subnets.some((each) => overlap(new Address4(each.ip_range), area)))
    throw invalidField("ip_range", `'${ip_range}' overlaps with another subnet`);
  if (wanted.type === "vswitch" && wanted.vswitch_id === undefined)
    throw invalidField("vswitch_id", "is required for type vswitch");
  return {
    type: wanted.type,
    ip_range,
    network_zone: wanted.network_zone,
    gateway: area.offset(1).correctForm(),
    vswitch_id: wanted.vswitch_id ?? null,
  };
}

function firstFreeRange(network: NetworkRecord): string {
  const whole = new Address4(network.ip_range);
  const bits = Math.max(24, whole.subnetMask);
  const first = new Address4(`${whole.correctForm()}/${bits}`);
  for (let area = first; area.isInSubnet(whole); area = area.nextNetwork()) {
    if (!network.subnets.some((each) => overlap(new Address4(each.ip_range), area)))
      return `${area.correctForm()}/${bits}`;
  }
  throw invalidField("ip_range", "the network has no room for another subnet");
}

function checkRoute(network: NetworkRecord, wanted: z.infer<typeof route>): z.infer<typeof route> {
  if (network.routes.some(({ destination }) => destination === wanted.destination))
    throw invalidField("destination", "overlaps with another route");
  if (!addressWithin(wanted.gateway, network.ip_range)) throw invalidField("gateway", "is not within the network");
  return wanted;
}
