import { createHash } from "node:crypto";
import { Address4 } from "ip-address";
import { z } from "zod";
import { contextOf, type Host } from "./host.ts";
import { hostNameSchema } from "./host-schema.ts";
import { isActive } from "./status.ts";

const goSchema = z.strictObject({
  /** Who looked at the pilot. */
  by: z.string().min(1),
  /** The day on which that was: "2026-11-29". */
  on: z.iso.date(),
  /** What the pilot was declared to be then, as pilotDigest() has it. */
  pilot: z.string().regex(/^[0-9a-f]{12}$/),
});
/** A person's word that the others may become what the pilot is. */
export type Go = z.output<typeof goSchema>;

/**
 * In which order the machines that a cloud makes are brought up or changed: a pilot alone, and after a person's go the
 * others in batches.
 */
export const rolloutSchema = z.strictObject({
  /** These go first, alone. */
  pilot: z.array(hostNameSchema).min(1),
  /** Said by a person who has looked at the pilot. Without it nothing beyond the pilot is touched. */
  go: z
    .union(
      [z.literal(false), goSchema],
      "must be false, or what `fleet up` prints when the pilot is in order: { by, on, pilot }",
    )
    .default(false),
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

type Rolled = { hosts: readonly Host[]; rollout?: Rollout };

/**
 * What the machines of the pilot are declared to be, in short: 12 hexadecimal digits. Neither where it runs nor what
 * stands beside it is part of that, so a lab has the same.
 */
export function pilotDigest({ hosts, rollout }: Rolled): string {
  const pilot = hosts.filter(({ name }) => rollout?.pilot.includes(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const declared = pilot.map(({ services, assumptions: _, note: __, monthlyCost: ___, ...host }) => [
    host,
    services.filter(isActive).map((service) => [service.name, service.render(contextOf(host as Host))]),
  ]);
  return createHash("sha256").update(JSON.stringify(declared)).digest("hex").slice(0, 12);
}

/** Whether the others may be brought to what is declared: someone has looked at a pilot that is declared like this one. */
export const hasGo = (fleet: Rolled): boolean =>
  !fleet.rollout || (fleet.rollout.go !== false && fleet.rollout.go.pilot === pilotDigest(fleet));

const byMeshAddress = (a: Host, b: Host): number => placeOf(a) - placeOf(b) || (a.name < b.name ? -1 : 1);
const placeOf = ({ mesh = "0.0.0.0" }: Host): number => Number(new Address4(mesh).bigInt());
