import { z } from "zod";
import type { CloudReply, CloudRequest } from "../../http/types.ts";
import { actionReply } from "../api/actions.ts";
import type { Api } from "../api/api.ts";
import { hetznerError } from "../api/errors.ts";
import type { NetworkRecord, ServerRecord } from "../api/records.ts";
import { requireRecord } from "../api/resource.ts";
import { ipAddress, optional, readBody } from "../api/validate.ts";
import { takeAddress } from "../resources/networks.ts";

const ATTACH = z.object({
  network: z.int(),
  ip: optional(ipAddress),
  alias_ips: optional(z.array(ipAddress)),
  ip_range: optional(z.string()),
});
const ALIASES = z.object({ network: z.int(), alias_ips: z.array(ipAddress) });

/** The server with an address in the network. @throws CloudError when it is in it already or no address is free. */
export function joinNetwork(
  api: Api,
  server: ServerRecord,
  network: NetworkRecord,
  wanted: { ip?: string; alias_ips?: string[]; ip_range?: string } = {},
): ServerRecord {
  if (server.private_net.some((net) => net.network === network.id))
    throw hetznerError("server_already_attached", "server is already attached to the network");
  const ip = takeAddress(api, network, wanted.ip, wanted.ip_range);
  const alias_ips = (wanted.alias_ips ?? []).map((alias) => takeAddress(api, network, alias));
  const own = [server.id, network.id, server.private_net.length].map((n) => (n % 256).toString(16).padStart(2, "0"));
  const mac_address = `86:00:00:${own.join(":")}`;
  return { ...server, private_net: [...server.private_net, { network: network.id, ip, alias_ips, mac_address }] };
}

export function networkActions(api: Api): Record<string, (server: ServerRecord, request: CloudRequest) => CloudReply> {
  const save = (server: ServerRecord, network: number, command: string): CloudReply => {
    api.servers.put(server.id, server);
    return actionReply(api.actions.done(command, { id: server.id, type: "server" }, { id: network, type: "network" }));
  };
  const requireMember = (server: ServerRecord, network: number): void => {
    if (!server.private_net.some((net) => net.network === network))
      throw hetznerError("not_found", `server is not attached to network ${network}`);
  };
  return {
    attach_to_network: (server, request) => {
      const wanted = readBody(request, ATTACH);
      return save(
        joinNetwork(api, server, requireRecord(api.networks, "network", wanted.network), wanted),
        wanted.network,
        "attach_to_network",
      );
    },
    detach_from_network: (server, request) => {
      const { network } = readBody(request, z.object({ network: z.int() }));
      requireMember(server, network);
      return save(
        { ...server, private_net: server.private_net.filter((net) => net.network !== network) },
        network,
        "detach_from_network",
      );
    },
    change_alias_ips: (server, request) => {
      const wanted = readBody(request, ALIASES);
      requireMember(server, wanted.network);
      const network = requireRecord(api.networks, "network", wanted.network);
      const own = server.private_net.flatMap((net) => (net.network === wanted.network ? net.alias_ips : []));
      const alias_ips = wanted.alias_ips.map((alias) =>
        own.includes(alias) ? alias : takeAddress(api, network, alias),
      );
      const private_net = server.private_net.map((net) =>
        net.network === wanted.network ? { ...net, alias_ips } : net,
      );
      return save({ ...server, private_net }, wanted.network, "change_alias_ips");
    },
  };
}
