import type { Before } from "../remote/journal.ts";
import type { Told, Wanted } from "../remote/question.ts";
import type { KeptFile } from "./files/kept.ts";
import type { Texts } from "./files/texts.ts";
import type { Os, Shape } from "./shape.ts";
import type { Numbered, Step } from "./steps.ts";

/**
 * One kind of thing that a service puts on a host, with everything that is known of it: what to ask a host to tell what
 * is there, how the answer is read, what leads from there to what is declared, how that is done, and how it is undone
 * from what was recorded. All of it is pure: scripts are text, and somebody else runs them. Adding an aspect is adding
 * a folder, and a line in the systems that have it.
 */
export interface Aspect {
  /** What has to be known of a host to tell what is there of these. */
  look?(shape: Shape, of: Of): Wanted[];
  /** Files that it keeps: they are written, looked at and put back like any other. */
  files?(shape: Shape, of: Of): KeptFile[];
  /**
   * What is there of the declared, in the shape of its declaration: what is not there is left out, and what is equal by
   * meaning is as declared to the letter, so that a plain comparison is the drift.
   */
  read?(shape: Shape, told: Told, of: Looking): Reading;
  /** What leads from what was found to what is desired. Things found beyond the desired ones are let go. */
  plan?(desired: Shape, found: Shape, so: Planning): Step[];
  /** Commands that carry out its steps of all services of a batch, with as few processes as can be. */
  apply?(plans: readonly Numbered[]): string[];
  /**
   * Commands that take a service's steps back, from what was recorded before they were made: whatever of them was done,
   * and however often it is called. What another service of the batch wants as well stays, unless that has failed too.
   */
  undo?(plan: Numbered, others: readonly Numbered[]): string[];
}

/** Whose things they are. */
export interface Of {
  service: string;
  os?: Os;
}

export interface Looking extends Of {
  texts: Texts;
  /** What the aspects before this one have found. */
  found: Shape;
}

export interface Planning extends Of {
  /** All files that are kept for a shape. */
  files: (shape: Shape) => KeptFile[];
  /** What the aspects before this one will do. */
  planned: readonly Step[];
  /** What the host has not got, of what is not the service's own: "account deploy". */
  lacks: readonly string[];
  /** What was there before the service; undefined when nothing is known of that. */
  before: readonly Before[] | undefined;
}

export interface Reading {
  /** What of the declared is there. */
  found: Partial<Shape>;
  /** Why the rest can't be told: then nothing is known, and nothing is changed. */
  unknown?: string[];
  /** The same where a change may be what makes it answer, such as a program that is stopped. */
  untold?: string[];
  /** See Planning. */
  lacks?: string[];
}
