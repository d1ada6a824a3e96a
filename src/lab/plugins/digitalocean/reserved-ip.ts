import { unlessGone } from "../http-client.ts";
import { unless, type Client } from "./client.ts";
import type { Kind } from "./resource.ts";

interface Shown {
  ip: string;
  region: { slug: string };
  droplet: { id: number } | null;
}

const find = async (client: Client, ip: string): Promise<Shown | undefined> =>
  (await unlessGone(client.call<{ reserved_ip: Shown }>("GET", `/reserved_ips/${ip}`)))?.reserved_ip;
const assign = (client: Client, ip: string, droplet: unknown): Promise<void> =>
  client.act(`/reserved_ips/${ip}/actions`, { type: "assign", droplet_id: droplet });
/** One that has no droplet says so with 422. */
const unassign = (client: Client, ip: string): Promise<void> =>
  unless([404, 422], client.act(`/reserved_ips/${ip}/actions`, { type: "unassign" }));

/**
 * A public address that stays. Which droplet has it is only compared when it is declared here. As at the official
 * provider an import takes the droplet for declared: a program that does not name it has to ignore dropletId, or the
 * address is taken off.
 */
export const reservedIp: Kind = {
  name: "reservedIp",
  computed: ["ipAddress"],
  async create(client, { region, dropletId }, made) {
    const { reserved_ip } = await client.call<{ reserved_ip: Shown }>("POST", "/reserved_ips", { region });
    made(reserved_ip.ip);
    if (dropletId !== undefined) await assign(client, reserved_ip.ip, dropletId);
    return reserved_ip.ip;
  },
  async read(client, id, declared) {
    const shown = await find(client, id);
    if (shown === undefined) return undefined;
    const compared = declared === undefined || declared.dropletId !== undefined;
    return {
      ipAddress: shown.ip,
      region: shown.region.slug,
      dropletId: compared ? (shown.droplet?.id ?? null) : null,
      reservedIpUrn: `do:reservedip:${shown.ip}`,
    };
  },
  async update(client, id, olds, news) {
    if (news.dropletId === olds.dropletId) return;
    await (news.dropletId === undefined ? unassign(client, id) : assign(client, id, news.dropletId));
  },
  async delete(client, id, { dropletId }) {
    if (dropletId !== undefined) await unassign(client, id);
    await unless([404], client.call("DELETE", `/reserved_ips/${id}`));
  },
};

/** A reserved address on a droplet. Imported by "address,droplet". */
export const reservedIpAssignment: Kind = {
  name: "reservedIpAssignment",
  async create(client, { ipAddress, dropletId }) {
    await assign(client, String(ipAddress), dropletId);
    return idOf(Number(dropletId), String(ipAddress));
  },
  async read(client, id, declared) {
    const [ip = "", droplet] =
      declared === undefined ? id.split(",") : [String(declared.ipAddress), declared.dropletId];
    const shown = await find(client, ip);
    if (shown?.droplet?.id !== Number(droplet)) return undefined;
    return { ipAddress: ip, dropletId: Number(droplet) };
  },
  importedId: (id) => idOf(Number(id.split(",")[1]), id.split(",")[0]!),
  async delete(client, _id, { ipAddress, dropletId }) {
    const ip = String(ipAddress);
    if ((await find(client, ip))?.droplet?.id === Number(dropletId)) await unassign(client, ip);
  },
};

const idOf = (droplet: number, ip: string): string => `${droplet}-${ip}`;
