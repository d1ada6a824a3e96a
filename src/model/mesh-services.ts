import { wireguard } from "../../services/wireguard/index.ts";
import type { Fleet } from "./fleet.ts";
import type { Host } from "./host.ts";
import type { Service } from "./service.ts";
import { isActive } from "./status.ts";

type Member = Host & { mesh: string };

/** The hosts that are in a fleet's WireGuard mesh; none without one. The hub may be missing: rules/mesh.ts says so. */
export function meshMembers({ mesh, hosts }: Fleet): { hub?: Member; spokes: Member[] } {
  if (mesh?.type !== "wireguard" || !isActive(mesh)) return { spokes: [] };
  const members = hosts.filter((host): host is Member => isActive(host) && host.mesh !== undefined);
  return {
    hub: members.find((host) => host.name === mesh.hub),
    spokes: members.filter((host) => host.name !== mesh.hub),
  };
}

/**
 * The services that a fleet's mesh puts on its hosts: the hub lists exactly the active spokes, and each spoke dials the
 * hub.
 */
export function meshServices(fleet: Fleet): Map<Host, Service[]> {
  const { hub, spokes } = meshMembers(fleet);
  if (!hub || fleet.mesh?.type !== "wireguard") return new Map();
  const { port, network } = fleet.mesh;
  const addressOf = (host: Member) => `${host.mesh}/${network.split("/")[1]!}`;
  const dialled = [{ name: hub.name, address: hub.mesh, dial: port }];
  return new Map<Host, Service[]>([
    [
      hub,
      [
        wireguard({
          address: addressOf(hub),
          listen: port,
          peers: spokes.map(({ name, mesh: address }) => ({ name, address })),
        }),
      ],
    ],
    // Also those that are only planned: what else they would run may wait for it.
    ...fleet.hosts
      .filter((host): host is Member => host.mesh !== undefined && host.name !== hub.name)
      .map((spoke): [Host, Service[]] => [spoke, [wireguard({ address: addressOf(spoke), peers: dialled })]]),
  ]);
}

/** Everything that is to run on a host: what its file says, and its end of the mesh. */
export const servicesOf = (fleet: Fleet): ((host: Host) => Service[]) => {
  const ofMesh = meshServices(fleet);
  return (host) => [...host.services, ...(ofMesh.get(host) ?? [])];
};
