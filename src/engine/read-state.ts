import { pulumi, type EngineTarget } from "./run.ts";
import type { StateResource } from "./state.ts";

/** Everything that a stack holds. */
export async function readState(target: EngineTarget): Promise<StateResource[]> {
  const exported = JSON.parse(await pulumi(["stack", "export", "--stack", target.stack], target)) as {
    deployment?: { resources?: StateResource[] };
  };
  return exported.deployment?.resources ?? [];
}
