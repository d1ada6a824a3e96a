/** Where DigitalOcean runs: slug, name, and whether new things can be made there. Public facts of late 2026. */
type Row = [slug: string, name: string, available: boolean];

const ROWS: Row[] = [
  ["nyc1", "New York 1", true],
  ["nyc2", "New York 2", true],
  ["nyc3", "New York 3", true],
  ["ams2", "Amsterdam 2", false],
  ["ams3", "Amsterdam 3", true],
  ["sfo1", "San Francisco 1", false],
  ["sfo2", "San Francisco 2", true],
  ["sfo3", "San Francisco 3", true],
  ["sgp1", "Singapore 1", true],
  ["lon1", "London 1", true],
  ["fra1", "Frankfurt 1", true],
  ["tor1", "Toronto 1", true],
  ["blr1", "Bangalore 1", true],
  ["syd1", "Sydney 1", true],
  ["atl1", "Atlanta 1", true],
];

const FEATURES = ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"];

export const REGIONS = ROWS.map(([slug, name, available]) => ({ slug, name, available, features: FEATURES }));

export const AVAILABLE_REGIONS = REGIONS.filter(({ available }) => available).map(({ slug }) => slug);

/** Where a thing goes when nobody says where. */
export const DEFAULT_REGION = "nyc3";
