import { z } from "zod";
import type { CloudReply, CloudRequest } from "../../http/types.ts";
import type { Api } from "../api/api.ts";
import { hetznerError, invalidField, isProtected } from "../api/errors.ts";
import type { ServerRecord } from "../api/records.ts";
import { nameOrId, optional, readBody } from "../api/validate.ts";
import { findServerType } from "../catalogue/index.ts";
import { findImage } from "../resources/images.ts";
import { boot, halt, rebuild } from "./lifecycle.ts";

const CHANGE_TYPE = z.object({ server_type: nameOrId, upgrade_disk: z.boolean() });
const REBUILD = z.object({ image: nameOrId, user_data: optional(z.string()) });

/** What makes the machine start, stop or begin anew. */
export function powerActions(api: Api): Record<string, (server: ServerRecord, request: CloudRequest) => CloudReply> {
  const run = (server: ServerRecord, command: string, work: () => Promise<void>): CloudReply => {
    const [action] = api.actions.run([command], [{ id: server.id, type: "server" }], work);
    return { status: 201, body: { action } };
  };
  const restart = (server: ServerRecord) => async (): Promise<void> => {
    await halt(api, server.id);
    await boot(api, server.id);
  };
  return {
    poweron: (server) => run(server, "start_server", () => boot(api, server.id)),
    poweroff: (server) => run(server, "stop_server", () => halt(api, server.id)),
    shutdown: (server) => run(server, "shutdown_server", () => halt(api, server.id)),
    reboot: (server) => run(server, "reboot_server", restart(server)),
    reset: (server) => run(server, "reset_server", restart(server)),
    change_type: (server, request) => {
      const { server_type, upgrade_disk } = readBody(request, CHANGE_TYPE);
      const [now, next] = [findServerType(server.server_type), findServerType(server_type)];
      if (next === undefined) throw invalidField("server_type", `server type '${server_type}' not found`);
      if (server.status !== "off")
        throw hetznerError("server_not_stopped", `server with ID '${server.id}' must be powered off first`);
      const fits =
        next.architecture === now?.architecture &&
        next.locations.includes(server.location) &&
        next.disk >= server.primary_disk_size;
      if (!fits)
        throw hetznerError(
          "invalid_server_type",
          `server type ${next.name} does not fit: other architecture or location, or a smaller disk`,
        );
      api.servers.put(server.id, {
        ...server,
        server_type: next.name,
        primary_disk_size: upgrade_disk ? next.disk : server.primary_disk_size,
      });
      // The vendor copies the disk and starts the server again.
      return run(server, "change_server_type", () => boot(api, server.id));
    },
    rebuild: (server, request) => {
      if (server.protection.rebuild) throw isProtected("server", "rebuild");
      const body = readBody(request, REBUILD);
      const image = findImage(api, body.image, findServerType(server.server_type)?.architecture ?? "x86");
      if (image === undefined) throw invalidField("image", `image '${body.image}' not found`);
      api.servers.put(server.id, { ...server, image: image.id, user_data: body.user_data ?? server.user_data });
      const reply = run(server, "rebuild_server", () => rebuild(api, server.id));
      return { ...reply, body: { ...(reply.body as object), root_password: null } };
    },
  };
}
