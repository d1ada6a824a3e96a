import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { CloudReply, CloudRequest } from "../../http/types.ts";
import { requireFreeName, type Api } from "../api/api.ts";
import { hetznerError, invalidField } from "../api/errors.ts";
import type { PrimaryIpRecord, ServerRecord } from "../api/records.ts";
import { newBase, requireRecord } from "../api/resource.ts";
import { hostname, labels, nameOrId, optional, readBody } from "../api/validate.ts";
import { findDatacenter, findLocation, findServerType } from "../catalogue/index.ts";
import type { ServerTypeFacts } from "../catalogue/server-types.ts";
import { findImage } from "../resources/images.ts";
import { newPrimaryIp } from "../resources/primary-ips.ts";
import { requireAttachable } from "../resources/volumes.ts";
import { boot, forget, reserve } from "./lifecycle.ts";
import { joinNetwork } from "./networks.ts";
import { serverView } from "./view.ts";

const MAX_USER_DATA = 32 * 1024;

const CREATE = z.object({
  name: hostname,
  server_type: nameOrId,
  image: nameOrId,
  location: optional(nameOrId),
  datacenter: optional(nameOrId),
  labels: optional(labels),
  ssh_keys: optional(z.array(nameOrId)),
  user_data: optional(z.string().refine((text) => Buffer.byteLength(text) <= MAX_USER_DATA, "is too long")),
  start_after_create: optional(z.boolean()),
  networks: optional(z.array(z.int())),
  firewalls: optional(z.array(z.object({ firewall: z.int() }))),
  volumes: optional(z.array(z.int())),
  automount: optional(z.boolean()),
  placement_group: optional(z.int()),
  public_net: optional(
    z.object({
      enable_ipv4: optional(z.boolean()),
      enable_ipv6: optional(z.boolean()),
      ipv4: optional(z.int()),
      ipv6: optional(z.int()),
    }),
  ),
});
type Wanted = z.infer<typeof CREATE>;

/**
 * POST /servers: everything is checked first; the machine boots after the reply, and the actions end when it has
 * started.
 */
export async function createServer(api: Api, request: CloudRequest): Promise<CloudReply> {
  const wanted = readBody(request, CREATE);
  requireFreeName("server", api.servers, wanted.name);
  const type = findServerType(wanted.server_type);
  if (type === undefined) throw invalidField("server_type", `server type '${wanted.server_type}' not found`);
  const location = readLocation(wanted, type);
  const image = findImage(api, wanted.image, type.architecture);
  if (image === undefined)
    throw invalidField("image", `image '${wanted.image}' not found for architecture ${type.architecture}`);
  if (image.architecture !== type.architecture)
    throw invalidField("image", `image architecture ${image.architecture} does not fit server type ${type.name}`);
  if (wanted.placement_group !== undefined)
    requireRecord(api.placement_groups, "placement group", wanted.placement_group);
  const attachments = readAttachments(api, wanted, location);
  const addresses = readAddresses(api, wanted, location);
  const keys = (wanted.ssh_keys ?? []).map((key) => readKey(api, key));

  const base = newBase(api, wanted);
  let server: ServerRecord = {
    ...base,
    status: "initializing",
    server_type: type.name,
    image: image.id,
    location,
    placement_group: wanted.placement_group ?? null,
    protection: { delete: false, rebuild: false },
    private_net: [],
    primary_disk_size: type.disk,
    backup_window: null,
    iso: null,
    rescue_enabled: false,
    machine: machineName(api, wanted.name, base.id),
    authorized_keys: keys,
    user_data: wanted.user_data ?? null,
  };
  for (const network of attachments.networks) server = joinNetwork(api, server, network);
  api.servers.put(server.id, server);
  for (const address of addresses) api.primary_ips.put(address.id, { ...address, assignee_id: server.id });
  for (const volume of attachments.volumes) api.volumes.put(volume.id, { ...volume, server: server.id });
  for (const firewall of attachments.firewalls) {
    api.firewalls.put(firewall.id, {
      ...firewall,
      applied_to: [...firewall.applied_to, { type: "server", server: { id: server.id } }],
    });
  }
  return reply(api, server, wanted.start_after_create ?? true);
}

