import { isIPv4 } from "node:net";
import { z } from "zod";
import type { CloudRequest, Route } from "../../http/types.ts";
import type { Api } from "../api/api.ts";
import { notFound, unprocessable } from "../api/errors.ts";
import { filtered, listReply } from "../api/listing.ts";
import type { DnsRecord, DomainRecord } from "../api/records.ts";
import { optional, readBody } from "../api/validate.ts";

const TTL = 1800;
const NAMESERVERS = ["ns1", "ns2", "ns3"].map((host) => `${host}.digitalocean.com`);

const CREATE = z.object({
  name: z.string().regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i, "is not a domain name"),
  ip_address: optional(z.string().refine(isIPv4, "is not an IPv4 address")),
});
const number = z.nullish(z.int()).transform((value) => value ?? null);
const RECORD = z.object({
  type: z.enum(["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT", "SOA"]),
  name: z.string(),
  data: z.string(),
  priority: number,
  port: number,
  ttl: optional(z.int().min(30, "must be at least 30")).transform((value) => value ?? TTL),
  weight: number,
  flags: number,
  tag: z.nullish(z.string()).transform((value) => value ?? null),
});

/** Domains and their records, kept and shown; nothing serves them. */
export function domainRoutes(api: Api): Route[] {
  const find = ({ params }: CloudRequest): DomainRecord => {
    const domain = api.domains.get(params.domain ?? "");
    if (domain === undefined) throw notFound();
    return domain;
  };
  const recordsOf = (request: CloudRequest): DnsRecord[] => {
    const { name } = find(request);
    return api.dns_records.list().filter(({ domain }) => domain === name);
  };
  const findRecord = (request: CloudRequest): DnsRecord => {
    const record = recordsOf(request).find(({ id }) => String(id) === request.params.id);
    if (record === undefined) throw notFound();
    return record;
  };
  const update = (request: CloudRequest, schema: z.ZodType<Partial<z.infer<typeof RECORD>>>) => {
    const record = findRecord(request);
    const given = Object.keys(request.json() as object);
    const read = Object.entries(readBody(request, schema)).filter(([field]) => given.includes(field));
    const next = { ...record, ...(Object.fromEntries(read) as Partial<DnsRecord>) };
    return { body: { domain_record: view(api.dns_records.put(record.id, next)) } };
  };
  const add = (domain: string, record: Omit<DnsRecord, "id" | "domain">): DnsRecord => {
    const id = api.newId();
    return api.dns_records.put(id, { id, domain, ...record });
  };
  const path = "/domains";
  const one = `${path}/{domain}`;
  return [
    { method: "GET", path, handle: (request) => listReply(request, "domains", api.domains.list(), domainView) },
    {
      method: "POST",
      path,
      handle: (request) => {
        const { name, ip_address } = readBody(request, CREATE);
        if (api.domains.get(name) !== undefined) throw unprocessable("Domain already exists");
        const domain = api.domains.put(name, { name, ttl: TTL });
        for (const data of NAMESERVERS) add(name, { ...BLANK, type: "NS", name: "@", data });
        if (ip_address !== undefined) add(name, { ...BLANK, type: "A", name: "@", data: ip_address });
        return { status: 201, body: { domain: domainView(domain) } };
      },
    },
    { method: "GET", path: one, handle: (request) => ({ body: { domain: domainView(find(request)) } }) },
    {
      method: "DELETE",
      path: one,
      handle: (request) => {
        for (const { id } of recordsOf(request)) api.dns_records.delete(id);
        api.domains.delete(find(request).name);
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: `${one}/records`,
      handle: (request) => {
        const records = filtered(request, recordsOf(request), {
          type: (record, type) => record.type === type,
          name: (record, name) => fullName(record) === name,
        });
        return listReply(request, "domain_records", records, view);
      },
    },
    {
      method: "POST",
      path: `${one}/records`,
      handle: (request) => {
        const { name } = find(request);
        return { status: 201, body: { domain_record: view(add(name, readBody(request, RECORD))) } };
      },
    },
    {
      method: "GET",
      path: `${one}/records/{id}`,
      handle: (request) => ({ body: { domain_record: view(findRecord(request)) } }),
    },
    { method: "PUT", path: `${one}/records/{id}`, handle: (request) => update(request, RECORD.partial()) },
    { method: "PATCH", path: `${one}/records/{id}`, handle: (request) => update(request, RECORD.partial()) },
    {
      method: "DELETE",
      path: `${one}/records/{id}`,
      handle: (request) => {
        api.dns_records.delete(findRecord(request).id);
        return { status: 204 };
      },
    },
  ];
}

const BLANK = { priority: null, port: null, ttl: TTL, weight: null, flags: null, tag: null };

const fullName = ({ name, domain }: DnsRecord): string => (name === "@" ? domain : `${name}.${domain}`);
const view = ({ domain: _domain, ...record }: DnsRecord): object => record;
const domainView = (domain: DomainRecord): object => ({ ...domain, zone_file: null });
