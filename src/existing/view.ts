import { readFileSync } from "node:fs";
import type { Fleet } from "../model/fleet.ts";
import { isActive } from "../model/status.ts";
import { existingAtCloudflare } from "./cloudflare.ts";
import { existingAtHetzner } from "./hetzner.ts";
import type { Api, CloudView, Existing } from "./types.ts";

/** Names the file in which `fleet up` hands its findings to the program. */
export const VIEW_VARIABLE = "FLEET_CLOUD_VIEW";

/** The findings of `fleet up`; undefined when the program was started by hand. */
export function readCloudView(): CloudView | undefined {
  const path = process.env[VIEW_VARIABLE];
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, "utf8")) as CloudView);
}

/** Endpoints and tokens by the environment variables of the official providers. */
export const apisOf = (env: NodeJS.ProcessEnv): { hcloud: Api; cloudflare: Api } => ({
  hcloud: { url: env.HCLOUD_ENDPOINT ?? "https://api.hetzner.cloud/v1", token: env.HCLOUD_TOKEN },
  cloudflare: { url: env.CLOUDFLARE_BASE_URL ?? "https://api.cloudflare.com/client/v4", token: env.CLOUDFLARE_API_TOKEN },
});

/** Whether its provider says that a machine ("hcloud:server/web") is not there any more. What nobody can be asked about is not gone. */
export async function isGone(machine: string | undefined, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const { hcloud } = apisOf(env);
  if (!machine?.startsWith("hcloud:server/") || !hcloud.token) return false;
  return !(machine in (await existingAtHetzner(hcloud)));
}

/** What exists at the providers that the fleet uses, each asked once. */
export async function findExisting(fleet: Fleet, env: NodeJS.ProcessEnv = process.env): Promise<Existing> {
  const hetzner = fleet.hosts.some((h) => h.kind === "hetzner" && isActive(h));
  const zones = fleet.zones.filter((z) => isActive(z) && z.provider === "cloudflare" && z.id).map((z) => z.id!);
  const { account } = fleet.edge;
  const apis = apisOf(env);
  const found = await Promise.all([
    hetzner ? existingAtHetzner(apis.hcloud) : {},
    account ? existingAtCloudflare(apis.cloudflare, account, zones) : {},
  ]);
  return Object.assign({}, ...found);
}
