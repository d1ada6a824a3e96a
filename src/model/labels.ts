import type { Host } from "./host.ts";

/** Keys and values that Hetzner, DigitalOcean and AWS all accept. */
export const labelPattern = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** Labels of everything that the fleet makes in a cloud: they say who owns it and what it is for. */
export const labelsOf = (fleet: string, host: Host): Record<string, string> => ({
  ...host.labels,
  fleet,
  host: host.name,
  ...(host.roles.length && { role: host.roles[0]! }),
  "managed-by": "fleet",
});

/** The same labels for clouds that only know flat tags (DigitalOcean): "fleet:alaivos". */
export const tagsOf = (labels: Record<string, string>): string[] =>
  Object.entries(labels).map(([key, value]) => `${key}:${value}`);
