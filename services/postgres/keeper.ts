import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The keeper of a cluster's roles and databases: each cluster has its own, told its port. */
export const keeper = {
  path: (cluster: string): string => `/etc/fleet/postgres-${cluster}-keeper`,
  text: (port: number): string =>
    readFileSync(join(import.meta.dirname, "keeper.py"), "utf8").replace(/^PORT = \d+$/m, `PORT = ${port}`),
};
