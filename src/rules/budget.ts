import { inBudgetCurrency, showSum } from "../model/cost.ts";
import { monthlyCost } from "../model/fleet.ts";
import type { FleetParts } from "../model/fleet-parts.ts";
import { stagesOf } from "../model/rollout.ts";
import { isActive } from "../model/status.ts";
import { filesOf } from "../model/view.ts";
import type { Rule } from "./view.ts";

/**
 * What is active stays within the budget, estimates at their upper end. What a rollout holds back until somebody's go is
 * made by nobody yet.
 */
export const withinBudget: Rule = ({ fleet: declared, fileOf }) => {
  const fleet = withoutHeld(declared);
  if (!fleet.budget) return [];
  const [sign, ceiling] = "eur" in fleet.budget ? ["€", fleet.budget.eur] : ["$", fleet.budget.usd];
  const sum = monthlyCost(fleet);
  const cost = inBudgetCurrency(sum, fleet.budget);
  const files = filesOf(fileOf.fleet, ...fleet.hosts.filter((h) => isActive(h) && h.monthlyCost).map(fileOf.host));
  if (cost === undefined) {
    return [
      {
        rule: "budget",
        files,
        message: `${showSum(sum)} cannot be compared with the budget of ${sign}${ceiling}: two currencies`,
        remedy: `give the budget a rate in ${fileOf.fleet}, such as usdPerEur: 1.1`,
      },
    ];
  }
  if (cost <= ceiling) return [];
  return [
    {
      rule: "budget",
      files,
      message:
        `the fleet costs ${showSum(sum)}${"usdPerEur" in fleet.budget ? ` (${sign}${cost})` : ""}, ` +
        `more than its budget of ${sign}${ceiling}/month`,
      remedy: `mark a host as planned, choose a smaller type in its host file, or raise the budget in ${fileOf.fleet}`,
    },
  ];
};

function withoutHeld(fleet: FleetParts): FleetParts {
  if (!fleet.rollout || fleet.rollout.go) return fleet;
  const first = stagesOf(fleet)[0]!.hosts;
  return { ...fleet, hosts: fleet.hosts.filter(({ name }) => first.includes(name)) };
}
