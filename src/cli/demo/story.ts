import type { Steps } from "./steps.ts";

/** What `fleet demo <name>` plays in the lab. */
export interface Story {
  /** Clears away what an earlier one has left. */
  prepare(): Promise<void>;
  /** Plays it. Every step is checked; the first that fails throws, and so does an interrupt. */
  play(steps: Steps): Promise<void>;
  takeDown(): Promise<void>;
  /** What to type next. @param kept whether the lab is still up */
  next(kept: boolean): string[];
}
