import { REGIONS } from "./regions.ts";
import { SIZES, type Size } from "./sizes.ts";

/** Regions in the vendor's shape: one without room lists no sizes. */
export const REGION_VIEWS = REGIONS.map((region) => ({
  ...region,
  sizes: SIZES.filter(({ regions }) => regions.includes(region.slug)).map(({ slug }) => slug),
}));

export const findRegion = (slug: string) => REGION_VIEWS.find((region) => region.slug === slug.toLowerCase());
export const findSize = (slug: string): Size | undefined => SIZES.find((size) => size.slug === slug.toLowerCase());
