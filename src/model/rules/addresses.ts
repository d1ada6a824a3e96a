import { BlockList } from "node:net";
import { filesOf, type Finding, type FleetView, type Rule } from "./view.ts";

const kinds = ["ipv4", "ipv6", "private", "mesh"] as const;

/** One address belongs to one machine. */
export const uniqueAddresses: Rule = (view) =>
  [...Map.groupBy(claimsOf(view), (c) => c.address.toLowerCase())].flatMap(([address, same]): Finding[] => {
    const owners = new Set(same.map((c) => c.owner));
    if (owners.size < 2) return [];
    return [{
      rule: "duplicate-address",
      files: filesOf(...same.map((c) => c.file)),
      message: `the address ${address} belongs to ${same.map((c) => `${c.owner} (${c.field})`).join(" and ")}`,
      remedy: "correct the address in all but one of the files",
    }];
  });

/** Mesh addresses are inside the mesh's network. */
export const meshAddresses: Rule = (view) => {
  const { mesh } = view.fleet;
  if (!mesh) return [];
  const network = new BlockList();
  const [base, bits] = mesh.network.split("/");
  network.addSubnet(base!, Number(bits));
  return claimsOf(view).filter((c) => c.field === "mesh" && !network.check(c.address)).map((c) => ({
    rule: "mesh-address",
    files: filesOf(c.file, view.fileOf.fleet),
    message: `${c.owner} has the mesh address ${c.address}, which is outside of ${mesh.network}`,
    remedy: `correct mesh in ${c.file}, or the mesh's network in ${view.fileOf.fleet}`,
  }));
};

const claimsOf = ({ fleet, fileOf }: FleetView) => [
  ...fleet.hosts.flatMap((host) => kinds.flatMap((field) => (host[field] ? [{ address: host[field], owner: host.name, field, file: fileOf.host(host) }] : []))),
  ...(fleet.mesh?.peers ?? []).map((peer) => ({ address: peer.address, owner: peer.name, field: "mesh" as const, file: fileOf.fleet })),
];