async function reply(api: Api, server: ServerRecord, start: boolean): Promise<CloudReply> {
  try {
    await reserve(api, server);
  } catch (error) {
    forget(api, server);
    throw hetznerError(
      "resource_unavailable",
      `no machine for server '${server.name}': ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (!start) api.servers.put(server.id, { ...server, status: "off" });
  const about = { id: server.id, type: "server" };
  const [action, ...next] = start
    ? api.actions.run(["create_server", "start_server"], [about], () => boot(api, server.id))
    : [api.actions.done("create_server", about)];
  const root_password = server.authorized_keys.length > 0 ? null : randomBytes(12).toString("base64url");
  return {
    status: 201,
    body: { server: serverView(api, api.servers.get(server.id) ?? server), action, next_actions: next, root_password },
  };
}

function readLocation(wanted: Wanted, type: ServerTypeFacts): string {
  if (wanted.location !== undefined && wanted.datacenter !== undefined)
    throw invalidField("location", "location and datacenter exclude each other");
  const found =
    wanted.datacenter !== undefined
      ? findDatacenter(wanted.datacenter)?.location
      : findLocation(wanted.location ?? type.locations[0] ?? "");
  if (found === undefined)
    throw invalidField(
      wanted.datacenter !== undefined ? "datacenter" : "location",
      `'${wanted.datacenter ?? wanted.location}' not found`,
    );
  if (!type.locations.includes(found.name))
    throw invalidField("location", `unsupported location for server type ${type.name}`);
  return found.name;
}

function readAttachments(api: Api, wanted: Wanted, location: string) {
  const volumes = (wanted.volumes ?? []).map((id) => requireRecord(api.volumes, "volume", id));
  volumes.forEach((volume) => requireAttachable(volume, location));
  return {
    volumes,
    networks: (wanted.networks ?? []).map((id) => requireRecord(api.networks, "network", id)),
    firewalls: (wanted.firewalls ?? []).map(({ firewall }) => requireRecord(api.firewalls, "firewall", firewall)),
  };
}

/** The primary IPs of the server: the given ones, else new ones that go with it. */
function readAddresses(api: Api, wanted: Wanted, location: string): PrimaryIpRecord[] {
  const { enable_ipv4 = true, enable_ipv6 = true, ipv4, ipv6 } = wanted.public_net ?? {};
  const given = (type: "ipv4" | "ipv6", id: number): PrimaryIpRecord => {
    const ip = requireRecord(api.primary_ips, "primary IP", id);
    if (ip.type !== type)
      throw hetznerError("primary_ip_version_mismatch", `primary IP with ID '${id}' is no ${type} address`);
    if (ip.assignee_id !== null)
      throw hetznerError("primary_ip_assigned", `primary IP with ID '${id}' is already assigned to a server`);
    if (ip.location !== location)
      throw hetznerError("primary_ip_datacenter_mismatch", "server and primary IP must be in the same location");
    return ip;
  };
  const made = (type: "ipv4" | "ipv6"): PrimaryIpRecord => {
    const ip = newPrimaryIp(api, { name: "", type, location, auto_delete: true });
    return { ...ip, name: `primary_ip-${ip.id}` };
  };
  if (!enable_ipv4 && !enable_ipv6 && (wanted.networks ?? []).length === 0 && wanted.start_after_create !== false) {
    throw invalidField("public_net", "a server without public address needs a network");
  }
  return [
    ...(enable_ipv4 ? [ipv4 === undefined ? made("ipv4") : given("ipv4", ipv4)] : []),
    ...(enable_ipv6 ? [ipv6 === undefined ? made("ipv6") : given("ipv6", ipv6)] : []),
  ];
}

export function readKey(api: Api, key: string | number): string {
  const found = api.ssh_keys.list().find((each) => each.name === key || String(each.id) === String(key));
  if (found === undefined) throw invalidField("ssh_keys", `SSH key '${key}' not found`);
  return found.public_key;
}

/** The server's own name, unless a renamed server's machine still goes by it. */
function machineName(api: Api, name: string, id: number): string {
  return api.servers.list().some(({ machine }) => machine === name) ? `${name}-${id}` : name;
}
