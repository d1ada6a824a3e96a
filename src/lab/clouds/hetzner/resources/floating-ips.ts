import { z } from "zod";
import type { CloudReply } from "../../http/types.ts";
import { actionReply } from "../api/actions.ts";
import { requireFreeName, type Api } from "../api/api.ts";
import { hetznerError, invalidField } from "../api/errors.ts";
import { changeDnsPtr, reverseNames } from "../api/rdns.ts";
import type { FloatingIpRecord } from "../api/records.ts";
import { changeProtection, newBase, requireRecord, type Resource } from "../api/resource.ts";
import { labels, name, nameOrId, optional, readBody } from "../api/validate.ts";
import { findLocation, locationByName } from "../catalogue/index.ts";

const CREATE = z.object({
  type: z.enum(["ipv4", "ipv6"]),
  name: optional(name),
  description: optional(z.string()),
  home_location: optional(nameOrId),
  server: optional(z.int()),
  labels: optional(labels),
});

export function floatingIps(api: Api): Resource<FloatingIpRecord> {
  const title = "Floating IP";
  const about = (ip: FloatingIpRecord) => ({ id: ip.id, type: "floating_ip" });
  const save = (ip: FloatingIpRecord, server: number | null, command: string): CloudReply => {
    api.floating_ips.put(ip.id, { ...ip, server });
    return actionReply(api.actions.done(command, about(ip)));
  };
  return {
    many: "floating_ips",
    one: "floating_ip",
    title,
    records: api.floating_ips,
    sorts: ["id", "created"],
    view: floatingIpView,
    updates: { description: optional(z.string()) },
    create: (request) => {
      const body = readBody(request, CREATE);
      const server = body.server === undefined ? undefined : requireRecord(api.servers, "server", body.server);
      const home = body.home_location === undefined ? server?.location : findLocation(body.home_location)?.name;
      if (home === undefined)
        throw invalidField(
          "home_location",
          body.home_location === undefined
            ? "home_location or server is required"
            : `'${body.home_location}' not found`,
        );
      const base = newBase(api, { ...body, name: body.name ?? "" });
      const named = { ...base, name: base.name || `floating-ip-${base.id}` };
      requireFreeName(title, api.floating_ips, named.name);
      const ip: FloatingIpRecord = {
        ...named,
        type: body.type,
        ip: api.newAddress(body.type),
        description: body.description ?? "",
        home_location: home,
        server: server?.id ?? null,
        dns_ptr: {},
        protection: { delete: false },
      };
      api.floating_ips.put(ip.id, ip);
      return {
        status: 201,
        body: {
          floating_ip: floatingIpView(ip),
          action: server ? api.actions.done("assign_floating_ip", about(ip)) : null,
        },
      };
    },
    actions: {
      assign: (ip, request) =>
        save(
          ip,
          requireRecord(api.servers, "server", readBody(request, z.object({ server: z.int() })).server).id,
          "assign_floating_ip",
        ),
      unassign: (ip) => {
        if (ip.server === null) throw hetznerError("conflict", `floating IP with ID '${ip.id}' is not assigned`);
        return save(ip, null, "unassign_floating_ip");
      },
      change_dns_ptr: (ip, request) => changeDnsPtr(api, request, api.floating_ips, [ip], about(ip)),
      change_protection: changeProtection(api, "floating_ip", api.floating_ips),
    },
  };
}

const floatingIpView = (ip: FloatingIpRecord): object => ({
  ...ip,
  blocked: false,
  dns_ptr: reverseNames(ip),
  home_location: locationByName(ip.home_location),
});
