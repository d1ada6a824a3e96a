import { listAtHetzner, pricesAtHetzner } from "../../existing/hetzner.ts";
import type { Api } from "../../existing/types.ts";
import type { Money } from "../../model/cost.ts";
import type { DeclaredAtProviders } from "../declared.ts";
import { fingerprintsIn } from "../host/keys.ts";
import { askAll, type Thing } from "../things.ts";
import type { Looked } from "../types.ts";
import {
  locationOf,
  type AddressPrices,
  type Amount,
  type FloatingIp,
  type HetznerServer,
  type Named,
  type Pricing,
  type PrimaryIp,
  type Volume,
} from "./hetzner-shapes.ts";
import { serverLines } from "./server-lines.ts";

const PLACE = "Hetzner Cloud";
const server = (id: number) => ({ type: "hcloud:index/server:Server", id: String(id) });

/** What is in the Hetzner Cloud project and nobody declared. Prices are the API's own, without VAT. */
export async function auditHetzner(fleet: string, api: Api, declared: DeclaredAtProviders): Promise<Looked> {
  if (!api.token)
    return {
      findings: [],
      unknown: [{ place: PLACE, host: null, reason: "there is no token for it: give HCLOUD_TOKEN" }],
    };
  // Asked once, and only when something has a price; without an answer, things have none.
  let asked: Promise<Pricing | undefined> | undefined;
  const pricing = () => (asked ??= pricesAtHetzner<Pricing>(api).catch(() => undefined));
  const things = <T>(
    about: string,
    collection: string,
    toThing: (item: T) => Thing | Promise<Thing>,
    counts: (item: T) => boolean = () => true,
  ) => ({
    about,
    ask: async () =>
      Promise.all((await listAtHetzner<T>(api, collection)).filter(counts).map(async (item) => toThing(item))),
  });

  return askAll(
    PLACE,
    [
      things<HetznerServer>("servers", "servers", (item) => ({
        kind: "server",
        name: item.name,
        pulumi: server(item.id),
        keys: [`server/${item.name}`],
        declared: declared.addresses.has(item.public_net.ipv4?.ip ?? ""),
        detail:
          `${item.server_type.name} in ${locationOf(item)}` +
          (item.public_net.ipv4 ? `, ${item.public_net.ipv4.ip}` : ""),
        monthlyCost: priceIn(item.server_type.prices, locationOf(item)),
        lines: serverLines(fleet, item),
      })),
      things<Volume>("volumes", "volumes", async (item) => ({
        kind: "volume",
        name: item.name,
        pulumi: { type: "hcloud:index/volume:Volume", id: String(item.id) },
        detail: `${item.size} GB in ${item.location.name}, ${attachedTo(item.server)}`,
        monthlyCost: euros(Number((await pricing())?.volume.price_per_gb_month.net) * item.size),
      })),
      things<PrimaryIp>(
        "primary IPs",
        "primary_ips",
        async (item) => ({
          kind: "primary-ip",
          name: item.name,
          pulumi: { type: "hcloud:index/primaryIp:PrimaryIp", id: String(item.id) },
          declared: declared.addresses.has(item.ip),
          ...(item.assignee_id !== null && { partOf: server(item.assignee_id) }),
          detail: `${item.ip} in ${locationOf(item)}, ${attachedTo(item.assignee_id)}`,
          monthlyCost: addressPrice((await pricing())?.primary_ips, item.type, locationOf(item)),
          // The others are free, and come with every server.
        }),
        ({ type }) => type === "ipv4",
      ),
      things<FloatingIp>("floating IPs", "floating_ips", async (item) => ({
        kind: "floating-ip",
        name: item.name,
        pulumi: { type: "hcloud:index/floatingIp:FloatingIp", id: String(item.id) },
        detail: `${item.ip} in ${item.home_location.name}, ${attachedTo(item.server)}`,
        monthlyCost: addressPrice((await pricing())?.floating_ips, item.type, item.home_location.name),
      })),
      things<Named & { applied_to: unknown[] }>("firewalls", "firewalls", (item) => ({
        kind: "firewall",
        name: item.name,
        pulumi: { type: "hcloud:index/firewall:Firewall", id: String(item.id) },
        keys: [`firewall/${item.name}`],
        detail: item.applied_to.length === 0 ? "applied to nothing" : `applied to ${item.applied_to.length}`,
      })),
      things<Named & { public_key: string }>("SSH keys", "ssh_keys", (item) => {
        const [fingerprint = "of an unknown kind"] = fingerprintsIn(item.public_key);
        return {
          kind: "ssh-key",
          name: item.name,
          pulumi: { type: "hcloud:index/sshKey:SshKey", id: String(item.id) },
          declared: declared.operatorKeys.has(fingerprint),
          detail: fingerprint,
        };
      }),
      things<Named & { ip_range: string; servers: number[] }>("networks", "networks", (item) => ({
        kind: "network",
        name: item.name,
        pulumi: { type: "hcloud:index/network:Network", id: String(item.id) },
        detail:
          `${item.ip_range}, ` +
          (item.servers.length === 0 ? "no server in it" : `servers in it: ${item.servers.length}`),
      })),
    ],
    declared,
  );
}

const attachedTo = (id: number | null): string => (id === null ? "attached to nothing" : `attached to server ${id}`);

const priceIn = (
  prices: readonly { location: string; price_monthly: Amount }[] | undefined,
  location: string,
): Money | undefined => euros(Number(prices?.find((price) => price.location === location)?.price_monthly.net));

const addressPrice = (
  prices: readonly AddressPrices[] | undefined,
  type: string,
  location: string,
): Money | undefined => priceIn(prices?.find((price) => price.type === type)?.prices, location);

/** To the cent; nothing for what has no price. */
const euros = (amount: number): Money | undefined => (amount > 0 ? { eur: Math.round(amount * 100) / 100 } : undefined);
