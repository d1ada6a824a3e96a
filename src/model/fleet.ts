import { z } from "zod";
import { budgetSchema, costItemSchema, scalingSchema, type Sum, sumOf } from "./cost.ts";
import { zoneSchema } from "./dns.ts";
import { edgeSchema } from "./edge.ts";
import { parse, showValue } from "./errors.ts";
import type { Host } from "./host.ts";
import { hostNameSchema, hostSchema } from "./host-schema.ts";
import { meshSchema } from "./mesh.ts";
import { policySchema } from "./policy.ts";
import { rolloutSchema } from "./rollout.ts";
import { secretSpecSchema } from "./secret.ts";
import { isActive } from "./status.ts";

const hostsSchema = z.array(
  z.custom<Host>((v) => hostSchema.safeParse(v).success, "must be a host, such as hetzner({…}) or pi({…})"),
);

export const fleetSchema = z.strictObject({
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
  /** The owner's rules by a short id. */
  policies: z.record(z.string().regex(/^[a-z0-9-]+$/), policySchema).default({}),
});
/** One owner's machines and zones: what one stack deploys. */
export type Fleet = z.output<typeof fleetSchema>;

/** Puts a fleet together. What its parts must not do to each other is checked by checkFleet(). @throws ModelError */
export const fleet = (input: z.input<typeof fleetSchema>): Fleet =>
  parse(fleetSchema, input, `fleet ${showValue(input?.name)}`);

/** What is active costs per month; with `planned`, what is planned as well. */
export const monthlyCost = (fleet: Fleet, { planned = false } = {}): Sum => {
  const counts = (thing: { status?: "active" | "planned" }) => planned || isActive(thing);
  return sumOf([
    ...fleet.hosts.filter(counts).map((h) => h.monthlyCost),
    ...fleet.edge.loadBalancers.filter(counts).map((b) => b.monthlyCost),
    ...fleet.costs.filter(counts).map((c) => c.cost),
  ]);
};
