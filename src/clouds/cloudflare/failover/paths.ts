import type { Tunnel } from "../../../model/edge.ts";
import type { Fleet } from "../../../model/fleet.ts";
import { isActive } from "../../../model/status.ts";
import { stackFile } from "../names.ts";

/** A tunnel, and the one that takes over its host names. */
export interface Path {
  from: Tunnel;
  standby: Tunnel;
}

/** The tunnels with host names that a host carries. @throws Error naming the hosts that carry one */
export function carriedBy(fleet: Fleet, host: string): Tunnel[] {
  const active = fleet.edge.tunnels.filter((each) => isActive(each) && !each.standby);
  const carried = active.filter(({ hosts }) => hosts.includes(host));
  if (carried.length > 0) return carried;
  if (!fleet.hosts.some(({ name }) => name === host)) throw new Error(noHost(fleet, host));
  throw new Error(
    `${host} carries no tunnel with host names; who does: ${listed(active.flatMap(({ hosts }) => hosts))}`,
  );
}

/**
 * For each tunnel of a host the standby that takes over: of the host that is named, else the one that the file names.
 * @throws Error naming what fits
 */
export function pathsOf(fleet: Fleet, host: string, to: string | undefined): Path[] {
  const standbys = fleet.edge.tunnels.filter((each) => isActive(each) && each.standby);
  if (to !== undefined && !fleet.hosts.some(({ name }) => name === to)) throw new Error(noHost(fleet, to));
  return carriedBy(fleet, host).map((from) => {
    const fit = standbys.filter(({ name, hosts }) =>
      to === undefined ? name === from.failover?.to : hosts.includes(to),
    );
    const standby = fit.find(({ name }) => name === from.failover?.to) ?? (fit.length === 1 ? fit[0] : undefined);
    if (standby) return { from, standby };
    if (fit.length > 1)
      throw new Error(
        `${to} carries the standbys ${listed(fit.map(({ name }) => name))}: give the tunnel ${from.name} ` +
          `failover: { to: … } in ${stackFile(fleet)}`,
      );
    throw new Error(
      to === undefined
        ? `where to? Add --to HOST, or give the tunnel ${from.name} failover: { to: … } in ${stackFile(fleet)}`
        : `${to} carries no tunnel in standby; who does: ${listed(standbys.flatMap((each) => each.hosts))}`,
    );
  });
}

const noHost = ({ name, hosts }: Fleet, host: string): string =>
  `${name} has no host ${JSON.stringify(host)}: there is ${listed(hosts.map((each) => each.name))}`;

const listed = (names: readonly string[]): string => [...new Set(names)].join(", ") || "nobody";
