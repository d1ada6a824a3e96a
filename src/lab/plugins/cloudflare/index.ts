import { Secret, type Plugin } from "../../../plugin/types.ts";
import { bare } from "../schema.ts";
import { createClient } from "./client.ts";
import { facts, tokenOf } from "./facts.ts";
import { fill } from "./mapping.ts";
import { cloudflareResource } from "./resource.ts";
import { table } from "./table.ts";

export interface CloudflareDefaults {
  /** The API with its version path, such as http://127.0.0.1:4001/client/v4. */
  url: string;
  token: string;
}

/**
 * The cloudflare provider over the HTTP API, for labs where the official one cannot be had. Its configuration (baseUrl,
 * apiToken) comes before the defaults.
 */
export function createCloudflarePlugin(defaults: CloudflareDefaults): Plugin {
  let client = createClient(defaults.url, defaults.token);
  const resources = Object.entries(table).map(
    ([name, mapping]) => [tokenOf(name), cloudflareResource(name, mapping, () => client)] as const,
  );
  return {
    name: facts.package,
    version: facts.version,
    configure: async (config) => {
      client = createClient(
        String(bare(config.baseUrl) ?? defaults.url),
        String(bare(config.apiToken) ?? defaults.token),
      );
    },
    resources: Object.fromEntries(resources),
    functions: {
      "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken": async (args) => {
        const { method, path } = fill("GET /accounts/{accountId}/cfd_tunnel/{tunnelId}/token", args);
        return { ...args, token: new Secret(await client.call<string>({ method, path })) };
      },
    },
  };
}
