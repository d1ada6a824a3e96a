import { imageOf } from "../../../model/hetzner-image.ts";
import { labelsOf } from "../../../model/labels.ts";
import type { Kind } from "../../kind.ts";
import { machineLines } from "../../machine-lines.ts";
import type { HetznerClient } from "../client.ts";
import { firewall } from "../firewall/index.ts";
import { inServer, ofHosts, type OfFleet } from "../hosts.ts";
import { locationOf, priceIn, type ShownServer } from "../shapes.ts";

/** A server. Identity: its name in the project. */
export const server: Kind<OfFleet, ShownServer, HetznerClient> = {
  is: "hetzner/server",
  title: "server",
  token: "hcloud:index/server:Server",

  declared: (fleet) => ofHosts(fleet),
  identity: ({ host }) => host.name,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) => client.question<ShownServer>("servers", "servers"),

  within: inServer,
  resource({ fleet, host }, values) {
    const made = () => ({
      image: imageOf(host),
      userData: values.userData(host.name),
      firewallIds: [values.of(firewall.is, `${host.name}-firewall`, "id", Number)],
    });
    return {
      args: {
        name: host.name,
        serverType: host.type,
        location: host.location,
        labels: labelsOf(fleet, host),
        ...(!host.adopt && made()),
      },
      options: {
        protect: host.protect,
        // Names are unique at Hetzner, so a replacement has to make room first.
        deleteBeforeReplace: true,
        // All three are read at the first boot only: changing them later must not replace the machine.
        ignoreChanges: ["userData", "sshKeys", "image"],
      },
    };
  },

  labels: ({ labels }) => labels,
  adopts: ({ host }) => host.adopt && (host.id === undefined || { id: host.id }),
  address: {
    held: ({ inputs = {}, outputs = {} }) =>
      typeof outputs.ipv4Address === "string" ? [String(inputs.name), outputs.ipv4Address] : undefined,
    shown: ({ name, public_net: { ipv4 } }) => (ipv4 ? [name, ipv4.ip] : undefined),
  },

  audit: {
    kind: "server",
    tell: (shown) => ({
      name: shown.name,
      detail:
        `${shown.server_type.name} in ${locationOf(shown)}` +
        (shown.public_net.ipv4 ? `, ${shown.public_net.ipv4.ip}` : ""),
      monthlyCost: priceIn(shown.server_type.prices, locationOf(shown)),
    }),
    declared: ({ public_net: { ipv4 } }, { addresses }) => addresses.has(ipv4?.ip ?? ""),
    lines: (shown, fleet) =>
      machineLines(
        fleet.name,
        "hetzner",
        { name: shown.name, type: shown.server_type.name as `cx${number}`, location: locationOf(shown) },
        { system: shown.image?.os_flavor, ipv4: shown.public_net.ipv4?.ip },
      ),
  },
};
