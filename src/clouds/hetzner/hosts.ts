import type { HetznerHost } from "../../model/host.ts";
import type { Component } from "../kind.ts";
import { hostsOf, type OfFleet as OfFleetOf } from "../of-hosts.ts";

export type OfFleet = OfFleetOf<HetznerHost>;
export const { all: ofHosts, made: ofMade } = hostsOf("hetzner");

export const inServer = ({ host }: OfFleet): Component[] => [{ type: "fleet:hetzner:Server", name: host.name }];
