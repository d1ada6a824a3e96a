import type { StackUpdate } from "../../engine/stack-update.ts";
import type { StateResource } from "../../engine/state.ts";
import type { Fleet } from "../../model/fleet.ts";
import type { DriftReport } from "../drift.ts";

/** All that the page of a fleet is made of. The same facts make the same page, byte for byte. */
export interface PageFacts {
  fleet: Fleet;
  /** Host name → its file. */
  files: Readonly<Record<string, string>>;
  lab: boolean;
  /** When it was looked. */
  at: Date;
  /**
   * What was found on hosts and at providers. Left out: nobody was asked; a problem says why where somebody should have
   * been.
   */
  drift?: DriftReport;
  /** What the last `up` left, where it could be read. */
  state?: readonly StateResource[];
  updates?: readonly StackUpdate[];
  /** Only the files were to be read. */
  offline: boolean;
  /** What went wrong while the facts were gathered: the page tells what is known in spite of it. */
  problems: readonly Problem[];
}

export interface Problem {
  /** What could not be found out: "drift and health", "last changes". */
  about: string;
  message: string;
}
