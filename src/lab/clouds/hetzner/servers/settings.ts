import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { CloudReply, CloudRequest } from "../../http/types.ts";
import { actionReply } from "../api/actions.ts";
import type { Api } from "../api/api.ts";
import { hetznerError, invalidField } from "../api/errors.ts";
import { changeDnsPtr } from "../api/rdns.ts";
import type { ServerRecord } from "../api/records.ts";
import { requireRecord } from "../api/resource.ts";
import { labels, nameOrId, optional, readBody } from "../api/validate.ts";
import { ISOS } from "../catalogue/images.ts";
import { snapshotOf } from "../resources/images.ts";
import { readKey } from "./create.ts";

const PROTECTION = z.object({ delete: optional(z.boolean()), rebuild: optional(z.boolean()) });
const SNAPSHOT = z.object({
  type: optional(z.enum(["snapshot", "backup"])),
  description: optional(z.string()),
  labels: optional(labels),
});
const RESCUE = z.object({ type: optional(z.literal("linux64")), ssh_keys: optional(z.array(nameOrId)) });

/**
 * What only changes what the cloud knows of a server. Backups, rescue system and ISOs are remembered; the machine does
 * not have them.
 */
export function settingActions(api: Api): Record<string, (server: ServerRecord, request: CloudRequest) => CloudReply> {
  const save = (
    server: ServerRecord,
    changes: Partial<ServerRecord>,
    command: string,
    more: object = {},
  ): CloudReply => {
    api.servers.put(server.id, { ...server, ...changes });
    return actionReply(api.actions.done(command, { id: server.id, type: "server" }), more);
  };
  return {
    change_protection: (server, request) => {
      const body = readBody(request, PROTECTION);
      const protection = {
        delete: body.delete ?? server.protection.delete,
        rebuild: body.rebuild ?? server.protection.rebuild,
      };
      if (protection.delete !== protection.rebuild)
        throw invalidField("rebuild", "delete and rebuild protection must have the same value");
      return save(server, { protection }, "change_protection");
    },
    change_dns_ptr: (server, request) => {
      const own = api.primary_ips.list().filter((ip) => ip.assignee_id === server.id);
      return changeDnsPtr(api, request, api.primary_ips, own, { id: server.id, type: "server" });
    },
    add_to_placement_group: (server, request) => {
      const { placement_group: id } = readBody(request, z.object({ placement_group: z.int() }));
      requireRecord(api.placement_groups, "placement group", id);
      if (server.placement_group !== null) throw hetznerError("conflict", "server is already in a placement group");
      if (server.status !== "off")
        throw hetznerError("server_not_stopped", `server with ID '${server.id}' must be powered off first`);
      return save(server, { placement_group: id }, "add_to_placement_group");
    },
    remove_from_placement_group: (server) => save(server, { placement_group: null }, "remove_from_placement_group"),
    enable_backup: (server) => save(server, { backup_window: "22-02" }, "enable_backup"),
    disable_backup: (server) => save(server, { backup_window: null }, "disable_backup"),
    enable_rescue: (server, request) => {
      const keys = (readBody(request, RESCUE).ssh_keys ?? []).map((key) => readKey(api, key));
      const root_password = keys.length > 0 ? null : randomBytes(12).toString("base64url");
      return save(server, { rescue_enabled: true }, "enable_rescue", { root_password });
    },
    disable_rescue: (server) => save(server, { rescue_enabled: false }, "disable_rescue"),
    attach_iso: (server, request) => {
      const { iso } = readBody(request, z.object({ iso: nameOrId }));
      const found = ISOS.find(({ id, name }) => name === iso || String(id) === String(iso));
      if (found === undefined) throw invalidField("iso", `ISO '${iso}' not found`);
      return save(server, { iso: found.id }, "attach_iso");
    },
    detach_iso: (server) => save(server, { iso: null }, "detach_iso"),
    create_image: (server, request) => {
      const { type = "snapshot", description = server.name, labels = {} } = readBody(request, SNAPSHOT);
      const image = snapshotOf(api, server, { type, description, labels });
      api.images.put(image.id, image);
      return actionReply(
        api.actions.done("create_image", { id: server.id, type: "server" }, { id: image.id, type: "image" }),
        { image },
      );
    },
  };
}
