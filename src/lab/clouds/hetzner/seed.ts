import type { Store } from "../store.ts";
import type { Api } from "./api/api.ts";
import type { Labels } from "./api/labels.ts";
import { findLocation, findServerType } from "./catalogue/index.ts";
import { findImage } from "./resources/images.ts";
import { newPrimaryIp } from "./resources/primary-ips.ts";

/** A server that exists before the first `up`, as an adopted one does in the world. */
export interface SeedServer {
  name: string;
  /** As Hetzner names it: cx43. */
  type: string;
  location: string;
  /** As Hetzner names it. Default debian-13. */
  image?: string;
  labels?: Labels;
  /** The declared public IPv4 address. Left out: the address of its machine in the lab. */
  publicAddress?: string;
  /** The provider's id, when the host file knows it. */
  id?: number;
  /** Public keys that may log in as root. */
  authorizedKeys: string[];
  /** cloud-init user data, such as its own host key. */
  userData?: string;
}

/**
 * Puts a server into the cloud, once in the life of a store: a server that was deleted since stays deleted. One of that
 * name that somebody has made meanwhile is the one that is adopted. Its machine boots with the next resume().
 * @throws Error when its type, location or image is not in the catalogue.
 * @returns its id, or undefined when it was seeded before and is gone.
 */
export function seedServer(api: Api, store: Store, seed: SeedServer): number | undefined {
  const seeded = store.collection<{ id: number }>("hcloud", "seeded");
  const before = seeded.get(seed.name);
  if (before !== undefined) return api.servers.get(before.id)?.id;
  const madeByHand = api.servers.list().find(({ name }) => name === seed.name);
  if (madeByHand !== undefined) return madeByHand.id;

  const type = findServerType(seed.type) ?? fail(seed, "type", seed.type);
  const location = findLocation(seed.location) ?? fail(seed, "location", seed.location);
  const image = findImage(api, seed.image ?? "debian-13", type.architecture) ?? fail(seed, "image", String(seed.image));
  const id = seed.id ?? api.newId();
  const created = new Date().toISOString();
  api.servers.put(id, {
    id,
    name: seed.name,
    created,
    labels: seed.labels ?? {},
    status: "initializing",
    server_type: type.name,
    image: image.id,
    location: location.name,
    placement_group: null,
    protection: { delete: false, rebuild: false },
    private_net: [],
    primary_disk_size: type.disk,
    backup_window: null,
    iso: null,
    rescue_enabled: false,
    machine: seed.name,
    authorized_keys: seed.authorizedKeys,
    user_data: seed.userData ?? null,
  });
  for (const family of ["ipv4", "ipv6"] as const) {
    const ip = family === "ipv4" ? seed.publicAddress : undefined;
    const primary = newPrimaryIp(api, {
      name: `${seed.name}-${family}`,
      type: family,
      location: location.name,
      auto_delete: true,
      ...(ip ? { ip } : {}),
    });
    api.primary_ips.put(primary.id, { ...primary, assignee_id: id });
  }
  seeded.put(seed.name, { id });
  return id;
}

function fail(seed: SeedServer, field: string, value: string): never {
  throw new Error(
    `server ${seed.name}: ${field} "${value}" is not in the local Hetzner catalogue (src/lab/clouds/hetzner/catalogue)`,
  );
}
