import { filesOf, type Finding, type FleetView } from "../model/view.ts";
import type { Rule } from "./view.ts";

const kinds = ["ipv4", "ipv6", "private", "mesh"] as const;

/** One address belongs to one machine. */
export const uniqueAddresses: Rule = (view) =>
  [...Map.groupBy(addressClaims(view), (c) => c.address.toLowerCase())].flatMap(([address, same]): Finding[] => {
    const owners = new Set(same.map((c) => c.owner));
    if (owners.size < 2) return [];
    return [
      {
        rule: "duplicate-address",
        files: filesOf(...same.map((c) => c.file)),
        message: `the address ${address} belongs to ${same.map((c) => `${c.owner} (${c.field})`).join(" and ")}`,
        remedy: "correct the address in all but one of the files",
      },
    ];
  });

/** Every address that a host or a peer of the mesh says is its own. */
export const addressClaims = ({ fleet, fileOf }: FleetView) => [
  ...fleet.hosts.flatMap((host) =>
    kinds.flatMap((field) =>
      host[field] ? [{ address: host[field], owner: host.name, field, file: fileOf.host(host) }] : [],
    ),
  ),
  ...(fleet.mesh?.peers ?? []).map((peer) => ({
    address: peer.address,
    owner: peer.name,
    field: "mesh" as const,
    file: fileOf.fleet,
  })),
];
