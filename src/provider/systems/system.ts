import type { Aspect, Of } from "../aspects/aspect.ts";
import type { KeptFile } from "../aspects/files/kept.ts";
import type { Manner } from "../aspects/units/apply.ts";
import type { Shape } from "../aspects/shape.ts";
import type { Numbered, Step } from "../aspects/steps.ts";
import type { ApplyNames } from "./names.ts";

/** A kind of system that hosts run: its aspects, and its own manner of being changed. */
export interface System {
  aspects: readonly Aspect[];
  /** All files that are kept for a shape. */
  files(shape: Shape, of: Of): KeptFile[];
  /** What its aspects have planned, as it is carried out here. */
  planned(steps: Step[], desired: Shape, found: Shape, of: Of): Step[];
  /** The commands that carry plans out, between the taking of the lock and the report. */
  body(plans: readonly Numbered[], names: ApplyNames): string[];
  undoing: Undoing;
}

/** How what has failed is taken back on a system. */
export interface Undoing extends Manner {
  /** Functions that its commands need, besides those of LIBRARY. */
  library: string;
  aspects: readonly Aspect[];
  /** Makes the system heed the old files, once those of the services that failed lie there again. */
  back(plans: readonly Numbered[]): string[];
}
