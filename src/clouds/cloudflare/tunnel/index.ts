import type { Tunnel } from "../../../model/edge.ts";
import type { Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { inEdge, stackFile, type InFleet } from "../names.ts";

interface Shown {
  id: string;
  name: string;
  status?: string;
  deleted_at?: string | null;
}

/** The most that the API gives. */
const PAGE = 1000;

/** A Cloudflare Tunnel: modelled and audited, not deployed yet. Identity: its name in the account. */
export const tunnel: Kind<InFleet<Tunnel>, Shown, CloudflareClient> = {
  is: "cloudflare/tunnel",
  title: "tunnel",
  token: "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared",

  declared: (fleet) =>
    fleet.edge.tunnels.map((is) => ({ name: is.name, file: stackFile(fleet), active: false, model: { fleet, is } })),
  identity: ({ is }) => is.name,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) =>
    client.question(
      "tunnels",
      // One that was deleted stays in the list.
      async () => (await client.accountList<Shown>("/cfd_tunnel", PAGE)).filter(({ deleted_at }) => !deleted_at),
      ({ id, name }) => ({ identity: name, id, importId: client.inAccount(id) }),
    ),

  within: () => inEdge,

  audit: { kind: "tunnel", tell: ({ name, status = "" }) => ({ name, detail: status }) },
};
