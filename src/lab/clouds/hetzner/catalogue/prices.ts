import { LOCATIONS } from "./locations.ts";
import { SERVER_TYPES, type ServerTypeFacts } from "./server-types.ts";

const VAT_PERCENT = 19;
/** Hours that Hetzner bills at most in a month. */
const HOURS = 624;
const TB = 1024 ** 4;

export interface Price {
  net: string;
  gross: string;
}

/** An amount in the API's shape: decimal strings with ten places. */
export const price = (euros: number): Price => ({
  net: euros.toFixed(10),
  gross: (euros * (1 + VAT_PERCENT / 100)).toFixed(10),
});

/** Included traffic in bytes: much less outside the EU. */
export const includedTraffic = (location: string): number =>
  ["fsn1", "nbg1", "hel1"].includes(location) ? 20 * TB : TB;

export function serverTypePrices(type: ServerTypeFacts): object[] {
  return type.locations.map((location) => ({
    location,
    price_hourly: price(type.monthly / HOURS),
    price_monthly: price(type.monthly),
    included_traffic: includedTraffic(location),
    price_per_tb_traffic: price(location === "sin" ? 7.4 : 1),
  }));
}

const everywhere = (monthly: number): object[] =>
  LOCATIONS.map(({ name }) => ({
    location: name,
    price_hourly: price(monthly / HOURS),
    price_monthly: price(monthly),
  }));

/** The body of GET /pricing, in EUR. List prices of late 2025. */
export const PRICING = {
  currency: "EUR",
  vat_rate: VAT_PERCENT.toFixed(6),
  floating_ip: { price_monthly: price(3) },
  floating_ips: [
    { type: "ipv4", prices: everywhere(3) },
    { type: "ipv6", prices: everywhere(1) },
  ],
  primary_ips: [
    { type: "ipv4", prices: everywhere(0.5) },
    { type: "ipv6", prices: everywhere(0) },
  ],
  image: { price_per_gb_month: price(0.011) },
  volume: { price_per_gb_month: price(0.044) },
  server_backup: { percentage: "20.0000000000" },
  server_types: SERVER_TYPES.map((type) => ({ id: type.id, name: type.name, prices: serverTypePrices(type) })),
  load_balancer_types: [],
};
