import type { Fleet } from "../model/fleet.ts";
import type { AwsHost, DigitalOceanHost, HetznerHost } from "../model/host.ts";
import { isActive } from "../model/status.ts";

/** Hosts whose machine a vendor's API makes, by their kind. */
interface Hosts {
  hetzner: HetznerHost;
  aws: AwsHost;
  digitalocean: DigitalOceanHost;
}

/** A host of a fleet, with the fleet's name for its labels. */
export interface OfFleet<H> {
  fleet: string;
  host: H;
}

/** By a host's name, that of the thing in the stack. */
type Naming = (host: string) => string;

/** What each host of a kind declares; `made` of those alone whose machine the fleet makes. */
export function hostsOf<K extends keyof Hosts>(kind: K) {
  const all = (fleet: Fleet, name: Naming = (host) => host) =>
    fleet.hosts
      .filter((host): host is Hosts[K] => host.kind === kind)
      .map((host) => ({
        name: name(host.name),
        file: `hosts/${fleet.name}/${host.name}.ts`,
        active: isActive(host),
        model: { fleet: fleet.name, host },
      }));
  const made = (fleet: Fleet, name: Naming) => all(fleet, name).filter(({ model }) => !model.host.adopt);
  return { all, made };
}
