import type { Host } from "../model/host.ts";
import type { Port } from "../model/port.ts";
import { isActive } from "../model/status.ts";
import type { FleetView, Placed } from "../model/view.ts";
import { mainTag } from "./tags.ts";

/** What has to pass from hosts of one tag to hosts of another. */
export interface Flow {
  from: string;
  to: string;
  /** As grants say it: "tcp:5432". */
  ip: string;
  /** What asks for it: "web/api needs db/postgresql". */
  because: string;
}

/** Between hosts: whatever depends on a service elsewhere reaches its ports in the mesh, and a jump host SSH. */
export function flowsOf({ fleet, placed }: Pick<FleetView, "fleet" | "placed">): Flow[] {
  const active = placed.filter((p) => p.active);
  return [
    ...active.flatMap((p) =>
      p.service.dependsOn.flatMap((name): Flow[] => {
        const other = active.find((o) => o.label === name);
        if (!other || other.host === p.host) return [];
        const because = `${p.label} needs ${other.label}`;
        return meshPorts(other).map((ip) => ({ from: mainTag(p.host), to: mainTag(other.host), ip, because }));
      }),
    ),
    ...fleet.hosts.filter(isActive).flatMap((host): Flow[] => {
      const jump = fleet.hosts.find((other) => other.name === host.jump);
      if (!jump) return [];
      return [
        { from: mainTag(jump), to: mainTag(host), ip: sshOf(host), because: `${host.name} is reached by ${jump.name}` },
      ];
    }),
  ];
}

/** All that hosts of each tag offer in the mesh, SSH first. */
export function offersOf({ fleet, placed }: Pick<FleetView, "fleet" | "placed">): Map<string, string[]> {
  const offers = new Map<string, string[]>();
  for (const host of fleet.hosts.filter(isActive)) {
    const ports = placed.filter((p) => p.active && p.host === host).flatMap(meshPorts);
    offers.set(mainTag(host), [...new Set([...(offers.get(mainTag(host)) ?? []), sshOf(host), ...ports])]);
  }
  return offers;
}

const sshOf = (host: Host): string => `tcp:${host.sshPort}`;
const meshPorts = ({ service }: Placed): string[] => service.ports.filter((p) => p.exposure === "mesh").map(ipOf);
const ipOf = ({ protocol, range: { from, to } }: Port): string => `${protocol}:${from === to ? from : `${from}-${to}`}`;
