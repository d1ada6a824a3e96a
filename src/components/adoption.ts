import type * as pulumi from "@pulumi/pulumi";
import type { CloudView, ExistingKind } from "../existing/types.ts";

/**
 * Resource options that import a thing that exists, instead of creating it. What is adopted is taken as it is found;
 * the run after it brings it to what is declared, so that the difference can be shown before anything changes. This
 * also heals a creation whose reply was lost.
 */
export function adoption(view: CloudView, kind: ExistingKind, name: string): pulumi.CustomResourceOptions {
  const key = `${kind}/${name}`;
  if (!view.adopt.includes(key)) return {};
  return { import: view.existing[key], ...(view.asFound && { ignoreChanges: ["*"] }) };
}
