import { basics } from "./basics.ts";
import { belongings } from "./belongings.ts";
import { droplets } from "./droplets.ts";
import { ends } from "./ends.ts";
import type { Operation } from "./operation.ts";

/** A whole life of each resource. @param key a public key @param print its fingerprint */
export const operations = (key: string, print: string): Operation[] => [
  ...basics(key, print),
  ...droplets,
  ...belongings,
  ...ends,
];
