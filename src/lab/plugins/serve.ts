import { listenPlugin } from "../../plugin/server.ts";
import { createCloudflarePlugin } from "./cloudflare/index.ts";
import { createCommandPlugin } from "./command/index.ts";

export interface RunningPlugins {
  /** gRPC ports on loopback by provider name. */
  ports: { cloudflare: number; command: number };
  /** For PULUMI_DEBUG_PROVIDERS, such as cloudflare:40001,command:40002. */
  debugProviders: string;
  close(): Promise<void>;
}

/**
 * Serves the lab's own providers for engines to attach to.
 * @param cloudflareUrl the API with its version path; used, with the token, where the program configures nothing else.
 */
export async function startPlugins(options: { cloudflareUrl: string; cloudflareToken: string }): Promise<RunningPlugins> {
  const cloudflare = await listenPlugin(createCloudflarePlugin({ url: options.cloudflareUrl, token: options.cloudflareToken }));
  const command = await listenPlugin(createCommandPlugin());
  const ports = { cloudflare: cloudflare.port, command: command.port };
  return {
    ports,
    debugProviders: Object.entries(ports).map(([name, port]) => `${name}:${port}`).join(","),
    close: async () => void (await Promise.all([cloudflare.close(), command.close()])),
  };
}
