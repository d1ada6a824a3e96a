import { listenPlugin, type Listening } from "../../plugin/server.ts";
import type { Plugin } from "../../plugin/types.ts";
import { createCloudflarePlugin } from "./cloudflare/index.ts";
import { createCommandPlugin } from "./command/index.ts";

export interface RunningPlugins {
  /** gRPC ports on loopback by provider name. */
  ports: Record<string, number>;
  /** For PULUMI_DEBUG_PROVIDERS, such as cloudflare:40001,command:40002. */
  debugProviders: string;
  close(): Promise<void>;
}

/**
 * Serves the lab's own providers for engines to attach to.
 * @param cloudflareUrl the API with its version path; used, with the token, where the program configures nothing else.
 */
export const startPlugins = (options: { cloudflareUrl: string; cloudflareToken: string }): Promise<RunningPlugins> =>
  serve({
    cloudflare: createCloudflarePlugin({ url: options.cloudflareUrl, token: options.cloudflareToken }),
    command: createCommandPlugin(),
  });

/**
 * Serves the provider for AWS: a program has one for each region, all of them here, each over a connection of its own.
 */
export async function startAwsPlugin(options: { url: string; token: string }): Promise<RunningPlugins> {
  const { createAwsPlugin } = await import("./aws/index.ts");
  return serve({ aws: await createAwsPlugin(options) });
}

/** Serves the provider for DigitalOcean. @param options.endpoint the API without its version */
export async function startDigitalOceanPlugin(options: { endpoint: string; token: string }): Promise<RunningPlugins> {
  const { createDigitalOceanPlugin } = await import("./digitalocean/index.ts");
  return serve({ digitalocean: createDigitalOceanPlugin(options) });
}

/** Serves the provider for Tailscale. */
export async function startTailscalePlugin(options: { url: string; key: string }): Promise<RunningPlugins> {
  const { createTailscalePlugin } = await import("./tailscale/index.ts");
  return serve({ tailscale: () => createTailscalePlugin(options) });
}

async function serve(plugins: Record<string, Plugin | (() => Plugin)>): Promise<RunningPlugins> {
  const listening = await Promise.all(
    Object.entries(plugins).map(async ([name, plugin]): Promise<[string, Listening]> => [
      name,
      await listenPlugin(plugin),
    ]),
  );
  return {
    ports: Object.fromEntries(listening.map(([name, { port }]) => [name, port])),
    debugProviders: listening.map(([name, { port }]) => `${name}:${port}`).join(","),
    close: async () => void (await Promise.all(listening.map(([, server]) => server.close()))),
  };
}
