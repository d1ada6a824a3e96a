import type { Changes } from "../../../src/engine/changes.ts";

/** The names of what was created, updated … */
export const changed = ({ resources }: Changes, op: string) =>
  resources
    .filter((r) => r.op === op)
    .map(({ urn }) => urn.split("::").at(-1)!)
    .sort();
