import { assertFleet } from "../../load/assert.ts";
import { loadFleet } from "../../load/fleet.ts";
import { viewOf } from "../../rules/view.ts";
import { policyFile } from "../../tailnet/policy.ts";
import { out } from "../../terminal/output.ts";

/** Prints the policy file of a fleet's tailnet; needs neither the engine nor the network. */
export async function policy(name: string, { as }: { as?: "open" | "derived" }): Promise<void> {
  const loaded = await loadFleet(name);
  assertFleet(loaded);
  const { mesh } = loaded.fleet;
  if (mesh?.type !== "tailscale") throw new Error(`${name} has no tailnet: its mesh is no mesh of Tailscale`);
  out(policyFile(viewOf(loaded.fleet), mesh, as).trimEnd());
}
