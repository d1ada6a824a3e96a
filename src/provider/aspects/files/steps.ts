import type { Attributes } from "../shape.ts";
import type { KeptFile } from "./kept.ts";

/** Whose file it is tells what has to be done when it changes. */
type Kind = KeptFile["kind"];

export type FilesStep =
  /** `was`: whether there was something before. */
  | ({ do: "write"; path: string; kind: Kind; content: string; was: "kept" | "absent" } & Attributes)
  | ({ do: "attributes"; path: string; was: "kept" } & Attributes)
  | { do: "remove"; path: string; kind: Kind }
  /** What was there before the service comes back. */
  | { do: "bring-back"; path: string; kind: Kind };
