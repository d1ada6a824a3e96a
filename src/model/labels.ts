import type { Host } from "./host.ts";

/** Labels of everything that the fleet makes in a cloud: they say who owns it and what it is for. */
export const labelsOf = (fleet: string, host: Host): Record<string, string> => ({
  ...host.labels,
  fleet,
  host: host.name,
  ...(host.roles.length && { role: host.roles[0]! }),
  "managed-by": "fleet",
});

/**
 * The same labels for clouds that only know flat tags (DigitalOcean): "fleet:alaivos". They have no dot, which becomes
 * an underscore.
 */
export const tagsOf = (labels: Record<string, string>): string[] =>
  Object.entries(labels).map(([key, value]) => `${key}:${value}`.replaceAll(".", "_"));
