import { Address4 } from "ip-address";
import type { Fleet } from "./fleet.ts";

/**
 * The lowest address of the mesh that nobody has; undefined without a mesh, or when it is full. Those of planned hosts
 * are taken.
 */
export function nextMeshAddress({ mesh, hosts }: Pick<Fleet, "mesh" | "hosts">): string | undefined {
  if (!mesh) return undefined;
  const taken = new Set([...hosts.map((h) => h.mesh), ...mesh.peers.map((p) => p.address)]);
  const network = new Address4(mesh.network);
  const last = network.endAddress().bigInt();
  // The first and the last address are the network's own.
  for (let number = network.startAddress().bigInt() + 1n; number < last; number += 1n) {
    const address = Address4.fromBigInt(number).correctForm();
    if (!taken.has(address)) return address;
  }
  return undefined;
}
