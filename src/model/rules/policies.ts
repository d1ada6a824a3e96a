import type { Rule } from "./view.ts";

/** The owner's own rules, those that can be checked. */
export const policies: Rule = (view) =>
  Object.entries(view.fleet.policies).flatMap(([id, policy]) =>
    typeof policy === "string"
      ? []
      : policy.check(view).map((breach) => ({
          rule: `policy:${id}`,
          ...breach,
          message: `${breach.message} (policy ${id}: ${policy.text})`,
        })),
  );
