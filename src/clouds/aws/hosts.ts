import type { AwsHost } from "../../model/host.ts";
import type { Component } from "../kind.ts";
import { hostsOf, type OfFleet as OfFleetOf } from "../of-hosts.ts";
import { tagOf, type AwsClient, type Tagged } from "./client.ts";

export type OfFleet = OfFleetOf<AwsHost>;
export const { all: ofHosts, made: ofMade } = hostsOf("aws");

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
