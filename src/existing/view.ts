import { readFileSync } from "node:fs";
import type { Fleet } from "../model/fleet.ts";
import { isActive } from "../model/status.ts";
import { existingAtAws, isInstanceGone } from "./aws.ts";
import { existingInAccount, recordsAtCloudflare } from "./cloudflare.ts";
import { awsKeys } from "./declared.ts";
import { existingAtHetzner, isServerGone } from "./hetzner.ts";
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
  cloudflare: {
    url: env.CLOUDFLARE_BASE_URL ?? "https://api.cloudflare.com/client/v4",
    token: env.CLOUDFLARE_API_TOKEN,
  },
});

/**
 * Whether its provider says that a machine ("hcloud:server/web", "aws:eu-west-2/i-0abc") is not there any more. A token
 * of another project says so of every machine, so it has to be shown to be for this one's. What nobody can be asked
 * about is not gone.
 * @param account what shows that (Connection.account)
 * @throws Error why it can't be told
 */
export async function isGone(
  machine: string | undefined,
  account: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  if (machine?.startsWith("aws:")) return isInstanceGone(machine, account, env);
  if (machine?.startsWith("hcloud:")) return isServerGone(machine, account, apisOf(env).hcloud);
  return false;
}

/**
 * What exists at the providers that the fleet uses, each asked once.
 * @param known keys of what need not be asked for: at AWS each region has to be asked by itself
 */
export async function findExisting(
  fleet: Fleet,
  env: NodeJS.ProcessEnv = process.env,
  known: Promise<ReadonlySet<string>> = Promise.resolve(new Set()),
): Promise<Existing> {
  const hetzner = fleet.hosts.some((h) => h.kind === "hetzner" && isActive(h));
  const zones = fleet.zones.filter((z) => isActive(z) && z.provider === "cloudflare" && z.id).map((z) => z.id!);
  const { account } = fleet.edge;
  const atAws = fleet.hosts.filter((h) => h.kind === "aws").filter(isActive);
  const unknownAtAws = known.then((keys) => atAws.filter((host) => awsKeys(host).some((key) => !keys.has(key))));
  const apis = apisOf(env);
  const found: Existing[] = await Promise.all([
    hetzner ? existingAtHetzner(apis.hcloud) : {},
    unknownAtAws.then((hosts) => existingAtAws(fleet.name, hosts, env)),
    recordsAtCloudflare(apis.cloudflare, zones),
    account ? existingInAccount(apis.cloudflare, account) : {},
  ]);
  return Object.fromEntries(found.flatMap((each) => Object.entries(each)));
}
