import { aws } from "./aws/index.ts";
import { cloudflare } from "./cloudflare/index.ts";
import { digitalocean } from "./digitalocean/index.ts";
import { hetzner } from "./hetzner/index.ts";
import type { Kind, Vendor } from "./kind.ts";

/** A vendor is one line here, and a kind one line in its vendor's index.ts. */
export const vendors: readonly Vendor[] = [hetzner, cloudflare, aws, digitalocean];

export const kinds: readonly Kind[] = vendors.flatMap((vendor) => vendor.kinds);
