import { z } from "zod";
import { type Sum, sumOf } from "./cost.ts";
import { parse, showValue } from "./errors.ts";
import type { FailedOver } from "./failover.ts";
import { type FleetParts, fleetPartsSchema } from "./fleet-parts.ts";
import { hostCost } from "./host-cost.ts";
import { policySchema } from "./policy.ts";
import { isActive } from "./status.ts";

export const fleetSchema = fleetPartsSchema.extend({
  /** The owner's rules by a short id. */
  policies: z.record(z.string().regex(/^[a-z0-9-]+$/), policySchema).default({}),
});
/** One owner's machines and zones: what one stack deploys. */
export type Fleet = z.output<typeof fleetSchema> & {
  /** What a failover has moved, found at Cloudflare: no file says so. */
  readonly failedOver?: FailedOver;
};

/** Puts a fleet together. What its parts must not do to each other is checked by checkFleet(). @throws ModelError */
export const fleet = (input: z.input<typeof fleetSchema>): Fleet =>
  parse(fleetSchema, input, `fleet ${showValue(input?.name)}`);

/** What is active costs per month; with `planned`, what is planned as well. */
export const monthlyCost = (fleet: FleetParts, { planned = false } = {}): Sum => {
  const counts = (thing: { status?: "active" | "planned" }) => planned || isActive(thing);
  return sumOf([
    ...fleet.hosts.filter(counts).map(hostCost),
    ...fleet.edge.loadBalancers.filter(counts).map((b) => b.monthlyCost),
    ...fleet.costs.filter(counts).map((c) => c.cost),
  ]);
};
