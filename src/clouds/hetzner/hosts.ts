import type { Fleet } from "../../model/fleet.ts";
import type { HetznerHost } from "../../model/host.ts";
import { isActive } from "../../model/status.ts";
import type { Component } from "../kind.ts";

/** A host of a fleet, with the fleet's name for its labels. */
export interface OfFleet<H = HetznerHost> {
  fleet: string;
  host: H;
}

/** What each host at Hetzner Cloud declares. @param name of the thing in the stack, from the host's */
export const ofHosts = (fleet: Fleet, name: (host: string) => string = (host) => host) =>
  fleet.hosts
    .filter((host) => host.kind === "hetzner")
    .map((host) => ({
      name: name(host.name),
      file: `hosts/${fleet.name}/${host.name}.ts`,
      active: isActive(host),
      model: { fleet: fleet.name, host },
    }));

export const inServer = ({ host }: OfFleet): Component[] => [{ type: "fleet:hetzner:Server", name: host.name }];
