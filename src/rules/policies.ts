import type { Fleet } from "../model/fleet.ts";
import type { Finding, FleetView } from "../model/view.ts";

/** The owner's own rules, those that can be checked. */
export const brokenPolicies = ({ policies }: Pick<Fleet, "policies">, view: FleetView): Finding[] =>
  Object.entries(policies).flatMap(([id, policy]) =>
    typeof policy === "string"
      ? []
      : policy.check(view).map((breach) => ({
          rule: `policy:${id}`,
          ...breach,
          message: `${breach.message} (policy ${id}: ${policy.text})`,
        })),
  );
