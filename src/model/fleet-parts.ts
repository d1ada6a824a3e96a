import { z } from "zod";
import { budgetSchema, costItemSchema, scalingSchema } from "./cost.ts";
import { zoneSchema } from "./dns.ts";
import { edgeSchema } from "./edge.ts";
import type { Host } from "./host.ts";
import { hostNameSchema, hostSchema } from "./host-schema.ts";
import { meshSchema } from "./mesh.ts";
import { rolloutSchema } from "./rollout.ts";
import { secretSpecSchema } from "./secret.ts";

const hostsSchema = z.array(
  z.custom<Host>((v) => hostSchema.safeParse(v).success, "must be a host, such as hetzner({…}) or pi({…})"),
);

/** All that is declared of a fleet, apart from the owner's rules: those look at it. */
export const fleetPartsSchema = z.strictObject({
  /** The stack's name. */
  name: hostNameSchema,
  hosts: hostsSchema.default([]),
  zones: z.array(zoneSchema).default([]),
  edge: edgeSchema.prefault({}),
  secrets: z.array(secretSpecSchema).default([]),
  mesh: meshSchema.optional(),
  /** In which order machines are changed; all at once when left out. */
  rollout: rolloutSchema.optional(),
  /** The ceiling per month for everything that is active. */
  budget: budgetSchema.optional(),
  /** What costs money besides the hosts. */
  costs: z.array(costItemSchema).default([]),
  scaling: z.array(scalingSchema).default([]),
});
export type FleetParts = z.output<typeof fleetPartsSchema>;
