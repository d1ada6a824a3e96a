import type { Attributes } from "../shape.ts";

export type DirectoriesStep =
  /** `was`: what was there before. */
  | ({ do: "directory"; path: string; was: "absent" | Attributes } & Attributes)
  | { do: "remove-directory"; path: string };
