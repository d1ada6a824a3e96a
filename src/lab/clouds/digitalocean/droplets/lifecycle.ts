import { debianReleaseSchema } from "../../../../model/platform.ts";
import type { MachineSpec } from "../../../types.ts";
import type { Api } from "../api/api.ts";
import type { DropletRecord } from "../api/records.ts";
import { forgetDroplet } from "../resources/firewalls.ts";
import { baseOf } from "../resources/images.ts";

/** Reserves the droplet's machine. Does not boot. */
export async function reserve(api: Api, droplet: DropletRecord): Promise<void> {
  await api.machines.create(specOf(api, droplet));
}

/** A droplet whose machine does not boot stays as it was. */
export async function boot(api: Api, id: number): Promise<void> {
  const droplet = api.droplets.get(id);
  if (droplet === undefined) return;
  await api.machines.start(droplet.machine);
  setStatus(api, id, "active");
}

export async function halt(api: Api, id: number): Promise<void> {
  const droplet = api.droplets.get(id);
  if (droplet === undefined) return;
  await api.machines.stop(droplet.machine);
  setStatus(api, id, "off");
}

/** Makes the machine anew, with the addresses that it had. */
export async function rebuild(api: Api, id: number): Promise<void> {
  const droplet = api.droplets.get(id);
  if (droplet === undefined) return;
  await api.machines.stop(droplet.machine);
  await api.machines.remove(droplet.machine);
  await reserve(api, droplet);
  await boot(api, id);
}

/** Takes the machine away, then everything that the cloud knew of the droplet. */
export async function vanish(api: Api, id: number): Promise<void> {
  const droplet = setStatus(api, id, "archive");
  if (droplet === undefined) return;
  await api.machines.stop(droplet.machine);
  await api.machines.remove(droplet.machine);
  forget(api, droplet);
}

/** Whatever belonged to a droplet that is no more. Its snapshots stay. */
export function forget(api: Api, { id }: DropletRecord): void {
  for (const volume of api.volumes.list())
    if (volume.droplet === id) api.volumes.put(volume.id, { ...volume, droplet: null });
  for (const ip of api.reserved_ips.list())
    if (ip.droplet === id) api.reserved_ips.put(ip.ip, { ...ip, droplet: null });
  forgetDroplet(api, id);
  api.assignments.delete(`do:droplet:${id}`);
  api.droplets.delete(id);
}

/** A machine carries one public address in the lab: the reserved one while it has one, else its own. */
export async function carryAddress(api: Api, id: number): Promise<void> {
  const droplet = api.droplets.get(id);
  if (droplet !== undefined && droplet.status !== "archive")
    await api.machines.setPublicAddress(droplet.machine, addressOf(api, droplet));
}

const addressOf = (api: Api, { id, public_ip }: DropletRecord): string | undefined =>
  api.reserved_ips.list().find(({ droplet }) => droplet === id)?.ip ?? public_ip ?? undefined;

/** Brings every machine back to where its droplet's record says that it was, after the lab was down or killed. */
export async function resumeDroplets(api: Api): Promise<void> {
  await Promise.all(
    api.droplets.list().map(async (droplet) => {
      if (api.actions.isRunningOn(droplet.id)) return;
      if (droplet.status === "archive") return vanish(api, droplet.id);
      await reserve(api, droplet);
      await carryAddress(api, droplet.id);
      await (droplet.status === "off" ? halt(api, droplet.id) : boot(api, droplet.id));
    }),
  );
  api.actions.finishAbandoned();
}

function setStatus(api: Api, id: number, status: DropletRecord["status"]): DropletRecord | undefined {
  const droplet = api.droplets.get(id);
  return droplet && api.droplets.put(id, { ...droplet, status });
}

/** A droplet of a snapshot boots the lab's image of the release that the snapshot goes back to. */
function specOf(api: Api, droplet: DropletRecord): MachineSpec {
  const publicAddress = addressOf(api, droplet);
  return {
    name: droplet.machine,
    authorizedKeys: droplet.authorized_keys,
    release: releaseOf(baseOf(api, droplet.image)),
    ...(droplet.user_data !== null && { userData: droplet.user_data }),
    ...(publicAddress !== undefined && { publicAddress }),
  };
}

/** The release of Debian that a slug speaks of, such as debian-12-x64. */
const releaseOf = (slug: string | null): MachineSpec["release"] =>
  debianReleaseSchema.safeParse(Number(/^debian-(\d+)-/.exec(slug ?? "")?.[1])).data;
