import { readFileSync } from "node:fs";
import type { Facts } from "../schema.ts";

/** @pulumi/aws 7.48.0: the resource types that fleets use, with the properties that they use. */
export const facts = JSON.parse(readFileSync(new URL("facts.json", import.meta.url), "utf8")) as Facts;
