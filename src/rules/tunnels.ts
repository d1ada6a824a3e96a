import { isActive } from "../model/status.ts";
import { deepRefs } from "../model/text.ts";
import { filesOf, type Finding, type FleetView, type Placed } from "../model/view.ts";
import type { Rule } from "./view.ts";

/** Whoever holds a tunnel's token carries it. */
const tunnelsCarriedBy = (placed: Placed): string[] =>
  deepRefs(placed.bundle).flatMap(({ ref, name }) => (ref === "tunnel-token" ? [name] : []));

/** The hosts of a tunnel run its connector, and nobody else does. */
export const carriedTunnels: Rule = (view) => [...idle(view), ...elsewhere(view)];

const idle = ({ fleet, fileOf, placed }: FleetView): Finding[] =>
  fleet.edge.tunnels.filter(isActive).flatMap(({ name, hosts }) =>
    fleet.hosts
      .filter((host) => hosts.includes(host.name))
      .filter((host) => !placed.some((p) => p.active && p.host === host && tunnelsCarriedBy(p).includes(name)))
      .map((host): Finding => ({
        rule: "tunnel-connector",
        files: filesOf(fileOf.host(host), fileOf.edge),
        message: `the tunnel ${name} is to be carried by ${host.name}, which runs no connector for it`,
        remedy: `add cloudflared({ tunnel: "${name}" }) to ${fileOf.host(host)}, or take the host out of the tunnel in ${fileOf.edge}`,
      })),
  );

const elsewhere = ({ fleet, fileOf, placed }: FleetView): Finding[] =>
  placed.flatMap((p) =>
    tunnelsCarriedBy(p).flatMap((name): Finding[] => {
      const tunnel = fleet.edge.tunnels.find((each) => each.name === name);
      if (tunnel === undefined || tunnel.hosts.includes(p.host.name)) return [];
      return [
        {
          rule: "tunnel-connector",
          files: filesOf(p.file, fileOf.edge),
          message: `${p.label} carries the tunnel ${name}, which is not for ${p.host.name} to carry`,
          remedy: `add "${p.host.name}" to the tunnel's hosts in ${fileOf.edge}, or take the service out of ${p.file}`,
        },
      ];
    }),
  );
