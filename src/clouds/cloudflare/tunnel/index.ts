import type { Tunnel } from "../../../model/edge.ts";
import { isActive } from "../../../model/status.ts";
import type { Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { accountOf, inEdge, stackFile, type InFleet } from "../names.ts";

export interface ApiTunnel {
  id: string;
  name: string;
  /** "healthy", "degraded" with some of its connections, "down", "inactive" when it never had any. */
  status?: string;
  config_src?: string;
  deleted_at?: string | null;
}

/** The most that the API gives. */
const PAGE = 1000;

/** Where a proxied record has to lead, so that its visitors come through a tunnel. */
export const targetOfTunnel = (id: string): string => `${id}.cfargotunnel.com`;

/** As what a tunnel is among the addresses that records lead to: hosts have no blank in their names. */
export const addressKey = (name: string): string => `tunnel ${name}`;

/** A Cloudflare Tunnel whose configuration is kept at Cloudflare. Identity: its name in the account. */
export const tunnel: Kind<InFleet<Tunnel>, ApiTunnel, CloudflareClient> = {
  is: "cloudflare/tunnel",
  title: "tunnel",
  token: "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared",

  declared: (fleet) =>
    fleet.edge.tunnels.map((is) => ({
      name: is.name,
      file: stackFile(fleet),
      active: isActive(is),
      model: { fleet, is },
    })),
  identity: ({ is }) => is.name,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) =>
    client.question(
      "tunnels",
      () => tunnelsIn(client),
      ({ id, name }) => ({ identity: name, id, importId: client.inAccount(id) }),
    ),

  within: () => inEdge,
  resource: ({ fleet, is }) => ({ args: { accountId: accountOf(fleet), name: is.name, configSrc: "cloudflare" } }),
  // Changing that would make another tunnel, with another token, under the feet of whoever carries this one.
  differs: ({ config_src }) =>
    config_src === "cloudflare" ? [] : ["its configuration is kept on its host: move it to Cloudflare in the console"],

  address: {
    held: ({ id, inputs = {} }) =>
      id === undefined ? undefined : [addressKey(String(inputs.name)), targetOfTunnel(id)],
    shown: ({ id, name }) => [addressKey(name), targetOfTunnel(id)],
  },
  audit: { kind: "tunnel", tell: ({ name, status = "" }) => ({ name, detail: status }) },
  quirks: [
    {
      is: "kept those that were deleted in its list, by default until 2025-12",
      seen: "2025-09",
      source: "https://github.com/cloudflare/cloudflare-docs/pull/24840",
    },
  ],
};

export const tunnelsIn = async (client: CloudflareClient): Promise<ApiTunnel[]> =>
  (await client.accountList<ApiTunnel>("/cfd_tunnel", PAGE)).filter(({ deleted_at }) => !deleted_at);
