import { zoneOf } from "../../model/dns.ts";
import type { Fleet } from "../../model/fleet.ts";
import type { Component, Lines } from "../kind.ts";

/** Something that a fleet has at Cloudflare, with the fleet around it. */
export interface InFleet<T> {
  fleet: Fleet;
  is: T;
}

export const stackFile = (fleet: Fleet): string => `stacks/${fleet.name}/fleet.ts`;

/** @throws Error naming the file, when the fleet has none */
export function accountOf(fleet: Fleet): string {
  const { account } = fleet.edge;
  if (account === undefined)
    throw new Error(
      `fleet ${fleet.name} has things at Cloudflare but no account: give edge.account in ${stackFile(fleet)}`,
    );
  return account;
}

/** The id of the zone that a host name is in. @throws Error naming what is missing in which file */
export function zoneIdOf(fleet: Fleet, hostname: string): string {
  const atCloudflare = fleet.zones.filter(({ provider }) => provider === "cloudflare");
  const zone = zoneOf(atCloudflare, hostname);
  if (!zone)
    throw new Error(`${hostname} is in none of the zones of ${stackFile(fleet)}: add its zone, or correct the name`);
  return idOfZone(zone);
}

export function idOfZone({ name, id }: Fleet["zones"][number]): string {
  if (id === undefined)
    throw new Error(`zone ${name} has no id: copy it from its overview page at Cloudflare into the fleet file`);
  return id;
}

export const inZone = (zone: string): Component[] => [{ type: "fleet:cloudflare:Zone", name: zone }];
export const inEdge: Component[] = [{ type: "fleet:cloudflare:Edge", name: "edge" }];
export const inWorker = (worker: string): Component[] => [...inEdge, { type: "fleet:cloudflare:Worker", name: worker }];

/** How something of the edge is written in the fleet's file. */
export const edgeLines = (fleet: Fleet, part: "buckets" | "kv" | "d1" | "pages", text: string): Lines => ({
  file: stackFile(fleet),
  within: `edge: edge({ ${part}: [ … ] })`,
  text,
});

/** "of 2026-11-02" */
export const ofDay = (date: string | undefined): string => (date ? `of ${date.slice(0, 10)}` : "");
