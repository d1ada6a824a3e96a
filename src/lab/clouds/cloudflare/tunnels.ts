import { randomUUID } from "node:crypto";
import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountOf } from "./account.ts";
import { bodyOf, now, ok, paged, text, type Json } from "./reply.ts";

interface Tunnel {
  id: string;
  account: string;
  name: string;
  created_at: string;
  deleted_at: string | null;
  config_src: string;
}

/** Tunnels as things that exist; nothing connects to them. */
export function tunnelRoutes(store: Store): Route[] {
  const base = "/accounts/{account_id}/cfd_tunnel";
  const tunnels = store.collection<Tunnel>("cloudflare", "tunnels");
  const ofAccount = (account: string): Tunnel[] => tunnels.list().filter((tunnel) => tunnel.account === account);

  const find = (request: CloudRequest): Tunnel => {
    const tunnel = tunnels.get(request.params.tunnel ?? "");
    if (tunnel === undefined || tunnel.account !== accountOf(request))
      throw new CloudError(404, 1003, "Tunnel not found");
    return tunnel;
  };
  const create = (request: CloudRequest, body: Json): Tunnel => {
    const [account, name, id] = [accountOf(request), text(body, "name"), randomUUID()];
    if (ofAccount(account).some((other) => other.name === name && other.deleted_at === null))
      throw new CloudError(
        409,
        1013,
        "You already have a tunnel with this name. Please choose a different name for this new tunnel.",
      );
    return tunnels.put(id, {
      id,
      account,
      name,
      created_at: now(),
      deleted_at: null,
      config_src: typeof body.config_src === "string" ? body.config_src : "local",
    });
  };

  return [
    {
      method: "GET",
      path: base,
      handle: (request) => {
        const [name, deleted] = [request.query.get("name"), request.query.get("is_deleted")];
        const fits = (tunnel: Tunnel): boolean =>
          (name === null || tunnel.name === name) &&
          (deleted === null || (deleted === "true") === (tunnel.deleted_at !== null));
        return paged(request, ofAccount(accountOf(request)).filter(fits).map(render), 20, 1000);
      },
    },
    { method: "POST", path: base, handle: (request) => ok(render(create(request, bodyOf(request)))) },
    { method: "GET", path: `${base}/{tunnel}`, handle: (request) => ok(render(find(request))) },
    {
      method: "DELETE",
      path: `${base}/{tunnel}`,
      handle: (request) => ok(render(tunnels.put(find(request).id, { ...find(request), deleted_at: now() }))),
    },
  ];
}

const render = ({ account, ...tunnel }: Tunnel): Json => ({
  ...tunnel,
  account_tag: account,
  connections: [],
  conns_active_at: null,
  conns_inactive_at: null,
  tun_type: "cfd_tunnel",
  remote_config: tunnel.config_src === "cloudflare",
  metadata: {},
  status: "inactive",
});
