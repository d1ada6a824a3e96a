import { readFileSync } from "node:fs";
import type { Facts } from "../schema.ts";

/**
 * @pulumi/digitalocean 4.80.1: the resource types that fleets use. A name is required: the official provider makes one up
 * when it is left out.
 */
export const facts = JSON.parse(readFileSync(new URL("facts.json", import.meta.url), "utf8")) as Facts;

/** The type token of a resource in the package's index module, such as sshKey. */
export const tokenOf = (name: string): string => `digitalocean:index/${name}:${name[0]?.toUpperCase()}${name.slice(1)}`;
