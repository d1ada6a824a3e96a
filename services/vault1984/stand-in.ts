import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of the program that stands in for the vault on lab machines. */
export const standIn = (): string => readFileSync(join(import.meta.dirname, "stand-in.py"), "utf8");

/** How its variables are called, whatever those of the vault itself are. It tells Uptime Kuma nothing. */
export const STAND_IN_VARIABLES = {
  domains: "VAULT1984_DOMAINS",
  database: "VAULT1984_DATABASE",
  certificates: "VAULT1984_AUTOCERT",
  status: "VAULT1984_STATUS",
  heartbeat: "VAULT1984_HEARTBEAT",
};
