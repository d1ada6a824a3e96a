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
