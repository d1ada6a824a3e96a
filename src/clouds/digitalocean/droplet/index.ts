import { imageOf } from "../../../model/digitalocean-image.ts";
import type { Kind } from "../../kind.ts";
import { machineLines } from "../../machine-lines.ts";
import type { DigitalOceanClient } from "../client.ts";
import { firewall } from "../firewall/index.ts";
import { dollars, inDroplet, labelsIn, ofHosts, tagsOfHost, type OfFleet } from "../hosts.ts";

export interface ShownDroplet {
  id: number;
  name: string;
  tags: string[];
  size_slug: string;
  size: { price_monthly: number };
  /** "Debian", "Ubuntu", "CentOS" */
  image: { distribution: string };
  region: { slug: string };
  networks: { v4: { ip_address: string; type: string }[] };
}

/** A droplet's own public address; a reserved one comes after it. */
export const publicAddress = ({ networks }: ShownDroplet): string | undefined =>
  networks.v4.find(({ type }) => type === "public")?.ip_address;

/** A droplet. Identity: its name; several may have one name, so its tags say whose it is. */
export const droplet: Kind<OfFleet, ShownDroplet, DigitalOceanClient> = {
  is: "digitalocean/droplet",
  title: "droplet",
  token: "digitalocean:index/droplet:Droplet",

  declared: (fleet) => ofHosts(fleet),
  identity: ({ host }) => host.name,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) =>
    client.question(
      "droplets",
      () => client.list<ShownDroplet>("droplets"),
      ({ name, id }) => ({ identity: name, id: String(id) }),
    ),

  within: inDroplet,
  resource: (model, values) => ({
    args: {
      name: model.host.name,
      size: model.host.size,
      region: model.host.region,
      image: imageOf(model.host),
      tags: tagsOfHost(model),
      ...(!model.host.adopt && { userData: values.userData(model.host.name) }),
    },
    options: {
      protect: model.host.protect,
      // Read at the first boot only: changing them later must not replace the machine.
      ignoreChanges: ["userData", "sshKeys", "image"],
    },
    after: [`${firewall.is}/${model.host.name}-firewall`],
  }),
  labels: ({ tags }) => labelsIn(tags),
  sharesNames: true,
  adopts: ({ host }) => host.adopt && (host.id === undefined || { id: host.id }),
  address: {
    held: ({ inputs = {}, outputs = {} }) =>
      typeof outputs.ipv4Address === "string" ? [String(inputs.name), outputs.ipv4Address] : undefined,
    shown: (shown) => {
      const address = publicAddress(shown);
      return address === undefined ? undefined : [shown.name, address];
    },
  },

  audit: {
    kind: "droplet",
    tell: (shown) => ({
      name: shown.name,
      detail: [`${shown.size_slug} in ${shown.region.slug}`, publicAddress(shown)].filter(Boolean).join(", "),
      monthlyCost: dollars(shown.size.price_monthly),
    }),
    declared: (shown, { addresses }) => addresses.has(publicAddress(shown) ?? ""),
    lines: (shown, fleet) =>
      machineLines(
        fleet.name,
        "digitalocean",
        { name: shown.name, size: shown.size_slug, region: shown.region.slug },
        { system: shown.image.distribution.toLowerCase(), ipv4: publicAddress(shown) },
      ),
  },
};
