import type { DigitalOceanHost } from "../../../model/host.ts";
import { showPort } from "../../../model/port.ts";
import type { Kind } from "../../kind.ts";
import type { DigitalOceanClient } from "../client.ts";
import { firewallTag, inDroplet, ofMade, type OfFleet } from "../hosts.ts";
import { tag } from "../tag/index.ts";

interface Shown {
  id: string;
  name: string;
  droplet_ids: number[];
  tags: string[];
}

const nameOf = ({ fleet, host }: OfFleet): string => `${fleet}-${host.name}`;

/**
 * The firewall of a droplet that the fleet makes; one that it adopts keeps its own. It goes by a tag, so that it is
 * there before the droplet. Identity: its name.
 */
export const firewall: Kind<OfFleet, Shown, DigitalOceanClient> = {
  is: "digitalocean/firewall",
  title: "firewall",
  token: "digitalocean:index/firewall:Firewall",

  declared: (fleet) => ofMade(fleet, (host) => `${host}-firewall`),
  identity: nameOf,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) =>
    client.question(
      "firewalls",
      () => client.list<Shown>("firewalls"),
      ({ name, id }) => ({ identity: name, id }),
    ),

  within: inDroplet,
  resource: (model, values) => ({
    args: {
      name: nameOf(model),
      tags: [values.of(tag.is, `${model.host.name}-tag`, "name")],
      ...rulesOf(model.host),
    },
  }),
  differs: ({ tags }, model) =>
    tags.length === 1 && tags[0] === firewallTag(model) ? [] : [`it is for ${tags.join(", ") || "no tag"} there`],

  audit: {
    kind: "firewall",
    tell: ({ name, droplet_ids, tags }) => ({
      name,
      detail:
        droplet_ids.length + tags.length === 0
          ? "applied to nothing"
          : `applied to ${[...droplet_ids.map((id) => `droplet ${id}`), ...tags].join(", ")}`,
    }),
  },
};

const ANYWHERE = ["0.0.0.0/0", "::/0"];

/** SSH and what the host file asks for may come in, everything may go out. */
function rulesOf(host: DigitalOceanHost) {
  // A set at the vendor: SSH stands among the public ports too when the file says so.
  const open = new Set([`${host.sshPort}/tcp`, ...host.publicPorts.map(showPort)]);
  return {
    inboundRules: [...open].map((port) => {
      const [portRange, protocol] = port.split("/");
      return { protocol, portRange, sourceAddresses: ANYWHERE };
    }),
    outboundRules: [
      { protocol: "tcp", portRange: "all", destinationAddresses: ANYWHERE },
      { protocol: "udp", portRange: "all", destinationAddresses: ANYWHERE },
      { protocol: "icmp", destinationAddresses: ANYWHERE },
    ],
  };
}
