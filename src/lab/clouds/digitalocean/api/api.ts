import type { Machines } from "../../../types.ts";
import type { Collection, Store } from "../../store.ts";
import { Actions } from "./actions.ts";
import type { Kinds } from "./records.ts";

/** What every resource of the local DigitalOcean works with. */
export interface Api extends Readonly<{ [K in keyof Kinds]: Collection<Kinds[K]> }> {
  actions: Actions;
  machines: Machines;
  /** Unique over all kinds, so that a mixed-up id is never valid by chance. */
  newId(): number;
  /**
   * A public address that nobody has on the internet: from the range for tests (RFC 2544), of which the lab's other
   * clouds give away other parts.
   */
  newAddress(): string;
}

const KINDS = [
  "droplets",
  "ssh_keys",
  "tags",
  "firewalls",
  "vpcs",
  "reserved_ips",
  "volumes",
  "volume_snapshots",
  "images",
  "projects",
  "assignments",
  "domains",
  "dns_records",
] as const satisfies readonly (keyof Kinds)[];

export function createApi(store: Store, machines: Machines): Api {
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, store.collection("digitalocean", kind)]));
  return {
    ...(kinds as unknown as { [K in keyof Kinds]: Collection<Kinds[K]> }),
    actions: new Actions(store),
    machines,
    newId: () => store.nextId("digitalocean/id", 500_000_001),
    newAddress: () => {
      const n = store.nextId("digitalocean/ipv4");
      return `198.19.${128 + Math.floor(n / 254)}.${(n % 254) + 1}`;
    },
  };
}
