import type { Attributes } from "../shape.ts";

export type ArtifactsStep =
  /** A file that the host fetches by itself. */
  { do: "fetch"; path: string; url: string; sha256: string; was: "kept" | "absent" } & Attributes;
