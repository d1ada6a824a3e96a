import type { Fleet } from "../../model/fleet.ts";
import type { DigitalOceanHost } from "../../model/host.ts";
import { labelsOf, tagsOf } from "../../model/labels.ts";
import { isActive } from "../../model/status.ts";
import type { Component } from "../kind.ts";

export interface OfFleet {
  fleet: string;
  host: DigitalOceanHost;
}

/** What each host at DigitalOcean declares. @param name of the thing in the stack, from the host's */
export const ofHosts = (fleet: Fleet, name: (host: string) => string = (host) => host) =>
  fleet.hosts
    .filter((host) => host.kind === "digitalocean")
    .map((host) => ({
      name: name(host.name),
      file: `hosts/${fleet.name}/${host.name}.ts`,
      active: isActive(host),
      model: { fleet: fleet.name, host },
    }));

/** Of what comes only with a machine that the fleet makes. */
export const ofMade = (fleet: Fleet, name: (host: string) => string) =>
  ofHosts(fleet, name).filter(({ model }) => !model.host.adopt);

export const inDroplet = ({ host }: OfFleet): Component[] => [{ type: "fleet:digitalocean:Droplet", name: host.name }];

/** The tag that a firewall goes by: whoever has it is behind the firewall from its first moment. */
export const firewallTag = ({ fleet, host }: OfFleet): string => `firewall:${fleet}:${host.name}`;

/** Tags stand in for labels, in the order in which the vendor answers them. */
export const tagsOfHost = ({ fleet, host }: OfFleet): string[] => [
  ...tagsOf(labelsOf(fleet, host)),
  ...(host.adopt ? [] : [firewallTag({ fleet, host })]),
];

/** Labels from tags such as "fleet:alaivos". */
export const labelsIn = (tags: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    tags.flatMap((tag) => {
      const [, key, value] = /^([^:]+):(.*)$/.exec(tag) ?? [];
      return key === undefined || value === undefined || key === "firewall" ? [] : [[key, value]];
    }),
  );

/** Dollars a month. */
export const dollars = (amount: number): { usd: number } => ({ usd: Math.round(amount * 100) / 100 });
