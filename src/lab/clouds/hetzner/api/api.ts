import type { Collection, Store } from "../../store.ts";
import type { Machines } from "../../../types.ts";
import { Actions } from "./actions.ts";
import { notUnique } from "./errors.ts";
import type { Kinds } from "./records.ts";

/** What every resource of the local Hetzner Cloud works with. */
export interface Api extends Readonly<{ [K in keyof Kinds]: Collection<Kinds[K]> }> {
  actions: Actions;
  machines: Machines;
  /** Unique over all kinds, so that a mixed-up id is never valid by chance. */
  newId(): number;
  /**
   * A public address that nobody has on the internet: from the range for tests (RFC 2544), whose other half the lab's
   * AWS gives away. IPv6 is a /64 of the
   * documentation range.
   */
  newAddress(type: "ipv4" | "ipv6"): string;
}

export function createApi(store: Store, machines: Machines): Api {
  const kind = <K extends keyof Kinds>(name: K): Collection<Kinds[K]> => store.collection<Kinds[K]>("hcloud", name);
  return {
    servers: kind("servers"),
    ssh_keys: kind("ssh_keys"),
    firewalls: kind("firewalls"),
    networks: kind("networks"),
    primary_ips: kind("primary_ips"),
    floating_ips: kind("floating_ips"),
    volumes: kind("volumes"),
    placement_groups: kind("placement_groups"),
    images: kind("images"),
    actions: new Actions(store),
    machines,
    newId: () => store.nextId("hcloud/id", 100_001),
    newAddress: (type) => {
      const n = store.nextId(`hcloud/${type}`);
      return type === "ipv4" ? `198.19.${Math.floor(n / 254)}.${(n % 254) + 1}` : `2001:db8:${n.toString(16)}::/64`;
    },
  };
}

/** @throws CloudError uniqueness_error when another record has the name. */
export function requireFreeName(
  what: string,
  records: Collection<{ id: number; name: string | null }>,
  name: string,
  except?: number,
): void {
  if (records.list().some((record) => record.name === name && record.id !== except)) throw notUnique(what, "name");
}
