import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isUp } from "./control.ts";
import { NspawnMachines } from "./machines/machines.ts";
import { addressIn, EDGE } from "./machines/subnet.ts";
import { labPaths } from "./paths.ts";
import { cloudUrl, readSettings, type LabSettings } from "./settings.ts";
import type { LabStatus } from "./types.ts";

/** How to reach a stack's lab. Of a lab that is down it knows the machines it would boot again, but no clouds. */
export async function labStatus(stack: string): Promise<LabStatus> {
  const paths = labPaths(stack);
  const [settings, up] = [await readSettings(paths.settings), await isUp(paths.socket)];
  const machines = new NspawnMachines({
    lab: paths.id,
    folder: paths.machines,
    subnet: settings.subnet ?? "",
    packages: paths.packages,
  });
  return {
    clouds: Object.fromEntries(
      (up ? settings.running : []).map((cloud) => [
        cloud,
        { url: cloudUrl(settings, cloud), token: settings.tokens[cloud]! },
      ]),
    ),
    hosts: (await machines.list()).map(({ name, address, running }) => ({
      name,
      address,
      port: 22,
      user: "root",
      running,
    })),
    sshConfig: paths.sshConfig,
  };
}

/**
 * What the lab's authority for certificates has signed with, in PEM, and what its edge does: nothing of the first
 * before it was first asked.
 */
export async function labRoots(stack: string): Promise<string[]> {
  const { roots, edge } = labPaths(stack);
  const read = await Promise.allSettled([roots, join(edge, "ca.pem")].map((path) => readFile(path, "utf8")));
  return read.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}

/** The address at which the lab's edge answers for proxied names. */
export async function labEdge(stack: string): Promise<string> {
  const { subnet = "" } = await readSettings(labPaths(stack).settings);
  return addressIn(subnet, EDGE);
}

/**
 * The variables that make the program, the engine and its plugins work on a running lab instead of the world.
 * @throws Error when the lab is down.
 */
export async function labEnvironment(stack: string): Promise<Record<string, string>> {
  const paths = labPaths(stack);
  if (!(await isUp(paths.socket)))
    throw new Error(`the lab of ${stack} is not running: start it with \`fleet lab up ${stack}\``);
  const settings = await readSettings(paths.settings);
  return {
    HCLOUD_ENDPOINT: cloudUrl(settings, "hcloud"),
    HCLOUD_TOKEN: settings.tokens.hcloud!,
    CLOUDFLARE_BASE_URL: cloudUrl(settings, "cloudflare"),
    CLOUDFLARE_API_TOKEN: settings.tokens.cloudflare!,
    ...(settings.running.includes("aws") && awsEnvironment(settings)),
    ...(settings.running.includes("digitalocean") && {
      DIGITALOCEAN_API_URL: cloudUrl(settings, "digitalocean"),
      DIGITALOCEAN_TOKEN: settings.tokens.digitalocean!,
    }),
    ...(settings.running.includes("tailscale") && {
      TAILSCALE_BASE_URL: cloudUrl(settings, "tailscale"),
      TAILSCALE_API_KEY: settings.tokens.tailscale!,
      TAILSCALE_TAILNET: "-",
    }),
    PULUMI_DEBUG_PROVIDERS: settings.debugProviders.join(","),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    FLEET_SSH_CONFIG: paths.programSshConfig,
  };
}

/** A profile of the user's would win over the keys. */
const awsEnvironment = (settings: LabSettings): Record<string, string> => ({
  AWS_ENDPOINT_URL: cloudUrl(settings, "aws"),
  AWS_ENDPOINT_URL_EC2: cloudUrl(settings, "aws"),
  AWS_ACCESS_KEY_ID: settings.tokens.aws!,
  AWS_SECRET_ACCESS_KEY: settings.tokens.aws!,
  AWS_SESSION_TOKEN: "",
  AWS_PROFILE: "",
});
