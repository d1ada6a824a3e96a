import { optional, hostname } from "../api/validate.ts";
import type { Api } from "../api/api.ts";
import { hetznerError } from "../api/errors.ts";
import type { ServerRecord } from "../api/records.ts";
import type { Resource } from "../api/resource.ts";
import { createServer } from "./create.ts";
import { vanish } from "./lifecycle.ts";
import { networkActions } from "./networks.ts";
import { powerActions } from "./power.ts";
import { settingActions } from "./settings.ts";
import { serverView } from "./view.ts";

export function servers(api: Api): Resource<ServerRecord> {
  return {
    many: "servers",
    one: "server",
    title: "server",
    records: api.servers,
    sorts: ["id", "name", "created"],
    filters: { status: (server, states) => states.includes(server.status) },
    view: (server) => serverView(api, server),
    updates: { name: optional(hostname) },
    create: (request) => createServer(api, request),
    remove: (server) => {
      requireUnlocked(api, server);
      const [action] = api.actions.run(["delete_server"], [{ id: server.id, type: "server" }], () =>
        vanish(api, server.id),
      );
      return { status: 200, body: { action } };
    },
    actions: locking(api, { ...powerActions(api), ...networkActions(api), ...settingActions(api) }),
  };
}

type ServerActions = NonNullable<Resource<ServerRecord>["actions"]>;

/** The same actions, refused while another one is under way on the server. */
function locking(api: Api, actions: ServerActions): ServerActions {
  return Object.fromEntries(
    Object.entries(actions).map(([command, handle]) => [
      command,
      (server, request) => {
        requireUnlocked(api, server);
        return handle(server, request);
      },
    ]),
  );
}

function requireUnlocked(api: Api, server: ServerRecord): void {
  if (api.actions.isRunningOn("server", server.id))
    throw hetznerError("locked", `server with ID '${server.id}' is locked: another action is running`);
}
