import { Address4 } from "ip-address";
import { z } from "zod";
import type { Host } from "./host.ts";
import { hostNameSchema } from "./host-schema.ts";
import { isActive } from "./status.ts";

/**
 * In which order the machines that a cloud makes are brought up or changed: a pilot alone, and after a person's go the
 * others in batches.
 */
export const rolloutSchema = z.strictObject({
  /** These go first, alone. */
  pilot: z.array(hostNameSchema).min(1),
  /** Said by a person who has looked at the pilot. Without it nothing beyond the pilot is touched. */
  go: z.boolean().default(false),
  /** Into how many batches the others are split, in the order of their addresses in the mesh. */
  batches: z.int().min(1),
});
export type Rollout = z.output<typeof rolloutSchema>;

/** Hosts that are brought to what is declared together. */
export interface Stage {
  /** "the pilot", "batch 2 of 4". */
  name: string;
  hosts: string[];
}

/**
 * The stages of a fleet, in order; one for everything when it has no rollout. Machines that no cloud makes are there
 * already and go with the first stage.
 */
export function stagesOf({ hosts, rollout }: { hosts: readonly Host[]; rollout?: Rollout }): Stage[] {
  const active = hosts.filter(isActive);
  if (!rollout) return [{ name: "everything", hosts: active.map((h) => h.name) }];
  const first = active.filter((h) => h.kind === "static" || rollout.pilot.includes(h.name));
  const others = active.filter((h) => !first.includes(h)).sort(byMeshAddress);
  const size = Math.ceil(others.length / rollout.batches);
  const batches = Array.from({ length: rollout.batches }, (_, i) => others.slice(i * size, (i + 1) * size));
  return [
    { name: "the pilot", hosts: first.map((h) => h.name) },
    ...batches
      .map((batch, i) => ({ name: `batch ${i + 1} of ${rollout.batches}`, hosts: batch.map((h) => h.name) }))
      .filter((stage) => stage.hosts.length > 0),
  ];
}

const byMeshAddress = (a: Host, b: Host): number => placeOf(a) - placeOf(b) || (a.name < b.name ? -1 : 1);
const placeOf = ({ mesh = "0.0.0.0" }: Host): number => Number(new Address4(mesh).bigInt());
