import { labStatus } from "../lab/lifecycle.ts";
import { readState } from "../engine/read-state.ts";
import { addressesInState } from "../clouds/addresses.ts";
import type { OpenStack } from "../deploy/stack.ts";

/**
 * Where each host is reached from here: the lab's own addresses in the lab, else those of the host files and of the
 * cloud.
 */
export async function hostAddresses({ name, lab, fleet, target }: OpenStack): Promise<Record<string, string>> {
  if (lab) return Object.fromEntries((await labStatus(name)).hosts.map((h) => [h.name, h.address]));
  const declared = fleet.hosts.flatMap((h) => (h.ipv4 ? [[h.name, h.ipv4] as const] : []));
  return { ...Object.fromEntries(declared), ...addressesInState(await readState(target)) };
}
