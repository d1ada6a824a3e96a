import type { MachineSpec } from "../../../types.ts";
import type { Api } from "../api/api.ts";
import type { ServerRecord, ServerStatus } from "../api/records.ts";
import { releaseOfImage } from "../../../../model/platform.ts";
import { forgetServer } from "../resources/firewalls.ts";
import { imageById } from "../resources/images.ts";
import { primaryIpOf } from "../resources/primary-ips.ts";

/** Reserves the server's machine, which carries its public address. Does not boot. */
export async function reserve(api: Api, server: ServerRecord): Promise<void> {
  await api.machines.create(specOf(api, server));
}

export async function boot(api: Api, id: number): Promise<void> {
  const server = setStatus(api, id, "starting");
  if (server === undefined) return;
  try {
    await api.machines.start(server.machine);
  } catch (error) {
    setStatus(api, id, "off");
    throw error;
  }
  setStatus(api, id, "running");
}

export async function halt(api: Api, id: number): Promise<void> {
  const server = setStatus(api, id, "stopping");
  if (server === undefined) return;
  await api.machines.stop(server.machine);
  setStatus(api, id, "off");
}

/** Makes the machine anew from its image, with the addresses that it had. */
export async function rebuild(api: Api, id: number): Promise<void> {
  const server = setStatus(api, id, "rebuilding");
  if (server === undefined) return;
  await api.machines.stop(server.machine);
  await api.machines.remove(server.machine);
  await reserve(api, server);
  await boot(api, id);
}

/** Takes the machine away, then everything that the cloud knew of the server. */
export async function vanish(api: Api, id: number): Promise<void> {
  const server = setStatus(api, id, "deleting");
  if (server === undefined) return;
  await api.machines.stop(server.machine);
  await api.machines.remove(server.machine);
  forget(api, server);
}

/** Whatever belonged to a server that is no more. */
export function forget(api: Api, server: ServerRecord): void {
  for (const ip of api.primary_ips.list()) {
    if (ip.assignee_id !== server.id) continue;
    if (ip.auto_delete) api.primary_ips.delete(ip.id);
    else api.primary_ips.put(ip.id, { ...ip, assignee_id: null });
  }
  for (const volume of api.volumes.list())
    if (volume.server === server.id) api.volumes.put(volume.id, { ...volume, server: null });
  for (const ip of api.floating_ips.list())
    if (ip.server === server.id) api.floating_ips.put(ip.id, { ...ip, server: null });
  forgetServer(api, server.id);
  api.servers.delete(server.id);
}

/** Brings every machine back to where its server's record says that it was, after the lab was down or killed. */
export async function resumeServers(api: Api): Promise<void> {
  await Promise.all(
    api.servers.list().map(async (server) => {
      if (api.actions.isRunningOn("server", server.id)) return;
      if (server.status === "deleting") await vanish(api, server.id);
      else {
        await reserve(api, server);
        const off = server.status === "off" || server.status === "stopping";
        await (off ? halt(api, server.id) : boot(api, server.id));
      }
      api.actions.finishAbandoned("server", server.id);
    }),
  );
}

function setStatus(api: Api, id: number, status: ServerStatus): ServerRecord | undefined {
  const server = api.servers.get(id);
  return server && api.servers.put(id, { ...server, status });
}

function specOf(api: Api, server: ServerRecord): MachineSpec {
  const primary = primaryIpOf(api, server, "ipv4");
  const spec: MachineSpec = {
    name: server.machine,
    authorizedKeys: server.authorized_keys,
    release: releaseOfImage(imageById(api, server.image)?.name),
  };
  if (server.user_data !== null) spec.userData = server.user_data;
  if (primary !== undefined) spec.publicAddress = primary.ip;
  return spec;
}
