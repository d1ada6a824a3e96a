import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import { z } from "zod";
import { isNetwork } from "../../cidr.ts";
import type { CloudReply, CloudRequest, Route } from "../../http/types.ts";
import type { Api } from "../api/api.ts";
import { digitalOceanError, notFound } from "../api/errors.ts";
import { listReply } from "../api/listing.ts";
import type { DropletRecord, FirewallRecord } from "../api/records.ts";
import { numericId, optional, readBody, tagNames } from "../api/validate.ts";
import { hasTag, requireTags } from "./tags.ts";

const address = z.string().refine((text) => isIP(text) !== 0 || isNetwork(text), "is neither an address nor a network");
const ids = optional(z.array(z.string()));
const target = z.object({
  addresses: optional(z.array(address)),
  droplet_ids: optional(z.array(numericId)),
  load_balancer_uids: ids,
  kubernetes_ids: ids,
  tags: tagNames,
});
const rule = z.object({
  protocol: z.enum(["tcp", "udp", "icmp"]),
  ports: optional(z.string().refine(isPorts, "is no port, range or all")),
});
const inbound = rule
  .extend({ sources: target })
  .refine(hasPorts, { path: ["ports"], error: "is required" })
  .transform(canonical);
const outbound = rule
  .extend({ destinations: target })
  .refine(hasPorts, { path: ["ports"], error: "is required" })
  .transform(canonical);

const RULES = z.object({ inbound_rules: optional(z.array(inbound)), outbound_rules: optional(z.array(outbound)) });
const WHOLE = RULES.extend({
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]+$/, "may only have letters, numbers, dashes and periods"),
  droplet_ids: optional(z.array(numericId)),
  tags: tagNames,
});
const DROPLETS = z.object({ droplet_ids: z.array(numericId) });
const TAGS = z.object({ tags: z.array(z.string()) });

export function firewallRoutes(api: Api): Route[] {
  const find = ({ params }: CloudRequest): FirewallRecord => {
    const firewall = api.firewalls.get(params.id ?? "");
    if (firewall === undefined) throw notFound();
    return firewall;
  };
  const read = (request: CloudRequest, except?: string): Omit<FirewallRecord, "id" | "created_at"> => {
    const body = readBody(request, WHOLE);
    const [inbound_rules, outbound_rules] = [body.inbound_rules ?? [], body.outbound_rules ?? []];
    if (inbound_rules.length + outbound_rules.length === 0)
      throw digitalOceanError("bad_request", "at least one inbound or outbound rule is required");
    if (api.firewalls.list().some(({ id, name }) => name === body.name && id !== except))
      throw digitalOceanError("conflict", "duplicate name");
    requireDroplets(api, body.droplet_ids ?? []);
    const tags = requireTags(api, body.tags);
    return { name: body.name, inbound_rules, outbound_rules, droplet_ids: body.droplet_ids ?? [], tags };
  };
  const change = (request: CloudRequest, next: (firewall: FirewallRecord) => Partial<FirewallRecord>): CloudReply => {
    const firewall = find(request);
    api.firewalls.put(firewall.id, { ...firewall, ...next(firewall) });
    return { status: 204 };
  };
  const path = "/firewalls";
  return [
    { method: "GET", path, handle: (request) => listReply(request, "firewalls", api.firewalls.list(), firewallView) },
    {
      method: "POST",
      path,
      handle: (request) => {
        const firewall = { id: randomUUID(), created_at: new Date().toISOString(), ...read(request) };
        return { status: 202, body: { firewall: firewallView(api.firewalls.put(firewall.id, firewall)) } };
      },
    },
    { method: "GET", path: `${path}/{id}`, handle: (request) => ({ body: { firewall: firewallView(find(request)) } }) },
    {
      method: "PUT",
      path: `${path}/{id}`,
      handle: (request) => {
        const { id, created_at } = find(request);
        return { body: { firewall: firewallView(api.firewalls.put(id, { id, created_at, ...read(request, id) })) } };
      },
    },
    {
      method: "DELETE",
      path: `${path}/{id}`,
      handle: (request) => {
        api.firewalls.delete(find(request).id);
        return { status: 204 };
      },
    },
    {
      method: "POST",
      path: `${path}/{id}/droplets`,
      handle: (request) => {
        const { droplet_ids } = readBody(request, DROPLETS);
        requireDroplets(api, droplet_ids);
        return change(request, (firewall) => ({
          droplet_ids: [...new Set([...firewall.droplet_ids, ...droplet_ids])],
        }));
      },
    },
    {
      method: "DELETE",
      path: `${path}/{id}/droplets`,
      handle: (request) => {
        const gone = readBody(request, DROPLETS).droplet_ids;
        return change(request, ({ droplet_ids }) => ({ droplet_ids: droplet_ids.filter((id) => !gone.includes(id)) }));
      },
    },
    {
      method: "POST",
      path: `${path}/{id}/tags`,
      handle: (request) => {
        const tags = requireTags(api, readBody(request, TAGS).tags);
        return change(request, (firewall) => ({ tags: [...new Set([...firewall.tags, ...tags])] }));
      },
    },
    {
      method: "DELETE",
      path: `${path}/{id}/tags`,
      handle: (request) => {
        const gone = { tags: readBody(request, TAGS).tags };
        return change(request, ({ tags }) => ({ tags: tags.filter((tag) => !hasTag(gone, tag)) }));
      },
    },
    {
      method: "POST",
      path: `${path}/{id}/rules`,
      handle: (request) => {
        const more = readBody(request, RULES);
        return change(request, ({ inbound_rules, outbound_rules }) => ({
          inbound_rules: [...inbound_rules, ...(more.inbound_rules ?? [])],
          outbound_rules: [...outbound_rules, ...(more.outbound_rules ?? [])],
        }));
      },
    },
    {
      method: "DELETE",
      path: `${path}/{id}/rules`,
      handle: (request) => {
        const gone = readBody(request, RULES);
        return change(request, ({ inbound_rules, outbound_rules }) => ({
          inbound_rules: without(inbound_rules, gone.inbound_rules),
          outbound_rules: without(outbound_rules, gone.outbound_rules),
        }));
      },
    },
  ];
}

