import { expect, test } from "vitest";
import { inBudgetCurrency, showSum, sumOf } from "../../src/model/cost.ts";
import { monthlyCost } from "../../src/model/fleet.ts";
import { hostCost } from "../../src/model/host-cost.ts";
import { aws, digitalocean, vps } from "../../src/model/host.ts";
import { fleetOf, server } from "./fixtures.ts";

test.each([
  [[], "nothing"],
  [[undefined, { eur: 0 }], "nothing"],
  [[{ eur: 17 }, { eur: 4 }, { eur: 4 }, { usd: 3 }], "€25 + $3/month"],
  [[{ usd: [10, 15] }, { usd: 23 }], "$33–38/month"],
  [[{ eur: 0.1 }, { eur: 0.2 }], "€0.3/month"],
] as const)("%j is %s", (prices, shown) => expect(showSum(sumOf(prices as never))).toBe(shown));

test("a budget in one currency needs a rate for the other", () => {
  const sum = sumOf([{ eur: 3.9 }, { usd: 60 }]);
  expect(inBudgetCurrency(sum, { usd: 100 })).toBeUndefined();
  expect(inBudgetCurrency(sum, { usd: 100, usdPerEur: 1.1 })).toBe(64.29);
  expect(inBudgetCurrency(sum, { eur: 100, usdPerEur: 1.2 })).toBe(53.9);
  expect(inBudgetCurrency(sumOf([{ usd: 1 }]), { usd: 100 })).toBe(1);
});

test("what is planned counts only when asked for", () => {
  const fleet = fleetOf({
    hosts: [server("one", { monthlyCost: { eur: 4 } }), server("two", { monthlyCost: { eur: 4 }, status: "planned" })],
    costs: [{ name: "domains", cost: { usd: 17 } }],
  });
  expect(showSum(monthlyCost(fleet))).toBe("€4 + $17/month");
  expect(showSum(monthlyCost(fleet, { planned: true }))).toBe("€8 + $17/month");
});

const droplet = (more: object) =>
  digitalocean({ name: "h", os: "debian", size: "s-1vcpu-1gb", region: "nyc3", ...more });
const instance = (more: object) => aws({ name: "h", os: "nixos", type: "t4g.nano", region: "eu-west-2", ...more });
test.each([
  ["a machine without a price costs nobody knows what", vps({ name: "h", os: "debian" }), undefined],
  ["a machine costs what its file says", vps({ name: "h", os: "debian", monthlyCost: { eur: 4 } }), { eur: 4 }],
  ["a droplet costs what its size is listed at", droplet({}), { usd: 6 }],
  ["and what its file says instead", droplet({ monthlyCost: { usd: [6, 8] } }), { usd: [6, 8] }],
  ["a size that nobody has listed has no price", droplet({ size: "s-1vcpu-3gb" }), undefined],
  ["an instance costs its address and disk too", instance({ monthlyCost: { usd: 3 } }), { usd: [7.45, 8.17] }],
  ["and has no price where its file gives none", instance({}), undefined],
])("%s", (_, host, cost) => expect(hostCost(host)).toEqual(cost));
