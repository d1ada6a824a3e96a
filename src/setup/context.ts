import type { Progress } from "./progress.mjs";

/** What every step of the set-up is given. */
export interface SetupContext {
  progress: Progress;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}
