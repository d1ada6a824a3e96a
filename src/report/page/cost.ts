import { type Budget, inBudgetCurrency, type Money, showSum, sumOf } from "../../model/cost.ts";
import { type Fleet, monthlyCost } from "../../model/fleet.ts";
import { hostCost } from "../../model/host-cost.ts";
import { isActive } from "../../model/status.ts";
import { html, type Html } from "../../markup/html.ts";
import type { PageModel } from "./model.ts";
import { type Row, table } from "./parts.ts";

interface Item {
  name: string;
  cost: Money;
  planned: boolean;
}

/**
 * What everything costs, the dearest first: bars in a table, which every reader, screen reader and printer can make
 * something of, so no library draws them.
 */
export function costSection({ facts: { fleet } }: PageModel): Html {
  const items = itemsOf(fleet);
  const lengths = lengthsOf(items, fleet.budget);
  return html`<section id="cost" aria-labelledby="cost-title">
<h2 id="cost-title">Cost</h2>
${totals(fleet)}
${
  items.length === 0
    ? html`<p>No prices are declared.</p>`
    : table(
        "Cost per month",
        ["What", "Share", "A month"],
        items.map((item, i) => itemRow(item, lengths[i]!)),
        "cost",
      )
}
</section>`;
}

function itemsOf(fleet: Fleet): Item[] {
  const of = (name: string, cost: Money | undefined, thing: { status?: "active" | "planned" }): Item[] =>
    cost === undefined ? [] : [{ name, cost, planned: !isActive(thing) }];
  const items = [
    ...fleet.hosts.flatMap((host) => of(host.name, hostCost(host), host)),
    ...fleet.edge.loadBalancers.flatMap((balancer) =>
      of(`load balancer ${balancer.name}`, balancer.monthlyCost, balancer),
    ),
    ...fleet.costs.flatMap((item) => of(item.name, item.cost, item)),
  ];
  return items.sort((a, b) => Number(a.planned) - Number(b.planned) || highOf(b.cost) - highOf(a.cost));
}

/** The upper end, in its own currency. */
const highOf = (cost: Money): number => {
  const { eur, usd } = sumOf([cost]);
  return Math.max(eur[1], usd[1]);
};

/** Shares of the longest bar, from 0 to 1: in one currency where the rate is known, else each currency by itself. */
function lengthsOf(items: readonly Item[], budget: Budget | undefined): number[] {
  const currencies = new Set(items.map(({ cost }) => Object.keys(cost)[0]!));
  const convert = budget && items.every(({ cost }) => inBudgetCurrency(sumOf([cost]), budget) !== undefined);
  const value = ({ cost }: Item) => (convert ? inBudgetCurrency(sumOf([cost]), budget)! : highOf(cost));
  const groupOf = ({ cost }: Item) => (convert || currencies.size === 1 ? "" : Object.keys(cost)[0]!);
  const longest = new Map<string, number>();
  for (const item of items) longest.set(groupOf(item), Math.max(longest.get(groupOf(item)) ?? 0, value(item)));
  return items.map((item) => {
    const most = longest.get(groupOf(item));
    return most ? value(item) / most : 0;
  });
}

const itemRow = ({ name, cost, planned }: Item, length: number): Row => ({
  cells: [
    `${name}${planned ? " (planned)" : ""}`,
    bar(length, planned ? "planned" : ""),
    showSum(sumOf([cost])).replace("/month", ""),
  ],
});

/** @param length from 0 to 1 */
const bar = (length: number, tone: string): Html =>
  html`<svg class="bar ${tone}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${[
    ["track", 100],
    ["value", Math.round(length * 1000) / 10],
  ].map(([kind, width]) => html`<rect class="${kind}" width="${width}" height="10" rx="1"/>`)}</svg>`;

function totals(fleet: Fleet): Html {
  const [active, all] = [monthlyCost(fleet), monthlyCost(fleet, { planned: true })];
  const more = showSum(all) === showSum(active) ? "" : ` With what is planned: ${showSum(all)}.`;
  const { budget } = fleet;
  const used = budget && inBudgetCurrency(active, budget);
  const ceiling = budget && ("eur" in budget ? budget.eur : budget.usd);
  const share = used === undefined || !ceiling ? undefined : used / ceiling;
  const part = share === undefined ? "" : `, of which ${Math.round(share * 100)} % are used`;
  return html`<p class="total"><strong>${showSum(active)}</strong>.${more}${
    budget === undefined ? " No budget is set." : ` The budget is ${showSum(sumOf([budgetMoney(budget)]))}${part}.`
  }</p>
${share === undefined ? undefined : html`<p class="budget">${bar(Math.min(share, 1), share > 1 ? "over" : "")}</p>`}`;
}

const budgetMoney = (budget: Budget): Money => ("eur" in budget ? { eur: budget.eur } : { usd: budget.usd });
