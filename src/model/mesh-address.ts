import type { Fleet } from "./fleet.ts";

/**
 * The lowest address of the mesh that nobody has; undefined without a mesh, or when it is full. Those of planned hosts
 * are taken.
 */
export function nextMeshAddress({ mesh, hosts }: Pick<Fleet, "mesh" | "hosts">): string | undefined {
  if (!mesh) return undefined;
  const [base = "", bits] = mesh.network.split("/");
  const size = 2 ** (32 - Number(bits));
  const network = Math.floor(numberOf(base) / size) * size;
  const taken = new Set(
    [...hosts.map((h) => h.mesh), ...mesh.peers.map((p) => p.address)].flatMap((address) =>
      address ? [numberOf(address)] : [],
    ),
  );
  // The first and the last address are the network's own.
  for (let address = network + 1; address < network + size - 1; address += 1)
    if (!taken.has(address)) return textOf(address);
  return undefined;
}

const numberOf = (address: string): number => address.split(".").reduce((n, part) => n * 256 + Number(part), 0);
const textOf = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
