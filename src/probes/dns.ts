import { recordsAtCloudflare } from "../existing/cloudflare.ts";
import { declaredKeys } from "../existing/declared.ts";
import type { Existing } from "../existing/types.ts";
import { apisOf } from "../existing/view.ts";
import type { Fleet } from "../model/fleet.ts";
import { isActive } from "../model/status.ts";
import type { ProbeResult } from "./run.ts";

/**
 * Whether Cloudflare's API answers every declared record with the content that it has to have. A host's record has the
 * address of its machine; the machine that is not made yet has none, and its record is no check.
 * @param addresses of the machines that the fleet has made (addressesInState)
 */
export async function dnsResults(fleet: Fleet, env: NodeJS.ProcessEnv, addresses: Existing): Promise<ProbeResult[]> {
  const zones = fleet.zones.filter((z) => isActive(z) && z.provider === "cloudflare" && z.id).map((z) => z.id!);
  const api = apisOf(env).cloudflare;
  if (zones.length === 0) return [];
  const declared = [...declaredKeys(fleet, addresses)].filter(
    (key) => key.startsWith("cloudflare:record/") && !key.endsWith(" "),
  );
  const problemOf = await recordsAtCloudflare(api, zones).then(
    (found) => (key: string) =>
      key in found ? undefined : api.token ? "the record is not there" : "there is no CLOUDFLARE_API_TOKEN to ask with",
    (error: Error) => () => error.message,
  );
  return declared.map((key) => ({
    what: `DNS answers ${key.slice("cloudflare:record/".length)}`,
    problem: problemOf(key),
  }));
}
