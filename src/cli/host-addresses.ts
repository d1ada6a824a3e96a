import { labStatus } from "../lab/lifecycle.ts";
import { pulumi } from "../engine/run.ts";
import { addressesInState, type ExportedState } from "../existing/declared.ts";
import type { OpenStack } from "./stack.ts";

/** Where each host is reached from here: the lab's own addresses in the lab, else those of the host files and of the cloud. */
export async function hostAddresses({ name, lab, fleet, target }: OpenStack): Promise<Record<string, string>> {
  if (lab) return Object.fromEntries((await labStatus(name)).hosts.map((h) => [h.name, h.address]));
  const declared = fleet.hosts.flatMap((h) => (h.ipv4 ? [[h.name, h.ipv4] as const] : []));
  const state = JSON.parse(await pulumi(["stack", "export", "--stack", name], target)) as ExportedState;
  const made = Object.entries(addressesInState(state)).map(([key, address]) => [key.split("/")[1]!, address] as const);
  return Object.fromEntries([...declared, ...made]);
}
