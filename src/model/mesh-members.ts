import type { FleetParts } from "./fleet-parts.ts";
import type { Host } from "./host.ts";
import { isActive } from "./status.ts";

export type Member = Host & { mesh: string };

/** The hosts that are in a fleet's WireGuard mesh; none without one. The hub may be missing: rules/mesh.ts says so. */
export function meshMembers({ mesh, hosts }: FleetParts): { hub?: Member; spokes: Member[] } {
  if (mesh?.type !== "wireguard" || !isActive(mesh)) return { spokes: [] };
  const members = hosts.filter((host): host is Member => isActive(host) && host.mesh !== undefined);
  return {
    hub: members.find((host) => host.name === mesh.hub),
    spokes: members.filter((host) => host.name !== mesh.hub),
  };
}
