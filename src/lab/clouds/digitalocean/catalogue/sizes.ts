import prices from "../../../../model/digitalocean-prices.json" with { type: "json" };
import { AVAILABLE_REGIONS } from "./regions.ts";

/** A size as the API lists it. */
export interface Size {
  slug: string;
  /** MB */
  memory: number;
  vcpus: number;
  /** GB */
  disk: number;
  /** TB a month */
  transfer: number;
  /** USD without VAT */
  price_monthly: number;
  price_hourly: number;
  regions: string[];
  available: boolean;
  description: string;
  disk_info: { type: "local"; size: { amount: number; unit: "gib" } }[];
}

/** slug, virtual processors, memory in GB, disk in GB, TB of traffic */
type Row = [slug: keyof typeof prices.droplets, vcpus: number, memory: number, disk: number, transfer: number];

/** Hours that are billed at most in a month. */
const HOURS = 672;
/** Where the processors of named makers and the dedicated ones are. */
const PREMIUM = AVAILABLE_REGIONS.filter((slug) => !["nyc2", "sfo2"].includes(slug));

function family(description: string, regions: string[], rows: Row[]): Size[] {
  return rows.map(([slug, vcpus, memory, disk, transfer]) => ({
    slug,
    memory: memory * 1024,
    vcpus,
    disk,
    transfer,
    price_monthly: prices.droplets[slug],
    price_hourly: Number((prices.droplets[slug] / HOURS).toFixed(5)),
    regions,
    available: true,
    description,
    disk_info: [{ type: "local", size: { amount: disk, unit: "gib" } }],
  }));
}

/**
 * The sizes that can be ordered, without those with graphics processors. DigitalOcean changes prices, so they are
 * examples.
 */
export const SIZES: Size[] = [
  ...family("Basic", AVAILABLE_REGIONS, [
    ["s-1vcpu-512mb-10gb", 1, 0.5, 10, 0.5],
    ["s-1vcpu-1gb", 1, 1, 25, 1],
    ["s-1vcpu-2gb", 1, 2, 50, 2],
    ["s-2vcpu-2gb", 2, 2, 60, 3],
    ["s-2vcpu-4gb", 2, 4, 80, 4],
    ["s-4vcpu-8gb", 4, 8, 160, 5],
    ["s-8vcpu-16gb", 8, 16, 320, 6],
  ]),
  ...family("Basic AMD", PREMIUM, [
    ["s-1vcpu-1gb-amd", 1, 1, 25, 1],
    ["s-1vcpu-2gb-amd", 1, 2, 50, 2],
    ["s-2vcpu-2gb-amd", 2, 2, 60, 3],
    ["s-2vcpu-4gb-amd", 2, 4, 80, 4],
    ["s-2vcpu-8gb-amd", 2, 8, 100, 5],
    ["s-4vcpu-8gb-amd", 4, 8, 160, 5],
    ["s-4vcpu-16gb-amd", 4, 16, 200, 8],
    ["s-8vcpu-16gb-amd", 8, 16, 320, 6],
    ["s-8vcpu-32gb-amd", 8, 32, 400, 10],
  ]),
  ...family("Basic Intel", PREMIUM, [
    ["s-1vcpu-1gb-intel", 1, 1, 25, 1],
    ["s-1vcpu-1gb-35gb-intel", 1, 1, 35, 1],
    ["s-1vcpu-2gb-intel", 1, 2, 50, 2],
    ["s-1vcpu-2gb-70gb-intel", 1, 2, 70, 2],
    ["s-2vcpu-2gb-intel", 2, 2, 60, 3],
    ["s-2vcpu-2gb-90gb-intel", 2, 2, 90, 3],
    ["s-2vcpu-4gb-intel", 2, 4, 80, 4],
    ["s-2vcpu-4gb-120gb-intel", 2, 4, 120, 4],
    ["s-2vcpu-8gb-160gb-intel", 2, 8, 160, 5],
    ["s-4vcpu-8gb-intel", 4, 8, 160, 5],
    ["s-4vcpu-8gb-240gb-intel", 4, 8, 240, 6],
    ["s-4vcpu-16gb-320gb-intel", 4, 16, 320, 8],
    ["s-8vcpu-16gb-intel", 8, 16, 320, 6],
    ["s-8vcpu-16gb-480gb-intel", 8, 16, 480, 9],
    ["s-8vcpu-32gb-640gb-intel", 8, 32, 640, 10],
  ]),
  ...family("CPU-Optimized", PREMIUM, [
    ["c-2", 2, 4, 25, 4],
    ["c-4", 4, 8, 50, 5],
    ["c-8", 8, 16, 100, 6],
    ["c-16", 16, 32, 200, 7],
    ["c-32", 32, 64, 400, 9],
  ]),
  ...family("CPU-Optimized 2x SSD", PREMIUM, [
    ["c2-2vcpu-4gb", 2, 4, 50, 4],
    ["c2-4vcpu-8gb", 4, 8, 100, 5],
    ["c2-8vcpu-16gb", 8, 16, 200, 6],
    ["c2-16vcpu-32gb", 16, 32, 400, 7],
  ]),
  ...family("General Purpose", PREMIUM, [
    ["g-2vcpu-8gb", 2, 8, 25, 4],
    ["g-4vcpu-16gb", 4, 16, 50, 5],
    ["g-8vcpu-32gb", 8, 32, 100, 6],
    ["g-16vcpu-64gb", 16, 64, 200, 7],
  ]),
  ...family("General Purpose 2x SSD", PREMIUM, [
    ["gd-2vcpu-8gb", 2, 8, 50, 4],
    ["gd-4vcpu-16gb", 4, 16, 100, 5],
    ["gd-8vcpu-32gb", 8, 32, 200, 6],
  ]),
  ...family("Memory-Optimized", PREMIUM, [
    ["m-2vcpu-16gb", 2, 16, 50, 4],
    ["m-4vcpu-32gb", 4, 32, 100, 6],
    ["m-8vcpu-64gb", 8, 64, 200, 7],
    ["m-16vcpu-128gb", 16, 128, 400, 8],
  ]),
  ...family("Storage-Optimized", PREMIUM, [
    ["so-2vcpu-16gb", 2, 16, 300, 4],
    ["so-4vcpu-32gb", 4, 32, 600, 6],
  ]),
];
