import { readFileSync } from "node:fs";
import type { Facts } from "../schema.ts";

/** @pulumi/cloudflare 6.22.1: the resource types that fleets use. */
export const facts = JSON.parse(readFileSync(new URL("facts.json", import.meta.url), "utf8")) as Facts;

/** The type token of a resource in the package's index module, such as dnsRecord. */
export const tokenOf = (name: string): string => `cloudflare:index/${name}:${name[0]?.toUpperCase()}${name.slice(1)}`;
