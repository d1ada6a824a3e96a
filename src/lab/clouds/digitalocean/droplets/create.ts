import { z } from "zod";
import type { CloudReply, CloudRequest } from "../../http/types.ts";
import { actionLink, type Action } from "../api/actions.ts";
import type { Api } from "../api/api.ts";
import { unprocessable } from "../api/errors.ts";
import type { DropletRecord, VolumeRecord, VpcRecord } from "../api/records.ts";
import { optional, readBody, tagNames } from "../api/validate.ts";
import type { Image } from "../catalogue/images.ts";
import { findRegion, findSize } from "../catalogue/index.ts";
import { DEFAULT_REGION } from "../catalogue/regions.ts";
import type { Size } from "../catalogue/sizes.ts";
import { requireRoomForDroplets } from "../resources/account.ts";
import { findImage } from "../resources/images.ts";
import { findKey } from "../resources/ssh-keys.ts";
import { ensureTags } from "../resources/tags.ts";
import { defaultVpc, freeAddressIn } from "../resources/vpcs.ts";
import { boot, forget, reserve } from "./lifecycle.ts";
import { dropletView } from "./view.ts";

const MAX_USER_DATA = 64 * 1024;
const MOST_AT_ONCE = 10;

export const hostname = z
  .string()
  .max(255, "is too long")
  .regex(
    /^[a-zA-Z0-9]?[a-zA-Z0-9.-]*[a-zA-Z0-9]$/,
    "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)",
  );
export const backupPolicy = z.object({
  plan: z.enum(["daily", "weekly"]),
  weekday: optional(z.enum(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])),
  hour: optional(z.literal([0, 4, 8, 12, 16, 20])),
});
/** What a droplet with backups has until somebody says otherwise. */
export const USUAL_BACKUPS = { plan: "weekly" } as const;

const flag = optional(z.boolean());
const CREATE = z.object({
  name: optional(hostname),
  names: optional(z.array(hostname).min(1, "is too short").max(MOST_AT_ONCE, "is too long")),
  region: optional(z.string()),
  size: z.string(),
  image: z.union([z.string(), z.int()]),
  ssh_keys: optional(z.array(z.union([z.string(), z.int()]).transform(String))),
  backups: flag,
  backup_policy: optional(backupPolicy),
  ipv6: flag,
  monitoring: flag,
  tags: tagNames,
  user_data: optional(z.string().refine((text) => Buffer.byteLength(text) <= MAX_USER_DATA, "is too long")),
  volumes: optional(z.array(z.string())),
  vpc_uuid: optional(z.string()),
  with_droplet_agent: flag,
  public_networking: flag,
});
type Wanted = z.infer<typeof CREATE>;

/** POST /droplets: everything is checked first; the machines boot after the reply, and the actions end when they run. */
export async function createDroplets(api: Api, request: CloudRequest): Promise<CloudReply> {
  const wanted = readBody(request, CREATE);
  const names = wanted.names ?? (wanted.name === undefined ? [] : [wanted.name]);
  if (names.length === 0) throw unprocessable("name is required");
  requireRoomForDroplets(api, names.length);
  const plan = readPlan(api, wanted);
  const made: [DropletRecord, Action][] = [];
  for (const name of names) made.push(await createOne(api, wanted, plan, name));
  const actions = made.map(([, action]) => actionLink(request, action, "create"));
  const droplets = made.map(([droplet]) => dropletView(api, droplet));
  const body = wanted.names === undefined ? { droplet: droplets[0] } : { droplets };
  return { status: 202, body: { ...body, links: { actions } } };
}

interface Plan {
  region: string;
  size: Size;
  image: Image;
  vpc: VpcRecord;
  keys: string[];
  volumes: VolumeRecord[];
}

function readPlan(api: Api, wanted: Wanted): Plan {
  const invalid = (what: string) => unprocessable(`You specified an invalid ${what} for Droplet creation.`);
  const size = findSize(wanted.size);
  if (size === undefined) throw invalid("size");
  const region = findRegion(
    wanted.region ?? (size.regions.includes(DEFAULT_REGION) ? DEFAULT_REGION : size.regions[0]!),
  );
  if (region === undefined || !region.available) throw invalid("region");
  if (!size.regions.includes(region.slug)) throw unprocessable("Size is not available in this region.");
  const image = findImage(api, wanted.image);
  if (image === undefined) throw invalid("image");
  if (!image.regions.includes(region.slug)) throw unprocessable("The image is not available in the selected region.");
  if (image.min_disk_size > size.disk) throw unprocessable("The image is larger than the disk of the selected size.");
  return {
    region: region.slug,
    size,
    image,
    vpc: readVpc(api, wanted.vpc_uuid, region.slug),
    keys: (wanted.ssh_keys ?? []).map((key) => readKey(api, key)),
    volumes: readVolumes(api, wanted.volumes ?? [], region.slug),
  };
}

async function createOne(api: Api, wanted: Wanted, plan: Plan, name: string): Promise<[DropletRecord, Action]> {
  const id = api.newId();
  const droplet: DropletRecord = {
    id,
    name,
    created_at: new Date().toISOString(),
    status: "new",
    size: plan.size.slug,
    disk: plan.size.disk,
    image: plan.image.id,
    region: plan.region,
    vpc_uuid: plan.vpc.id,
    public_ip: wanted.public_networking === false ? null : api.newAddress(),
    private_ip: freeAddressIn(api, plan.vpc),
    ipv6: wanted.ipv6 === true ? ipv6Of(id) : null,
    monitoring: wanted.monitoring ?? false,
    agent: wanted.with_droplet_agent ?? true,
    backups: wanted.backups === true ? (wanted.backup_policy ?? USUAL_BACKUPS) : null,
    tags: ensureTags(api, wanted.tags),
    machine: machineName(api, name, id),
    authorized_keys: plan.keys,
    user_data: wanted.user_data ?? null,
  };
  api.droplets.put(id, droplet);
  for (const volume of plan.volumes) api.volumes.put(volume.id, { ...volume, droplet: id });
  try {
    await reserve(api, droplet);
  } catch (error) {
    forget(api, droplet);
    throw unprocessable(`no machine for droplet ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return [droplet, api.actions.run("create", { type: "droplet", id, region: plan.region }, () => boot(api, id))];
}

function readVpc(api: Api, id: string | undefined, region: string): VpcRecord {
  if (id === undefined) return defaultVpc(api, region);
  const vpc = api.vpcs.get(id);
  if (vpc === undefined || vpc.region !== region)
    throw unprocessable("VPC is invalid: there is none of this id in the region");
  return vpc;
}

function readKey(api: Api, idOrFingerprint: string): string {
  const key = findKey(api, idOrFingerprint);
  if (key === undefined) throw unprocessable(`${idOrFingerprint} are invalid key identifiers for Droplet creation.`);
  return key.public_key;
}

function readVolumes(api: Api, ids: string[], region: string): VolumeRecord[] {
  return ids.map((id) => {
    const volume = api.volumes.get(id);
    if (volume === undefined || volume.droplet !== null || volume.region !== region)
      throw unprocessable(`failed to attach volume ${id}: it is not there, elsewhere or attached already`);
    return volume;
  });
}

/** Of the documentation range. */
export const ipv6Of = (id: number): string => `2001:db8:d0:${(id % 65_536).toString(16)}::1`;

/** Names need not be unique at DigitalOcean; those of machines must be. */
function machineName(api: Api, name: string, id: number): string {
  return api.droplets.list().some(({ machine }) => machine === name) ? `${name}-${id}` : name;
}
