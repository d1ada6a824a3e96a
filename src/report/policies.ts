import type { Fleet } from "../model/fleet.ts";
import { policyText } from "../model/policy.ts";
import type { Finding } from "../model/view.ts";

/** What became of one of the owner's rules. Some are words alone, which nobody but a person can check. */
export interface PolicyResult {
  id: string;
  text: string;
  result: "kept" | "broken" | "in words";
  /** Everything that breaks it. */
  breaches: string[];
}

/** @param findings of checkFleet() */
export const policyResults = ({ policies }: Pick<Fleet, "policies">, findings: readonly Finding[]): PolicyResult[] =>
  Object.entries(policies)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, policy]) => {
      const breaches = findings.filter((finding) => finding.rule === `policy:${id}`).map((finding) => finding.message);
      return {
        id,
        text: policyText(policy),
        result: typeof policy === "string" ? "in words" : breaches.length > 0 ? "broken" : "kept",
        breaches,
      };
    });
