import { existingAtCloudflare } from "../existing/cloudflare.ts";
import { declaredKeys } from "../existing/declared.ts";
import { apisOf } from "../existing/view.ts";
import type { Fleet } from "../model/fleet.ts";
import type { ProbeResult } from "./run.ts";

/** Whether Cloudflare's API answers every declared record whose content is known beforehand. */
export async function dnsResults(fleet: Fleet, env: NodeJS.ProcessEnv): Promise<ProbeResult[]> {
  const zones = fleet.zones.filter((z) => z.provider === "cloudflare" && z.id).map((z) => z.id!);
  if (!fleet.edge.account || zones.length === 0) return [];
  const found = await existingAtCloudflare(apisOf(env).cloudflare, fleet.edge.account, zones);
  const declared = [...declaredKeys(fleet)].filter((key) => key.startsWith("cloudflare:record/") && !key.endsWith(" "));
  return declared.map((key) => ({
    what: `DNS answers ${key.slice("cloudflare:record/".length)}`,
    problem: key in found ? undefined : "the record is not there",
  }));
}
