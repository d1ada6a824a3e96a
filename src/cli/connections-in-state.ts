import { pulumi } from "../engine/run.ts";
import type { Connection } from "../transport/types.ts";
import type { DeployedStack } from "./deployed-stack.ts";

interface StateResource {
  inputs?: { host?: string; connection?: Connection };
}

/** How the last `up` reached each host; a machine that the fleet made is known by nothing else. */
export async function connectionsInState({ name, target }: DeployedStack): Promise<Map<string, Connection>> {
  const state = JSON.parse(await pulumi(["stack", "export", "--stack", name], target)) as { deployment?: { resources?: StateResource[] } };
  const found = (state.deployment?.resources ?? []).flatMap(({ inputs }) => (inputs?.host !== undefined && inputs.connection ? [[inputs.host, inputs.connection] as const] : []));
  // The first one of a host counts.
  return new Map(found.reverse());
}
