import { only, type Step } from "./steps.ts";

/** Whether the programs of a service have something new to read: a file of its own, or what it fetches. */
export const configurationChanges = (planned: readonly Step[]): boolean =>
  only(planned, "write", "remove", "bring-back").some(({ kind }) => kind === "file") ||
  only(planned, "fetch").length > 0;
