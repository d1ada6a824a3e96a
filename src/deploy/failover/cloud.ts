import { apisOf } from "../../clouds/apis.ts";
import { CloudflareClient } from "../../clouds/cloudflare/client.ts";
import { labEdge } from "../../lab/status.ts";
import { loadFleet, type LoadedFleet } from "../../load/fleet.ts";
import { addressOfName } from "../../probes/name.ts";
import type { Proxy } from "../../probes/visitors.ts";
import { CliError } from "../../terminal/output.ts";
import type { DeployedStack } from "../deployed-stack.ts";
import { runningLab } from "../lab-target.ts";
import { readConfig, withProviderConfig } from "../stack-config.ts";
import { realTarget } from "../stack.ts";

/** All that a failover needs: the fleet's files, and Cloudflare. */
export interface Cloud extends LoadedFleet, DeployedStack {
  /** A client that has asked nothing yet. */
  connect: () => CloudflareClient;
  /** Where visitors of a name go. */
  proxy: Pick<Proxy, "address">;
}

/**
 * Opens a fleet's Cloudflare. The engine is asked only where the token is nowhere else, and no host is.
 * @throws CliError without a token, or without a lab
 */
export async function openCloud(name: string, { lab = false }: { lab?: boolean }): Promise<Cloud> {
  const loaded = await loadFleet(name);
  const target = lab ? await runningLab(name) : realTarget(name);
  if (!target) throw new CliError(`the lab of ${name} does not run: \`npx fleet lab up ${name}\``);
  const stack = { ...loaded, name, lab, target };
  const env = target.env.CLOUDFLARE_API_TOKEN
    ? target.env
    : await readConfig(stack).then(
        (config) => withProviderConfig(stack, config),
        () => target.env,
      );
  const api = apisOf(env).cloudflare;
  if (!api.token)
    throw new CliError(
      "there is no token for Cloudflare: set CLOUDFLARE_API_TOKEN, or cloudflare:apiToken in the stack's configuration",
    );
  const edge = lab ? await labEdge(name) : undefined;
  return {
    ...stack,
    connect: () => new CloudflareClient(api, loaded.fleet),
    proxy: { address: edge === undefined ? addressOfName : () => Promise.resolve(edge) },
  };
}