/** The firewalls that hold for a droplet, put on it by its id or by a tag. */
export const firewallsOf = (api: Api, droplet: DropletRecord): FirewallRecord[] =>
  api.firewalls
    .list()
    .filter(({ droplet_ids, tags }) => droplet_ids.includes(droplet.id) || tags.some((tag) => hasTag(droplet, tag)));

/** A deleted droplet leaves the firewalls that it was in, and the rules that spoke of it. */
export function forgetDroplet(api: Api, id: number): void {
  const cleared = (droplet_ids: number[]): number[] => droplet_ids.filter((each) => each !== id);
  for (const firewall of api.firewalls.list())
    if (firewall.droplet_ids.includes(id))
      api.firewalls.put(firewall.id, { ...firewall, droplet_ids: cleared(firewall.droplet_ids) });
}

/** A rule for all ports is shown with "0", as the vendor has it; a change is in force at once. */
export const firewallView = (firewall: FirewallRecord): object => ({
  ...firewall,
  status: "succeeded",
  pending_changes: [],
});

function requireDroplets(api: Api, ids: number[]): void {
  const missing = ids.find((id) => api.droplets.get(id) === undefined);
  if (missing !== undefined) throw digitalOceanError("bad_request", `droplet ${missing} does not exist`);
}

function hasPorts({ protocol, ports }: { protocol: string; ports?: string | undefined }): boolean {
  return protocol === "icmp" || ports !== undefined;
}

/** "all" is kept as "0", and icmp has no ports. */
function canonical<R extends { protocol: string; ports?: string | undefined }>(wanted: R): R & { ports: string } {
  const all = wanted.protocol === "icmp" || wanted.ports === undefined || wanted.ports === "all";
  return { ...wanted, ports: all ? "0" : wanted.ports! };
}

function without<R>(rules: R[], gone: R[] = []): R[] {
  const known = new Set(gone.map((each) => JSON.stringify(each)));
  return rules.filter((each) => !known.has(JSON.stringify(each)));
}

function isPorts(text: string): boolean {
  if (text === "all" || text === "0") return true;
  const [from, to = from, rest] = text.split("-").map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : NaN));
  return rest === undefined && Number(from) >= 1 && Number(to) <= 65535 && Number(from) <= Number(to);
}
