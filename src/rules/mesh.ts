import { z } from "zod";
import type { Mesh } from "../model/mesh.ts";
import { isActive } from "../model/status.ts";
import { addressClaims } from "./addresses.ts";
import { filesOf, type Finding } from "../model/view.ts";
import type { Rule } from "./view.ts";

/** Mesh addresses are inside the mesh's network, and machines can have them. */
export const meshAddresses: Rule = (view) => {
  const { mesh } = view.fleet;
  if (!mesh) return [];
  const network = networkOf(mesh);
  return addressClaims(view)
    .filter((c) => c.field === "mesh" && isIpv4(c.address))
    .flatMap((c): Finding[] => {
      const problem = !network.holds(c.address)
        ? `which is outside of ${mesh.network}`
        : network.reserved.includes(c.address)
          ? `which is the network ${mesh.network} itself or its broadcast address`
          : undefined;
      if (problem === undefined) return [];
      return [
        {
          rule: "mesh-address",
          files: filesOf(c.file, view.fileOf.fleet),
          message: `${c.owner} has the mesh address ${c.address}, ${problem}`,
          remedy: `correct mesh in ${c.file}, or the mesh's network in ${view.fileOf.fleet}`,
        },
      ];
    });
};

/**
 * The hub is a machine in its own mesh. That it is a host of the fleet, and its public address known, is checked as for
 * everything that is referred to.
 */
export const meshHub: Rule = ({ fleet: { mesh, hosts }, fileOf }) => {
  const hub = mesh?.type === "wireguard" && isActive(mesh) ? hosts.find((host) => host.name === mesh.hub) : undefined;
  if (!hub || hub.mesh !== undefined) return [];
  return [
    {
      rule: "mesh-hub",
      files: filesOf(fileOf.host(hub), fileOf.fleet),
      message: `${hub.name} is the hub of the mesh, but has no address in it`,
      remedy: `give mesh in ${fileOf.host(hub)}, or name another hub in ${fileOf.fleet}`,
    },
  ];
};

/** What a network holds, and of that what no machine can have. */
function networkOf({ network }: Mesh): { holds: (address: string) => boolean; reserved: string[] } {
  const [base, bits] = network.split("/") as [string, string];
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(numberOf(base) / size) * size;
  return {
    holds: (address) => first <= numberOf(address) && numberOf(address) < first + size,
    reserved: size > 2 ? [textOf(first), textOf(first + size - 1)] : [],
  };
}

const isIpv4 = (address: string): boolean => z.ipv4().safeParse(address).success;
const numberOf = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const textOf = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
