import { isListening } from "./control.ts";
import { NspawnMachines } from "./machines/machines.ts";
import { labPaths } from "./paths.ts";
import { readSettings } from "./settings.ts";
import type { LabStatus } from "./types.ts";

/** Where a local cloud's API begins, as the official clients' endpoint settings take it. */
const BASE_PATHS: Record<string, string> = { hcloud: "/v1", cloudflare: "/client/v4" };

/** How to reach a stack's lab. Of a lab that is down it knows the machines it would boot again, but no clouds. */
export async function labStatus(stack: string): Promise<LabStatus> {
  const paths = labPaths(stack);
  const [settings, up] = [await readSettings(paths.settings), await isListening(paths.socket)];
  const machines = new NspawnMachines({ lab: paths.id, folder: paths.machines, subnet: settings.subnet ?? "", image: "" });
  return {
    clouds: Object.fromEntries(Object.entries(BASE_PATHS).flatMap(([cloud, basePath]) =>
      up ? [[cloud, { url: `http://127.0.0.1:${settings.ports[cloud]}${basePath}`, token: settings.tokens[cloud]! }]] : [])),
    hosts: (await machines.list()).map(({ name, address, running }) => ({ name, address, port: 22, user: "root", running })),
    sshConfig: paths.sshConfig,
  };
}

/**
 * The variables that make the program, the engine and its plugins work on a running lab instead of the world.
 * @throws Error when the lab is down.
 */
export async function labEnvironment(stack: string): Promise<Record<string, string>> {
  const { clouds, sshConfig } = await labStatus(stack);
  const { hcloud, cloudflare } = clouds;
  if (!hcloud || !cloudflare) throw new Error(`the lab of ${stack} is not running: start it with \`fleet lab up ${stack}\``);
  return {
    HCLOUD_ENDPOINT: hcloud.url,
    HCLOUD_TOKEN: hcloud.token,
    CLOUDFLARE_BASE_URL: cloudflare.url,
    CLOUDFLARE_API_TOKEN: cloudflare.token,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    FLEET_SSH_CONFIG: sshConfig,
  };
}
