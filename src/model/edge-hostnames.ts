import type { Edge } from "./edge.ts";
import { hostnamesOfTunnel } from "./tunnel.ts";
import { isActive, type Status } from "./status.ts";

/** A host name that something at the edge answers for, and brings the DNS record of. */
export interface EdgeHostname {
  hostname: string;
  /** "the Worker photon". */
  owner: string;
  active: boolean;
}

/** Every host name of the edge. A tunnel in standby claims none. */
export function edgeHostnames(edge: Edge): EdgeHostname[] {
  const of = (kind: string, thing: { name: string; status: Status }, names: readonly string[]): EdgeHostname[] =>
    names.map((hostname) => ({
      hostname: hostname.toLowerCase(),
      owner: `the ${kind} ${thing.name}`,
      active: isActive(thing),
    }));
  return [
    ...edge.buckets.flatMap((b) => of("bucket", b, b.customDomains)),
    ...edge.workers.flatMap((w) => of("Worker", w, w.hostnames)),
    ...edge.pages.flatMap((p) => of("Pages project", p, p.domains)),
    ...edge.tunnels.filter((t) => !t.standby).flatMap((t) => of("tunnel", t, hostnamesOfTunnel(t))),
    ...edge.loadBalancers.flatMap((l) => of("load balancer", l, [l.hostname])),
  ];
}
