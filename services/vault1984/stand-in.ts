import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of the program that stands in for the vault on lab machines. */
export const standIn = (): string => readFileSync(join(import.meta.dirname, "stand-in.py"), "utf8");
