import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The keeper of the cluster's roles and databases, told its port. */
export const keeper = {
  path: "/etc/fleet/postgres-main-keeper",
  text: (port: number): string =>
    readFileSync(join(import.meta.dirname, "keeper.py"), "utf8").replace(/^PORT = \d+$/m, `PORT = ${port}`),
};
