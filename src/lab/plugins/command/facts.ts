import { readFileSync } from "node:fs";
import type { Facts } from "../schema.ts";

/** @pulumi/command 1.2.1. */
export const facts = JSON.parse(readFileSync(new URL("facts.json", import.meta.url), "utf8")) as Facts;
