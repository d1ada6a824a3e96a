import { isDeepStrictEqual } from "node:util";
import type { Tunnel } from "../../../model/edge.ts";
import { isActive } from "../../../model/status.ts";
import { keyOf, type Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { accountOf, inEdge, stackFile, type InFleet } from "../names.ts";
import { tunnel, tunnelsIn } from "../tunnel/index.ts";
import { documentOf, said, type Document } from "./document.ts";

interface Shown {
  /** The tunnel's. */
  name: string;
  config: Document;
}

/**
 * What a tunnel does with its visitors, as one document: ingress in order, the catch-all last. Identity: the tunnel's
 * name.
 */
export const tunnelConfig: Kind<InFleet<Tunnel>, Shown, CloudflareClient> = {
  is: "cloudflare/tunnel-config",
  title: "configuration of the tunnel",
  token: "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig",

  declared: (fleet) =>
    fleet.edge.tunnels.map((is) => ({
      name: is.name,
      file: stackFile(fleet),
      active: isActive(is),
      model: { fleet, is },
    })),
  identity: ({ is }) => is.name,
  // The state knows the tunnel by its id only.
  held: () => undefined,
  ask: (client, models) =>
    models.flatMap(({ is }) =>
      client.question(
        `the configuration of the tunnel ${is.name}`,
        async () => {
          const found = (await tunnelsIn(client)).find(({ name }) => name === is.name);
          if (!found) return [];
          const path = `/cfd_tunnel/${found.id}/configurations`;
          const { config } = await client.account<{ config: Document | null }>(path);
          // A new tunnel has an empty one.
          return config === null ? [] : [{ id: found.id, name: is.name, config }];
        },
        ({ id, name }) => ({ identity: name, id, importId: client.inAccount(id) }),
      ),
    ),

  within: () => inEdge,
  resource: ({ fleet, is }, values) => ({
    args: {
      accountId: accountOf(fleet),
      tunnelId: values.of(tunnel.is, is.name, "id"),
      source: "cloudflare",
      config: documentOf(is),
    },
    after: [keyOf(tunnel, is)],
  }),
  adopts: ({ is }) => is.adopt ?? false,
  differs: ({ config }, { is }) =>
    isDeepStrictEqual(said(config), said(documentOf(is))) ? [] : ["it says something else there"],
  quirks: [
    {
      is: "fills in routes for WARP",
      seen: "2023-11",
      source: "https://github.com/cloudflare/terraform-provider-cloudflare/issues/2916",
    },
  ],
};
