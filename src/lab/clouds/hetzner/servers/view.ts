import type { Api } from "../api/api.ts";
import { ipv4Name, reverseNames } from "../api/rdns.ts";
import type { ServerRecord } from "../api/records.ts";
import { datacenterOf, locationByName, serverTypeViewByName } from "../catalogue/index.ts";
import { ISOS } from "../catalogue/images.ts";
import { includedTraffic } from "../catalogue/prices.ts";
import { firewallsOf } from "../resources/firewalls.ts";
import { imageById } from "../resources/images.ts";
import { placementGroupView } from "../resources/placement-groups.ts";
import { primaryIpOf } from "../resources/primary-ips.ts";

/** A server as the vendor describes it, with what other records say about it. */
export function serverView(api: Api, server: ServerRecord): object {
  const { machine: _machine, authorized_keys: _keys, user_data: _data, ...record } = server;
  const group = server.placement_group === null ? undefined : api.placement_groups.get(server.placement_group);
  return {
    ...record,
    server_type: serverTypeViewByName(server.server_type),
    image: imageById(api, server.image) ?? null,
    iso: ISOS.find(({ id }) => id === server.iso) ?? null,
    location: locationByName(server.location),
    datacenter: datacenterOf(server.location),
    public_net: publicNet(api, server),
    volumes: api.volumes
      .list()
      .filter((volume) => volume.server === server.id)
      .map(({ id }) => id),
    placement_group: group === undefined ? null : placementGroupView(api, group),
    load_balancers: [],
    locked: api.actions.isRunningOn("server", server.id),
    included_traffic: includedTraffic(server.location),
    ingoing_traffic: 0,
    outgoing_traffic: 0,
  };
}

function publicNet(api: Api, server: ServerRecord): object {
  const v4 = primaryIpOf(api, server, "ipv4");
  const v6 = primaryIpOf(api, server, "ipv6");
  return {
    ipv4: v4 === undefined ? null : { id: v4.id, ip: v4.ip, blocked: false, dns_ptr: ipv4Name(v4) },
    ipv6: v6 === undefined ? null : { id: v6.id, ip: v6.ip, blocked: false, dns_ptr: reverseNames(v6) },
    floating_ips: api.floating_ips
      .list()
      .filter((ip) => ip.server === server.id)
      .map(({ id }) => id),
    firewalls: firewallsOf(api, server).map(({ id }) => ({ id, status: "applied" })),
  };
}
