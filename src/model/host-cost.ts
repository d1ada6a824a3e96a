import awsPrices from "./aws-prices.json" with { type: "json" };
import digitaloceanPrices from "./digitalocean-prices.json" with { type: "json" };
import { cents, type Money, sumOf } from "./cost.ts";
import type { Host } from "./host.ts";

/**
 * What a host costs a month: the machine itself by its file, and what the fleet makes beside it, which its provider
 * bills by itself: at AWS a public address and a disk. Where the file gives no price, a droplet costs what its size is
 * listed at, and of others nothing is known.
 */
export function hostCost(host: Host): Money | undefined {
  if (host.kind === "digitalocean") return host.monthlyCost ?? dropletCost(host.size);
  if (host.kind !== "aws" || host.adopt || host.monthlyCost === undefined || !("usd" in host.monthlyCost))
    return host.monthlyCost;
  const parts = [host.monthlyCost, { usd: awsPrices.address.monthly }, awsDiskCost("gp3", host.diskGb)];
  return { usd: sumOf(parts).usd };
}

/** A disk of so many GB at AWS, from the cheapest region to the dearest; undefined when its type has no known price. */
export function awsDiskCost(type: string | undefined, gigabytes = 0): Money | undefined {
  const [low, high] = (awsPrices.disk.perGb as Record<string, number[]>)[type ?? ""] ?? [];
  return low === undefined || high === undefined
    ? undefined
    : { usd: [cents(low * gigabytes), cents(high * gigabytes)] };
}

/** A droplet without its backups; undefined when its size has no known price. */
function dropletCost(size: string): Money | undefined {
  const monthly = (digitaloceanPrices.droplets as Record<string, number>)[size];
  return monthly === undefined ? undefined : { usd: monthly };
}
