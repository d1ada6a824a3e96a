import { z } from "zod";
import type { CloudReply } from "../../http/types.ts";
import { actionReply } from "../api/actions.ts";
import { requireFreeName, type Api } from "../api/api.ts";
import { hetznerError, invalidField } from "../api/errors.ts";
import { changeDnsPtr, reverseNames } from "../api/rdns.ts";
import type { PrimaryIpRecord, ServerRecord } from "../api/records.ts";
import { changeProtection, newBase, requireRecord, type Resource } from "../api/resource.ts";
import { labels, name, nameOrId, optional, readBody } from "../api/validate.ts";
import { datacenterOf, findDatacenter, findLocation, locationByName } from "../catalogue/index.ts";

const CREATE = z.object({
  name,
  type: z.enum(["ipv4", "ipv6"]),
  assignee_type: optional(z.literal("server")),
  assignee_id: optional(z.int()),
  auto_delete: optional(z.boolean()),
  datacenter: optional(nameOrId),
  location: optional(nameOrId),
  labels: optional(labels),
});
const ASSIGN = z.object({ assignee_id: z.int(), assignee_type: z.literal("server") });

export function primaryIps(api: Api): Resource<PrimaryIpRecord> {
  const title = "Primary IP";
  const about = (ip: PrimaryIpRecord) => ({ id: ip.id, type: "primary_ip" });
  const save = (ip: PrimaryIpRecord, changes: Partial<PrimaryIpRecord>, command: string): CloudReply => {
    api.primary_ips.put(ip.id, { ...ip, ...changes });
    return actionReply(api.actions.done(command, about(ip)));
  };
  return {
    many: "primary_ips",
    one: "primary_ip",
    title,
    records: api.primary_ips,
    sorts: ["id", "created"],
    filters: { ip: (primary, [ip]) => primary.ip === ip },
    view: primaryIpView,
    updates: { auto_delete: optional(z.boolean()) },
    create: (request) => {
      const body = readBody(request, CREATE);
      requireFreeName(title, api.primary_ips, body.name);
      const server =
        body.assignee_id === undefined ? undefined : requireRecord(api.servers, "server", body.assignee_id);
      const location = server?.location ?? readLocation(body);
      const ip = newPrimaryIp(api, { ...body, location, auto_delete: body.auto_delete ?? false });
      if (server !== undefined) requireAssignable(api, ip, server);
      const made = api.primary_ips.put(ip.id, { ...ip, assignee_id: server?.id ?? null });
      return {
        status: 201,
        body: {
          primary_ip: primaryIpView(made),
          ...(server && { action: api.actions.done("create_primary_ip", about(ip)) }),
        },
      };
    },
    remove: (ip) => {
      const server = ip.assignee_id === null ? undefined : api.servers.get(ip.assignee_id);
      if (server !== undefined && server.status !== "off") {
        throw hetznerError(
          "must_be_unassigned",
          `primary IP with ID '${ip.id}' is assigned to a server that is not off`,
        );
      }
    },
    actions: {
      assign: (ip, request) => {
        const server = requireRecord(api.servers, "server", readBody(request, ASSIGN).assignee_id);
        requireAssignable(api, ip, server);
        requireOff(server);
        return save(ip, { assignee_id: server.id }, "assign_primary_ip");
      },
      unassign: (ip) => {
        const server = ip.assignee_id === null ? undefined : api.servers.get(ip.assignee_id);
        if (server === undefined)
          throw hetznerError("primary_ip_not_assigned", `primary IP with ID '${ip.id}' is not assigned`);
        requireOff(server);
        return save(ip, { assignee_id: null }, "unassign_primary_ip");
      },
      change_dns_ptr: (ip, request) => changeDnsPtr(api, request, api.primary_ips, [ip], about(ip)),
      change_protection: changeProtection(api, "primary_ip", api.primary_ips),
    },
  };
}

/** A primary IP that is not stored yet. */
export function newPrimaryIp(
  api: Api,
  wanted: {
    name: string;
    type: "ipv4" | "ipv6";
    location: string;
    auto_delete: boolean;
    labels?: Record<string, string>;
    ip?: string;
  },
): PrimaryIpRecord {
  const { type, location, auto_delete, ip = api.newAddress(type) } = wanted;
  return {
    ...newBase(api, wanted),
    type,
    ip,
    location,
    auto_delete,
    assignee_id: null,
    dns_ptr: {},
    protection: { delete: false },
  };
}

export const primaryIpOf = (api: Api, server: ServerRecord, type: "ipv4" | "ipv6"): PrimaryIpRecord | undefined =>
  api.primary_ips.list().find((ip) => ip.assignee_id === server.id && ip.type === type);

/** @throws CloudError when this address cannot be this server's. */
export function requireAssignable(api: Api, ip: PrimaryIpRecord, server: ServerRecord): void {
  if (ip.assignee_id !== null)
    throw hetznerError("primary_ip_already_assigned", `primary IP with ID '${ip.id}' is already assigned to a server`);
  if (ip.location !== server.location)
    throw hetznerError("primary_ip_datacenter_mismatch", "server and primary IP must be in the same location");
  if (primaryIpOf(api, server, ip.type))
    throw hetznerError(
      ip.type === "ipv4" ? "server_has_ipv4" : "server_has_ipv6",
      `server already has an ${ip.type} address`,
    );
}

function requireOff(server: ServerRecord): void {
  if (server.status !== "off")
    throw hetznerError("server_not_stopped", `server with ID '${server.id}' must be powered off first`);
}

function readLocation(body: {
  datacenter?: string | number | undefined;
  location?: string | number | undefined;
}): string {
  if (body.location !== undefined && body.datacenter !== undefined)
    throw invalidField("location", "location and datacenter exclude each other");
  if (body.location === undefined && body.datacenter === undefined)
    throw invalidField("location", "location, datacenter or assignee_id is required");
  const found =
    body.location !== undefined ? findLocation(body.location) : findDatacenter(body.datacenter ?? "")?.location;
  if (found === undefined)
    throw invalidField(
      body.location !== undefined ? "location" : "datacenter",
      `'${body.location ?? body.datacenter}' not found`,
    );
  return found.name;
}

function primaryIpView(ip: PrimaryIpRecord): object {
  return {
    ...ip,
    assignee_type: "server",
    blocked: false,
    dns_ptr: reverseNames(ip),
    location: locationByName(ip.location),
    datacenter: datacenterOf(ip.location),
  };
}
