import type { FleetParts } from "../../src/model/fleet-parts.ts";
import type { Host } from "../../src/model/host.ts";
import { MESH_SERVICE } from "../../src/model/mesh.ts";
import { type Member, meshMembers } from "../../src/model/mesh-members.ts";
import type { Service } from "../../src/model/service.ts";
import { tailnetServices } from "../tailscale/mesh.ts";
import { wireguard } from "./index.ts";

/**
 * The services that a fleet's mesh puts on its hosts: the hub lists exactly the active spokes and people's devices, and
 * each spoke dials the hub.
 */
export function meshServices(fleet: FleetParts): Map<Host, Service[]> {
  const { hub, spokes } = meshMembers(fleet);
  if (!hub || fleet.mesh?.type !== "wireguard") return new Map();
  const { port, network, peers: devices } = fleet.mesh;
  const addressOf = (host: Member) => `${host.mesh}/${network.split("/")[1]!}`;
  const dialled = [{ name: hub.name, address: hub.mesh, dial: port }];
  return new Map<Host, Service[]>([
    [
      hub,
      [
        wireguard({
          address: addressOf(hub),
          listen: port,
          peers: [
            ...spokes.map(({ name, mesh: address }) => ({ name, address })),
            ...devices.map(({ name, address, publicKey: key }) => ({ name, address, key })),
          ],
        }),
      ],
    ],
    // Also those that are only planned: what else they would run may wait for it.
    ...fleet.hosts
      .filter((host): host is Member => host.mesh !== undefined && host.name !== hub.name)
      .map((spoke): [Host, Service[]] => [spoke, [wireguard({ address: addressOf(spoke), peers: dialled })]]),
  ]);
}

/** Everything that is to run on a host: what its file says, and its end of the mesh, whichever that is. */
export const servicesOf = (fleet: FleetParts): ((host: Host) => Service[]) => {
  const ofMesh = [meshServices(fleet), tailnetServices(fleet)];
  const own = fleet.mesh?.type === "tailscale" ? inTailnet : (service: Service) => service;
  return (host) => [...host.services.map(own), ...ofMesh.flatMap((services) => services.get(host) ?? [])];
};

/** What waits for the mesh waits for a tailnet's service there. */
const inTailnet = (service: Service): Service =>
  service.dependsOn.includes(MESH_SERVICE)
    ? { ...service, dependsOn: service.dependsOn.map((name) => (name === MESH_SERVICE ? TAILSCALE : name)) }
    : service;
const TAILSCALE = "tailscale";
