import type { Store } from "../store.ts";
import type { Api } from "./api/api.ts";
import { findRegion, findSize } from "./catalogue/index.ts";
import { findImage } from "./resources/images.ts";
import { ensureTags } from "./resources/tags.ts";
import { defaultVpc, freeAddressIn } from "./resources/vpcs.ts";

/** A droplet that exists before the first `up`, as an adopted one does in the world. */
export interface SeedDroplet {
  name: string;
  /** As DigitalOcean names it: s-1vcpu-1gb. */
  size: string;
  region: string;
  /** As DigitalOcean names it. Default debian-13-x64. */
  image?: string;
  tags?: string[];
  /** The declared public IPv4 address. Left out: one that the cloud gives. */
  publicAddress?: string;
  /** Public keys that may log in as root. */
  authorizedKeys: string[];
}

/**
 * Puts a droplet into the cloud, once in the life of a store: one that was deleted since stays deleted. One of that
 * name that somebody has made meanwhile is the one that is adopted. Its machine boots with the next resume().
 * @throws Error when its size, region or image is not in the catalogue.
 * @returns its id, or undefined when it was seeded before and is gone.
 */
export function seedDroplet(api: Api, store: Store, seed: SeedDroplet): number | undefined {
  const seeded = store.collection<{ id: number }>("digitalocean", "seeded");
  const before = seeded.get(seed.name);
  if (before !== undefined) return api.droplets.get(before.id)?.id;
  const madeByHand = api.droplets.list().find(({ name }) => name === seed.name);
  if (madeByHand !== undefined) return madeByHand.id;

  const size = findSize(seed.size) ?? fail(seed, "size", seed.size);
  const region = findRegion(seed.region) ?? fail(seed, "region", seed.region);
  const image = findImage(api, seed.image ?? "debian-13-x64") ?? fail(seed, "image", String(seed.image));
  const vpc = defaultVpc(api, region.slug);
  const id = api.newId();
  api.droplets.put(id, {
    id,
    name: seed.name,
    created_at: new Date().toISOString(),
    status: "new",
    size: size.slug,
    disk: size.disk,
    image: image.id,
    region: region.slug,
    vpc_uuid: vpc.id,
    public_ip: seed.publicAddress ?? api.newAddress(),
    private_ip: freeAddressIn(api, vpc),
    ipv6: null,
    monitoring: false,
    agent: true,
    backups: null,
    tags: ensureTags(api, seed.tags),
    machine: seed.name,
    authorized_keys: seed.authorizedKeys,
    user_data: null,
  });
  seeded.put(seed.name, { id });
  return id;
}

function fail(seed: SeedDroplet, field: string, value: string): never {
  throw new Error(
    `droplet ${seed.name}: ${field} "${value}" is not in the local DigitalOcean catalogue ` +
      "(src/lab/clouds/digitalocean/catalogue)",
  );
}
