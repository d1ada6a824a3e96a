import type { Kind } from "../../kind.ts";
import type { DigitalOceanClient } from "../client.ts";
import { firewallTag, inDroplet, ofHosts, ofMade, tagsOfHost, type OfFleet } from "../hosts.ts";

interface Shown {
  name: string;
  resources: { count: number };
}

/** The tag that the firewall of a droplet goes by. Identity: its name. The others come with what has
 * them, and stay when it goes. */
export const tag: Kind<OfFleet, Shown, DigitalOceanClient> = {
  is: "digitalocean/tag",
  title: "tag",
  token: "digitalocean:index/tag:Tag",

  declared: (fleet) => ofMade(fleet, (host) => `${host}-tag`),
  identity: firewallTag,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) =>
    client.question(
      "tags",
      () => client.list<Shown>("tags"),
      ({ name }) => ({ identity: name, id: name }),
    ),

  within: inDroplet,
  resource: (model) => ({ args: { name: firewallTag(model) } }),
  // It says whose it is by itself.
  differs: () => [],

  audit: {
    kind: "tag",
    tell: ({ name, resources: { count } }) => ({ name, detail: count === 0 ? "of nothing" : `of ${count}` }),
    declared: ({ name }, { fleet }) => ofHosts(fleet).some(({ model }) => tagsOfHost(model).includes(name)),
  },
};
