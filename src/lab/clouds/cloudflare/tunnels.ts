import { randomUUID } from "node:crypto";
import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountOf } from "./account.ts";
import { bodyOf, now, ok, paged, text, type Json } from "./reply.ts";
import { checkConfig } from "./tunnels-config.ts";
import { connectionsTo, disconnect, newSecret, tokenOf, tunnelsOf, type Tunnel } from "./tunnels-store.ts";

/** How many connections a healthy connector keeps. */
const CONNECTIONS = 4;

/** Tunnels, their configurations and tokens. Who is connected, the lab's edge says. */
export function tunnelRoutes(store: Store): Route[] {
  const base = "/accounts/{account_id}/cfd_tunnel";
  const tunnels = tunnelsOf(store);
  const ofAccount = (account: string): Tunnel[] => tunnels.list().filter((tunnel) => tunnel.account === account);

  const find = (request: CloudRequest): Tunnel => {
    const tunnel = tunnels.get(request.params.tunnel ?? "");
    if (tunnel === undefined || tunnel.account !== accountOf(request))
      throw new CloudError(404, 1003, "Tunnel not found");
    return tunnel;
  };
  const mustBeFree = (account: string, name: string, id?: string): void => {
    if (ofAccount(account).some((other) => other.name === name && other.deleted_at === null && other.id !== id))
      throw new CloudError(
        409,
        1013,
        "You already have a tunnel with this name. Please choose a different name for this new tunnel.",
      );
  };
  const create = (request: CloudRequest, body: Json): Tunnel => {
    const [account, name, id] = [accountOf(request), text(body, "name"), randomUUID()];
    mustBeFree(account, name);
    return tunnels.put(id, {
      id,
      account,
      name,
      created_at: now(),
      deleted_at: null,
      config_src: typeof body.config_src === "string" ? body.config_src : "local",
      secret: secretOf(body) ?? newSecret(),
      config: null,
      version: 0,
      configured_at: now(),
      left_at: null,
    });
  };
  const change = (tunnel: Tunnel, body: Json): Tunnel => {
    const name = typeof body.name === "string" ? body.name : tunnel.name;
    mustBeFree(tunnel.account, name, tunnel.id);
    return tunnels.put(tunnel.id, { ...tunnel, name, secret: secretOf(body) ?? tunnel.secret });
  };
  const remove = (tunnel: Tunnel): Tunnel => {
    if (connectionsTo(store, tunnel.id).length > 0)
      throw new CloudError(400, 1022, "Cannot delete tunnel because it has active connections");
    return tunnels.put(tunnel.id, { ...tunnel, deleted_at: now() });
  };
  const configure = (tunnel: Tunnel, body: Json): Tunnel =>
    tunnels.put(tunnel.id, {
      ...tunnel,
      config: checkConfig(body.config),
      version: tunnel.version + 1,
      configured_at: now(),
    });
  const show = (tunnel: Tunnel) => ok(render(store, tunnel));
  const one = `${base}/{tunnel}`;

  return [
    {
      method: "GET",
      path: base,
      handle: (request) => {
        const [name, deleted] = [request.query.get("name"), request.query.get("is_deleted")];
        const fits = (tunnel: Tunnel): boolean =>
          (name === null || tunnel.name === name) &&
          (deleted === null || (deleted === "true") === (tunnel.deleted_at !== null));
        const shown = ofAccount(accountOf(request)).filter(fits);
        return paged(
          request,
          shown.map((tunnel) => render(store, tunnel)),
          20,
          1000,
        );
      },
    },
    { method: "POST", path: base, handle: (request) => show(create(request, bodyOf(request))) },
    { method: "GET", path: one, handle: (request) => show(find(request)) },
    { method: "PATCH", path: one, handle: (request) => show(change(find(request), bodyOf(request))) },
    { method: "DELETE", path: one, handle: (request) => show(remove(find(request))) },
    { method: "GET", path: `${one}/token`, handle: (request) => ok(tokenOf(find(request))) },
    { method: "GET", path: `${one}/configurations`, handle: (request) => ok(document(find(request))) },
    {
      method: "PUT",
      path: `${one}/configurations`,
      handle: (request) => ok(document(configure(find(request), bodyOf(request)))),
    },
    { method: "GET", path: `${one}/connections`, handle: (request) => ok(clients(store, find(request).id)) },
    {
      method: "DELETE",
      path: `${one}/connections`,
      handle: (request) => {
        const client = request.query.get("client_id");
        for (const each of connectionsTo(store, find(request).id))
          if (client === null || each.client === client) disconnect(store, each);
        return ok(null);
      },
    },
  ];
}

/** @throws CloudError 400 when it is too short, or no base64. */
function secretOf({ tunnel_secret: secret }: Json): string | undefined {
  if (secret === undefined || secret === null) return undefined;
  if (typeof secret !== "string" || Buffer.from(secret, "base64").length < 32)
    throw new CloudError(400, 1002, "tunnel_secret must be at least 32 bytes, encoded as a base64 string");
  return secret;
}

const document = ({ id, account, config, version, configured_at }: Tunnel): Json => ({
  account_id: account,
  tunnel_id: id,
  version,
  config,
  source: "cloudflare",
  created_at: configured_at,
});

function connections(store: Store, tunnel: string): Json[] {
  return connectionsTo(store, tunnel).map(({ id, client, version, opened_at, origin_ip }) => ({
    id,
    uuid: id,
    client_id: client,
    client_version: version,
    colo_name: "lab01",
    is_pending_reconnect: false,
    opened_at,
    origin_ip,
  }));
}

/** The connectors of a tunnel, each with its connections. */
function clients(store: Store, tunnel: string): Json[] {
  const all = Map.groupBy(connections(store, tunnel), ({ client_id }) => client_id);
  return [...all].map(([id, conns]) => ({
    id,
    arch: "linux_amd64",
    config_version: tunnelsOf(store).get(tunnel)?.version,
    conns,
    features: [],
    run_at: conns[0]!.opened_at,
    version: conns[0]!.client_version,
  }));
}

function render(store: Store, { account, ...tunnel }: Tunnel): Json {
  const open = connections(store, tunnel.id);
  const status =
    open.length >= CONNECTIONS ? "healthy" : open.length > 0 ? "degraded" : tunnel.left_at ? "down" : "inactive";
  return {
    id: tunnel.id,
    name: tunnel.name,
    created_at: tunnel.created_at,
    deleted_at: tunnel.deleted_at,
    config_src: tunnel.config_src,
    account_tag: account,
    connections: open,
    conns_active_at: open[0]?.opened_at ?? null,
    conns_inactive_at: open.length > 0 ? null : tunnel.left_at,
    tun_type: "cfd_tunnel",
    remote_config: tunnel.config_src === "cloudflare",
    metadata: {},
    status,
  };
}
