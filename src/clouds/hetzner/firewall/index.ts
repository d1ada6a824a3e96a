import { labelsOf } from "../../../model/labels.ts";
import { showPort } from "../../../model/port.ts";
import type { HetznerHost } from "../../../model/host.ts";
import type { Kind } from "../../kind.ts";
import type { HetznerClient } from "../client.ts";
import { inServer, ofMade, type OfFleet } from "../hosts.ts";
import type { Named } from "../shapes.ts";

interface Shown extends Named {
  applied_to: unknown[];
  labels: Record<string, string>;
}

/** The firewall of a server that the fleet makes; one that it adopts keeps its own. Identity: its name. */
export const firewall: Kind<OfFleet, Shown, HetznerClient> = {
  is: "hetzner/firewall",
  title: "firewall",
  token: "hcloud:index/firewall:Firewall",

  declared: (fleet) => ofMade(fleet, (host) => `${host}-firewall`),
  identity: ({ host }) => host.name,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) => client.question<Shown>("firewalls", "firewalls"),

  within: inServer,
  resource: ({ fleet, host }) => ({
    args: { name: host.name, labels: labelsOf(fleet, host), rules: rulesOf(host) },
  }),
  labels: ({ labels }) => labels,

  audit: {
    kind: "firewall",
    tell: ({ name, applied_to }) => ({
      name,
      detail: applied_to.length === 0 ? "applied to nothing" : `applied to ${applied_to.length}`,
    }),
  },
};

const ANYWHERE = ["0.0.0.0/0", "::/0"];

/** SSH and what the host file asks for; everything else stays closed. */
function rulesOf(host: HetznerHost) {
  const open = [
    { protocol: "tcp", port: String(host.sshPort) },
    ...host.publicPorts.map((p) => ({ protocol: p.protocol, port: showPort(p).split("/")[0]! })),
  ];
  return open.map(({ protocol, port }) => ({
    direction: "in",
    protocol,
    port,
    sourceIps: ANYWHERE,
    description: `${port}/${protocol}`,
  }));
}
