import type { Check } from "../../../model/bundle.ts";

export type ChecksStep =
  /** A command that must succeed with the new files in place. */
  { do: "validate"; command: string } | { do: "check"; check: Check };
