import type { DigitalOceanHost } from "../../model/host.ts";
import { labelsOf, tagsOf } from "../../model/labels.ts";
import type { Component } from "../kind.ts";
import { hostsOf, type OfFleet as OfFleetOf } from "../of-hosts.ts";

export type OfFleet = OfFleetOf<DigitalOceanHost>;
export const { all: ofHosts, made: ofMade } = hostsOf("digitalocean");

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
