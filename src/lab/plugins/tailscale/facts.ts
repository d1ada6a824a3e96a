import { readFileSync } from "node:fs";
import type { Facts } from "../schema.ts";

/** @pulumi/tailscale 0.29.1, by its own types: the resource types that fleets use. */
export const facts = JSON.parse(readFileSync(new URL("facts.json", import.meta.url), "utf8")) as Facts;
