import { pulumi, type EngineTarget } from "./run.ts";

/** One run that changed a stack, or tried to, as its backend remembers it. */
export interface StackUpdate {
  /** "update", "destroy", "refresh", "import". */
  kind: string;
  /** When it began, as the engine writes it: "2026-11-21T10:28:00.000Z". */
  startTime: string;
  /** "succeeded", "failed", "in-progress". */
  result: string;
  /** What was said of it: `pulumi -m`, or the commit's first line. */
  message: string;
  /** How many resources had which fate: {create: 3, same: 40}. */
  resourceChanges: Record<string, number>;
}

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
