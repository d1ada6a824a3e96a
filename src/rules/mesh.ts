import { Address4 } from "ip-address";
import { isActive } from "../model/status.ts";
import { addressClaims } from "./addresses.ts";
import { filesOf, type Finding } from "../model/view.ts";
import { policyFile } from "../tailnet/policy.ts";
import type { Rule } from "./view.ts";

/** Mesh addresses are inside the mesh's network, and machines can have them. */
export const meshAddresses: Rule = (view) => {
  const { mesh } = view.fleet;
  if (!mesh) return [];
  const network = new Address4(mesh.network);
  const ends = [network.startAddress(), network.endAddress()].map((end) => end.correctForm());
  const reserved = network.subnetMask < 31 ? ends : [];
  return addressClaims(view)
    .filter((c) => c.field === "mesh" && Address4.isValid(c.address))
    .flatMap((c): Finding[] => {
      const problem = !new Address4(c.address).isInSubnet(network)
        ? `which is outside of ${mesh.network}`
        : reserved.includes(c.address)
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

/** What the owner writes of a tailnet's policy can be read. */
export const tailnetPolicy: Rule = (view) => {
  const { mesh } = view.fleet;
  if (mesh?.type !== "tailscale") return [];
  try {
    policyFile(view, mesh);
    return [];
  } catch (error) {
    return [
      {
        rule: "tailnet-policy",
        files: [view.fileOf.fleet],
        message: (error as Error).message,
        remedy: `correct mesh.document in ${view.fileOf.fleet}`,
      },
    ];
  }
};
