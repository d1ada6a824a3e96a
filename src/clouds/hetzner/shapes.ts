import type { Money } from "../../model/cost.ts";

/** Parts of what the API shows: https://docs.hetzner.cloud */

export interface Named {
  id: number;
  name: string;
}

export interface Place {
  name: string;
}

export interface Amount {
  net: string;
}

export interface ShownServer extends Named {
  server_type: { name: string; prices: { location: string; price_monthly: Amount }[] };
  location?: Place;
  datacenter?: { location: Place };
  image: { os_flavor: string } | null;
  public_net: { ipv4: { ip: string } | null };
  labels: Record<string, string>;
}

export interface Pricing {
  volume: { price_per_gb_month: Amount };
  primary_ips: AddressPrices[];
  floating_ips: AddressPrices[];
}

interface AddressPrices {
  type: string;
  prices: { location: string; price_monthly: Amount }[];
}

export const locationOf = (item: { location?: Place; datacenter?: { location: Place } }): string =>
  (item.location ?? item.datacenter?.location)?.name ?? "";

export const attachedTo = (id: number | null): string =>
  id === null ? "attached to nothing" : `attached to server ${id}`;

export const priceIn = (
  prices: readonly { location: string; price_monthly: Amount }[] | undefined,
  location: string,
): Money | undefined => euros(Number(prices?.find((price) => price.location === location)?.price_monthly.net));

export const addressPrice = (
  prices: readonly AddressPrices[] | undefined,
  type: string,
  location: string,
): Money | undefined => priceIn(prices?.find((price) => price.type === type)?.prices, location);

/** To the cent, without VAT; nothing for what has no price. */
export const euros = (amount: number): Money | undefined =>
  amount > 0 ? { eur: Math.round(amount * 100) / 100 } : undefined;
