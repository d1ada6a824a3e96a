import type { Fleet } from "../../model/fleet.ts";
import type { AwsHost } from "../../model/host.ts";
import { isActive } from "../../model/status.ts";
import type { Component } from "../kind.ts";
import { tagOf, type AwsClient, type Tagged } from "./client.ts";

export interface OfFleet {
  fleet: string;
  host: AwsHost;
}

/** What each host at AWS declares. @param name of the thing in the stack, from the host's */
export const ofHosts = (fleet: Fleet, name: (host: string) => string = (host) => host) =>
  fleet.hosts
    .filter((host) => host.kind === "aws")
    .map((host) => ({
      name: name(host.name),
      file: `hosts/${fleet.name}/${host.name}.ts`,
      active: isActive(host),
      model: { fleet: fleet.name, host },
    }));

/** Of what comes only with a machine that the fleet makes. */
export const ofMade = (fleet: Fleet, name: (host: string) => string) =>
  ofHosts(fleet, name).filter(({ model }) => !model.host.adopt);

export const inInstance = ({ host }: OfFleet): Component[] => [{ type: "fleet:aws:Instance", name: host.name }];

/** What the fleet makes of a host carries its name; the provider adds the fleet's labels. */
export const tagsOf = ({ host }: OfFleet): Record<string, string> => ({ Name: host.name, host: host.name });

/** The name of what has to be unique in a region. */
export const uniqueName = ({ fleet, host }: OfFleet): string => `${fleet}-${host.name}`;

/** A name is one's own in its region only. */
export const inRegion = ({ region }: { region: string }, name: string): string => `${region}/${name}`;
export const byName = (client: AwsClient, thing: Tagged, id: string): string =>
  inRegion(client, tagOf(thing, "Name") ?? id);

export const labelsOf = ({ Tags = [] }: Tagged): Record<string, string> =>
  Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));

/** What an instance is called, else its id. */
export const nameOf = (thing: Tagged, id = ""): string => tagOf(thing, "Name") ?? id;
