import { z } from "zod";
import { statusSchema } from "./status.ts";

const euros = z.number().nonnegative().max(1e6);
const amount = z.union([
  euros,
  z.tuple([euros, euros]).refine(([low, high]) => low <= high, "give the lower end of an estimate first"),
]);

/** Money per month in the currency it is billed in: `{eur: 17}`, or as an estimate from–to `{usd: [10, 15]}`. */
export const moneySchema = z.union([z.strictObject({ eur: amount }), z.strictObject({ usd: amount })], {
  error: "must be a monthly price such as {eur: 17}, {usd: 3} or, from–to, {usd: [10, 15]}",
});
export type Money = z.infer<typeof moneySchema>;

/** A ceiling per month. `usdPerEur` is needed when the fleet is billed in both currencies. */
const rate = { usdPerEur: z.number().positive().optional() };
export const budgetSchema = z.union(
  [z.strictObject({ eur: euros, ...rate }), z.strictObject({ usd: euros, ...rate })],
  {
    error:
      "must be a monthly ceiling such as {eur: 30}; with {usd: 100, usdPerEur: 1.1} when both currencies are billed",
  },
);
export type Budget = z.infer<typeof budgetSchema>;

/** Something that costs money and is not a host: a domain, a plan, a subscription. */
export const costItemSchema = z.strictObject({ name: z.string().min(1), cost: moneySchema, status: statusSchema });
export type CostItem = z.output<typeof costItemSchema>;

/** What the owner does when the fleet grows: printed, never acted upon. */
export const scalingSchema = z.strictObject({
  when: z.string().min(1),
  then: z.string().min(1),
  /** What it adds per month. */
  cost: moneySchema.optional(),
});
export type Scaling = z.output<typeof scalingSchema>;

/** A sum per month, lower and upper end, per currency. */
export interface Sum {
  eur: [low: number, high: number];
  usd: [low: number, high: number];
}

/** Adds prices up, currency by currency. */
export function sumOf(prices: readonly (Money | undefined)[]): Sum {
  const sum: Sum = { eur: [0, 0], usd: [0, 0] };
  for (const price of prices) {
    if (!price) continue;
    const [currency, value] = "eur" in price ? (["eur", price.eur] as const) : (["usd", price.usd] as const);
    const [low, high] = typeof value === "number" ? [value, value] : value;
    sum[currency] = [cents(sum[currency][0] + low), cents(sum[currency][1] + high)];
  }
  return sum;
}

/** "€25 + $3/month", "$33–38/month", "nothing". */
export function showSum({ eur, usd }: Sum): string {
  const parts = [showAmount("€", eur), showAmount("$", usd)].filter(Boolean);
  return parts.length ? `${parts.join(" + ")}/month` : "nothing";
}

/** The upper end of a sum in the budget's currency; undefined when a rate is needed and not given. */
export function inBudgetCurrency(sum: Sum, budget: Budget): number | undefined {
  const [own, other] = "eur" in budget ? [sum.eur[1], sum.usd[1]] : [sum.usd[1], sum.eur[1]];
  if (other === 0) return own;
  if (budget.usdPerEur === undefined) return undefined;
  return cents(own + ("eur" in budget ? other / budget.usdPerEur : other * budget.usdPerEur));
}

const showAmount = (sign: string, [low, high]: [number, number]): string =>
  high === 0 ? "" : low === high ? `${sign}${low}` : `${sign}${low}–${high}`;

/** Sums of cents, without the dust of binary fractions. */
export const cents = (value: number): number => Math.round(value * 100) / 100;
