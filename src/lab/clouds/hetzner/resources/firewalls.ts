import { z } from "zod";
import type { CloudReply, CloudRequest } from "../../http/types.ts";
import { requireFreeName, type Api } from "../api/api.ts";
import { isNetwork } from "../../cidr.ts";
import { hetznerError, notFound } from "../api/errors.ts";
import { parseSelector } from "../api/labels.ts";
import type { FirewallRecord, FirewallTarget, ServerRecord } from "../api/records.ts";
import { newBase, type Resource } from "../api/resource.ts";
import { labels, name, optional, readBody } from "../api/validate.ts";

const networks = z.array(z.string().refine(isNetwork, "is not a valid CIDR")).max(100, "is too long");
const port = z.string().refine(isPort, "must be a port, a range such as 80-85, or any");

const rule = z
  .object({
    direction: z.enum(["in", "out"]),
    protocol: z.enum(["tcp", "udp", "icmp", "esp", "gre"]),
    port: z.nullish(port).transform((value) => value ?? null),
    source_ips: optional(networks).transform((value) => value ?? []),
    destination_ips: optional(networks).transform((value) => value ?? []),
    description: z.nullish(z.string().max(255, "is too long")).transform((value) => value ?? null),
  })
  .superRefine((value, context) => {
    const fail = (field: string, message: string): void => context.addIssue({ code: "custom", path: [field], message });
    const hasPorts = value.protocol === "tcp" || value.protocol === "udp";
    if (hasPorts && value.port === null) fail("port", "is required for tcp and udp");
    if (!hasPorts && value.port !== null) fail("port", `is not allowed for ${value.protocol}`);
    if (value.direction === "in" && value.source_ips.length === 0) fail("source_ips", "is required for direction in");
    if (value.direction === "out" && value.destination_ips.length === 0)
      fail("destination_ips", "is required for direction out");
  });

const target = z.discriminatedUnion("type", [
  z.object({ type: z.literal("server"), server: z.object({ id: z.int() }) }),
  z.object({ type: z.literal("label_selector"), label_selector: z.object({ selector: z.string() }) }),
]);

const rules = z.array(rule).max(50, "is too long");
const CREATE = z.object({
  name,
  labels: optional(labels),
  rules: optional(rules),
  apply_to: optional(z.array(target)),
});
const SET_RULES = z.object({ rules });
const APPLY = z.object({ apply_to: z.array(target).min(1, "is too short") });
const REMOVE = z.object({ remove_from: z.array(target).min(1, "is too short") });

export function firewalls(api: Api): Resource<FirewallRecord> {
  const title = "Firewall";
  const view = (firewall: FirewallRecord): object => ({
    ...firewall,
    applied_to: firewall.applied_to.map((each) => targetView(api, each)),
  });
  const save = (firewall: FirewallRecord, changes: Partial<FirewallRecord>, command: string): CloudReply => {
    api.firewalls.put(firewall.id, { ...firewall, ...changes });
    return { status: 201, body: { actions: [api.actions.done(command, { id: firewall.id, type: "firewall" })] } };
  };
  return {
    many: "firewalls",
    one: "firewall",
    title,
    records: api.firewalls,
    sorts: ["id", "name", "created"],
    view,
    create: (request) => {
      const body = readBody(request, CREATE);
      requireFreeName(title, api.firewalls, body.name);
      const targets = body.apply_to ?? [];
      targets.forEach((each) => checkTarget(api, each));
      const firewall = api.firewalls.put(
        ...keyed({ ...newBase(api, body), rules: body.rules ?? [], applied_to: targets }),
      );
      const actions = targets.map(() => api.actions.done("apply_firewall", { id: firewall.id, type: "firewall" }));
      return { status: 201, body: { firewall: view(firewall), actions } };
    },
    remove: (firewall) => {
      if (firewall.applied_to.length > 0)
        throw hetznerError("resource_in_use", `firewall with ID '${firewall.id}' is still in use`);
    },
    actions: {
      set_rules: (firewall, request) => save(firewall, readBody(request, SET_RULES), "set_firewall_rules"),
      apply_to_resources: (firewall, request) => {
        const added = readBody(request, APPLY).apply_to;
        for (const each of added) {
          checkTarget(api, each);
          if (firewall.applied_to.some((old) => sameTarget(old, each)))
            throw hetznerError("firewall_already_applied", "firewall was already applied on resource");
        }
        return save(firewall, { applied_to: [...firewall.applied_to, ...added] }, "apply_firewall");
      },
      remove_from_resources: (firewall, request: CloudRequest) => {
        const gone = readBody(request, REMOVE).remove_from;
        for (const each of gone) {
          if (!firewall.applied_to.some((old) => sameTarget(old, each)))
            throw hetznerError("firewall_already_removed", "firewall was already removed from resource");
        }
        return save(
          firewall,
          { applied_to: firewall.applied_to.filter((old) => !gone.some((each) => sameTarget(old, each))) },
          "remove_firewall",
        );
      },
    },
  };
}

/** The firewalls that hold for a server, applied to it by id or by its labels. */
export const firewallsOf = (api: Api, server: ServerRecord): FirewallRecord[] =>
  api.firewalls.list().filter(({ applied_to }) => applied_to.some((each) => covers(each, server)));

/** A deleted server leaves the firewalls that were applied to it. */
export function forgetServer(api: Api, id: number): void {
  for (const firewall of api.firewalls.list()) {
    const applied_to = firewall.applied_to.filter((each) => each.type !== "server" || each.server.id !== id);
    if (applied_to.length < firewall.applied_to.length) api.firewalls.put(firewall.id, { ...firewall, applied_to });
  }
}

const keyed = <R extends { id: number }>(record: R): [number, R] => [record.id, record];

function covers(each: FirewallTarget, server: ServerRecord): boolean {
  return each.type === "server"
    ? each.server.id === server.id
    : parseSelector(each.label_selector.selector)(server.labels);
}

function targetView(api: Api, each: FirewallTarget): object {
  if (each.type === "server") return each;
  const servers = api.servers.list().filter((server) => covers(each, server));
  return { ...each, applied_to_resources: servers.map(({ id }) => ({ type: "server", server: { id } })) };
}

function checkTarget(api: Api, each: FirewallTarget): void {
  if (each.type === "label_selector") parseSelector(each.label_selector.selector);
  else if (api.servers.get(each.server.id) === undefined) throw notFound("server", each.server.id);
}

function sameTarget(a: FirewallTarget, b: FirewallTarget): boolean {
  if (a.type === "server") return b.type === "server" && a.server.id === b.server.id;
  return b.type === "label_selector" && a.label_selector.selector === b.label_selector.selector;
}

function isPort(text: string): boolean {
  if (text === "any") return true;
  const [from, to = from, rest] = text.split("-").map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : NaN));
  return rest === undefined && Number(from) >= 1 && Number(to) <= 65535 && Number(from) <= Number(to);
}
