import { secretVariable } from "../model/secret-variable.ts";
import { pulumi } from "../engine/run.ts";
import type { DeployedStack } from "./deployed-stack.ts";
import type { OpenStack } from "./stack.ts";

/** What a stack is configured with, secrets in clear: for this process only, never to be printed. */
export type StackConfig = (key: string) => string | undefined;

/**
 * Reads the configuration of a stack. In a lab only machine images are kept in it: the other values come through the
 * environment.
 */
export async function readConfig({ target, lab, fleet }: OpenStack): Promise<StackConfig> {
  if (lab && !fleet.hosts.some((h) => h.kind === "aws")) return () => undefined;
  const config = JSON.parse(
    await pulumi(["config", "--stack", target.stack, "--show-secrets", "--json"], target),
  ) as Record<string, { value?: string }>;
  return (key) => config[key]?.value;
}

/** The value of a secret: the environment wins over the stack's encrypted configuration, as in the program. */
export const secretValue = ({ target }: DeployedStack, config: StackConfig, name: string): string | undefined =>
  target.env[secretVariable(name)] ?? config(`fleet:${name}`);

/**
 * The machine images that new instances get, by region: `aws-images:pinned` in Pulumi.<stack>.yaml. What the name
 * begins with is no provider's, or it would be part of that provider's own configuration.
 */
export const pinnedImages = (config: StackConfig): Record<string, string> =>
  JSON.parse(config("aws-images:pinned") ?? "{}") as Record<string, string>;

/**
 * The environment with the providers' tokens and endpoints, from the stack's configuration where the environment has
 * none.
 */
export const withProviderConfig = ({ target }: DeployedStack, config: StackConfig): NodeJS.ProcessEnv => ({
  HCLOUD_TOKEN: config("hcloud:token"),
  HCLOUD_ENDPOINT: config("hcloud:endpoint"),
  DIGITALOCEAN_TOKEN: config("digitalocean:token"),
  DIGITALOCEAN_API_URL: config("digitalocean:apiEndpoint"),
  CLOUDFLARE_API_TOKEN: config("cloudflare:apiToken"),
  CLOUDFLARE_BASE_URL: config("cloudflare:baseUrl"),
  ...target.env,
});
