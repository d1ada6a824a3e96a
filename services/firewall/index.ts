import { z } from "zod";
import type { BundleInput } from "../../src/model/bundle.ts";
import { aptSystems } from "../../src/model/platform.ts";
import { FIREWALL, type Port, publicPortSchema } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { INTERFACE } from "../wireguard/interface.ts";
import { nftablesConf, stopDropIn } from "./nftables-conf.ts";

/** The host's own firewall: its public ports for everybody, some more for the mesh, and nothing else but ping. */
export const firewall = service(FIREWALL, {
  args: z.strictObject({
    /** What the mesh reaches besides the public ports: "22/tcp". */
    mesh: z.array(publicPortSchema).default([]),
  }),
  runsOn: { os: [...aptSystems, "nixos"] },
  // It closes the way by which a new host is reached before it is in the mesh.
  dependsOn: (a) => (a.mesh.length > 0 ? ["wireguard"] : []),
  render: (a, host) => {
    const open = host.publicPorts ?? [];
    return host.os === "nixos" ? nixos(open, a.mesh) : debian(open, a.mesh);
  },
});

const debian = (open: readonly Port[], mesh: readonly Port[]): BundleInput => ({
  packages: ["nftables"],
  files: { "/etc/nftables.conf": { content: nftablesConf({ open, mesh, meshInterface: INTERFACE }), mode: "0755" } },
  units: { "nftables.service": { dropIns: { fleet: stopDropIn }, onChange: "reload" } },
  validations: [{ command: "nft -c -f /etc/nftables.conf" }],
});

const nixos = (open: readonly Port[], mesh: readonly Port[]): BundleInput => ({
  options: {
    "networking.firewall.enable": true,
    "networking.firewall.allowPing": true,
    ...allowed("networking.firewall", open),
    ...allowed(`networking.firewall.interfaces.${INTERFACE}`, mesh),
  },
  units: { "firewall.service": {} },
});

/** Lists that hold nothing are left out. */
const allowed = (path: string, ports: readonly Port[]): Record<string, { from: number; to: number }[] | number[]> =>
  Object.fromEntries<{ from: number; to: number }[] | number[]>(
    (["tcp", "udp"] as const).flatMap((protocol) => {
      const ranges = ports.filter((p) => p.protocol === protocol).map((p) => p.range);
      const [single, wide] = [
        ranges.filter((r) => r.from === r.to).map((r) => r.from),
        ranges.filter((r) => r.from !== r.to),
      ];
      const name = `${path}.allowed${protocol.toUpperCase()}Port`;
      return [
        ...(single.length ? [[`${name}s`, single] as const] : []),
        ...(wide.length ? [[`${name}Ranges`, wide] as const] : []),
      ];
    }),
  );
