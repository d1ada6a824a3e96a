import type * as pulumi from "@pulumi/pulumi";
import type { ExistingKind } from "../existing/types.ts";

/** What exists at the providers, and which of it the stack's state does not hold yet. Found out before each run. */
export interface CloudView {
  /** "kind/name" → the id to import it by. */
  existing: Readonly<Record<string, string>>;
  /** Keys of `existing` that are to be taken into the state by this run. */
  adopt: readonly string[];
}

/**
 * Resource options that import a thing that exists, instead of creating it. What is adopted is taken as it is found; the run after it brings it
 * to what is declared, so that the difference can be shown before anything changes. This also heals a creation whose reply was lost.
 */
export function adoption(view: CloudView, kind: ExistingKind, name: string): pulumi.CustomResourceOptions {
  const key = `${kind}/${name}`;
  return view.adopt.includes(key) ? { import: view.existing[key], ignoreChanges: ["*"] } : {};
}
