import { z } from "zod";
import type { CloudRequest } from "../../http/types.ts";
import type { Action } from "../api/actions.ts";
import type { Api } from "../api/api.ts";
import { unprocessable } from "../api/errors.ts";
import type { DropletRecord } from "../api/records.ts";
import { optional, readBody } from "../api/validate.ts";
import { findSize } from "../catalogue/index.ts";
import { findImage, snapshotDroplet } from "../resources/images.ts";
import { backupPolicy, hostname, ipv6Of, USUAL_BACKUPS } from "./create.ts";
import { boot, halt, rebuild } from "./lifecycle.ts";

const imageId = z.union([z.string(), z.int()]);

type Act = (api: Api, droplet: DropletRecord, request: CloudRequest) => () => void | Promise<void>;

const change = (api: Api, { id }: DropletRecord, changes: Partial<DropletRecord>): void => {
  api.droplets.put(id, { ...api.droplets.get(id)!, ...changes });
};
const restart: Act =
  (api, { id }) =>
  async () => {
    await halt(api, id);
    await boot(api, id);
  };
const anew: Act = (api, droplet, request) => {
  const wanted = readBody(request, z.object({ image: imageId })).image;
  const image = findImage(api, wanted);
  if (image === undefined) throw unprocessable("You specified an invalid image for Droplet creation.");
  return () => {
    change(api, droplet, { image: image.id });
    return rebuild(api, droplet.id);
  };
};

/** Each action checks first, and returns what is then done while the action is in progress. */
const ACTS: Record<string, Act> = {
  power_on: (api, droplet) => {
    if (droplet.status === "active") throw unprocessable("Droplet is already powered on");
    return () => boot(api, droplet.id);
  },
  power_off: (api, droplet) => {
    if (droplet.status === "off") throw unprocessable("Droplet is already powered off");
    return () => halt(api, droplet.id);
  },
  shutdown:
    (api, { id }) =>
    () =>
      halt(api, id),
  reboot: restart,
  power_cycle: restart,
  rename: (api, droplet, request) => {
    const { name } = readBody(request, z.object({ name: hostname }));
    return () => change(api, droplet, { name });
  },
  resize: (api, droplet, request) => {
    const body = readBody(request, z.object({ size: z.string(), disk: optional(z.boolean()) }));
    const size = findSize(body.size);
    if (size === undefined || !size.regions.includes(droplet.region))
      throw unprocessable("Size is not available in this region.");
    if (size.disk < droplet.disk) throw unprocessable("This size is not available because it has a smaller disk.");
    if (droplet.status !== "off")
      throw unprocessable("Droplet is currently on. Please power it off to run this event.");
    return () => change(api, droplet, { size: size.slug, disk: body.disk === true ? size.disk : droplet.disk });
  },
  snapshot: (api, droplet, request) => {
    const { name } = readBody(request, z.object({ name: optional(z.string()) }));
    return () => void snapshotDroplet(api, droplet, name ?? `${droplet.name}-${Date.now()}`);
  },
  rebuild: anew,
  restore: anew,
  enable_ipv6: (api, droplet) => () => change(api, droplet, { ipv6: ipv6Of(droplet.id) }),
  enable_backups: (api, droplet, request) => {
    const { backup_policy } = readBody(request, z.object({ backup_policy: optional(backupPolicy) }));
    return () => change(api, droplet, { backups: backup_policy ?? USUAL_BACKUPS });
  },
  disable_backups: (api, droplet) => () => change(api, droplet, { backups: null }),
  change_backup_policy: (api, droplet, request) => {
    const { backup_policy } = readBody(request, z.object({ backup_policy: backupPolicy }));
    if (droplet.backups === null) throw unprocessable("Backups are not enabled on the Droplet.");
    return () => change(api, droplet, { backups: backup_policy });
  },
  // The lab's machines let in keys alone: there is no password to be set.
  password_reset: () => () => {},
};

const TYPE = z.object({ type: z.enum(Object.keys(ACTS)) });

/** Begins the action that the body asks for. @throws CloudError 422 while another one is under way */
export function act(api: Api, droplet: DropletRecord, request: CloudRequest): Action {
  const { type } = readBody(request, TYPE);
  requireIdle(api, droplet);
  const work = ACTS[type]!(api, droplet, request);
  return api.actions.run(type, { type: "droplet", id: droplet.id, region: droplet.region }, work);
}

export function requireIdle(api: Api, droplet: DropletRecord): void {
  if (api.actions.isRunningOn(droplet.id)) throw unprocessable("Droplet already has a pending event.");
}
