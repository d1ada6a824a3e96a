import { z } from "zod";
import type { Finding, FleetView } from "./view.ts";

/** One of the owner's rules: in words alone, or with a check that refuses a fleet that breaks it. */
export interface Policy {
  /** In the owner's words. */
  text: string;
  /** Everything that breaks it. */
  check(view: FleetView): Omit<Finding, "rule">[];
}

export const policySchema = z.union(
  [
    z.string().min(1),
    z.custom<Policy>(
      (v) => typeof v === "object" && v !== null && "text" in v && typeof (v as Policy).check === "function",
    ),
  ],
  {
    error: 'must be the rule in words, or made by a function of src/model/policies.ts such as neverProxied("…")',
  },
);
export const policyText = (policy: string | Policy): string => (typeof policy === "string" ? policy : policy.text);
