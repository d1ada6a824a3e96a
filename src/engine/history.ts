import { pulumi, type EngineTarget } from "./run.ts";
import type { StackUpdate } from "./stack-update.ts";

/** The last runs of a stack, the newest first. @throws Error with the engine's message */
export async function lastUpdates(target: EngineTarget, most = 12): Promise<StackUpdate[]> {
  const printed = await pulumi(
    ["stack", "history", "--stack", target.stack, "--json", "--page-size", String(most), "--page", "1"],
    target,
  );
  const updates = JSON.parse(printed) as Partial<StackUpdate>[];
  return updates.map(({ kind = "", startTime = "", result = "", message = "", resourceChanges }) => ({
    kind,
    startTime,
    result,
    message,
    resourceChanges: resourceChanges ?? {},
  }));
}
