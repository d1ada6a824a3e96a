import { randomUUID } from "node:crypto";
import { Address4 } from "ip-address";
import { z } from "zod";
import { overlap, parseNetwork4 } from "../../cidr.ts";
import type { CloudRequest, Route } from "../../http/types.ts";
import type { Api } from "../api/api.ts";
import { digitalOceanError, notFound, unprocessable } from "../api/errors.ts";
import { listReply } from "../api/listing.ts";
import type { VpcRecord } from "../api/records.ts";
import { optional, readBody } from "../api/validate.ts";
import { findRegion } from "../catalogue/index.ts";

const name = z.string().regex(/^[A-Za-z0-9.-]+$/, "may only have letters, numbers, dashes and periods");
const description = z.string().max(255, "is too long");
const CREATE = z.object({
  name,
  region: z.string(),
  description: optional(description),
  ip_range: optional(z.string()),
});
const UPDATE = z.object({ name, description: optional(description), default: optional(z.literal(true)) });

export function vpcRoutes(api: Api): Route[] {
  const find = ({ params }: CloudRequest): VpcRecord => {
    const vpc = api.vpcs.get(params.id ?? "");
    if (vpc === undefined) throw notFound();
    return vpc;
  };
  const update = (request: CloudRequest, schema: z.ZodType<Partial<z.infer<typeof UPDATE>>>) => {
    const vpc = find(request);
    const { default: makeDefault, ...changes } = readBody(request, schema);
    if (changes.name !== undefined) requireFreeName(api, changes.name, vpc.id);
    if (makeDefault) {
      const before = api.vpcs.list().find((other) => other.region === vpc.region && other.default);
      if (before !== undefined) api.vpcs.put(before.id, { ...before, default: false });
    }
    const kept = api.vpcs.get(vpc.id)!;
    const defined = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    return { body: { vpc: view(api.vpcs.put(vpc.id, { ...kept, ...defined, default: makeDefault ?? kept.default })) } };
  };
  return [
    { method: "GET", path: "/vpcs", handle: (request) => listReply(request, "vpcs", api.vpcs.list(), view) },
    {
      method: "POST",
      path: "/vpcs",
      handle: (request) => {
        const body = readBody(request, CREATE);
        const region = findRegion(body.region);
        if (region === undefined || !region.available) throw unprocessable("region is invalid");
        requireFreeName(api, body.name);
        const ip_range = body.ip_range === undefined ? freeRange(api) : checkRange(api, body.ip_range);
        const first = !api.vpcs.list().some((vpc) => vpc.region === region.slug);
        const vpc = newVpc({
          ...body,
          description: body.description ?? "",
          region: region.slug,
          ip_range,
          default: first,
        });
        return { status: 201, body: { vpc: view(api.vpcs.put(vpc.id, vpc)) } };
      },
    },
    { method: "GET", path: "/vpcs/{id}", handle: (request) => ({ body: { vpc: view(find(request)) } }) },
    { method: "PUT", path: "/vpcs/{id}", handle: (request) => update(request, UPDATE) },
    {
      method: "PATCH",
      path: "/vpcs/{id}",
      handle: (request) => update(request, UPDATE.extend({ name: optional(name) })),
    },
    {
      method: "DELETE",
      path: "/vpcs/{id}",
      handle: (request) => {
        const vpc = find(request);
        if (vpc.default) throw digitalOceanError("forbidden", "Can not delete default VPCs");
        if (membersOf(api, vpc).length > 0) throw digitalOceanError("conflict", "Can not delete VPC with members");
        api.vpcs.delete(vpc.id);
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: "/vpcs/{id}/members",
      handle: (request) =>
        listReply(request, "members", membersOf(api, find(request)), ({ id, name, created_at }) => ({
          urn: `do:droplet:${id}`,
          name,
          created_at,
        })),
    },
  ];
}

const view = (vpc: VpcRecord): object => ({ ...vpc, urn: `do:vpc:${vpc.id}` });
const membersOf = (api: Api, vpc: VpcRecord) => api.droplets.list().filter(({ vpc_uuid }) => vpc_uuid === vpc.id);
const newVpc = (facts: Omit<VpcRecord, "id" | "created_at">): VpcRecord => ({
  id: randomUUID(),
  created_at: new Date().toISOString(),
  ...facts,
});

/** Where a region's droplets go when nobody says where; made when the first one comes. */
export function defaultVpc(api: Api, region: string): VpcRecord {
  const found = api.vpcs.list().find((vpc) => vpc.region === region && vpc.default);
  if (found !== undefined) return found;
  const vpc = newVpc({ name: `default-${region}`, description: "", region, ip_range: freeRange(api), default: true });
  return api.vpcs.put(vpc.id, vpc);
}

/** An address of the VPC that no droplet has. The first one is the gateway's. */
export function freeAddressIn(api: Api, vpc: VpcRecord): string {
  const range = new Address4(vpc.ip_range);
  const taken = new Set(membersOf(api, vpc).map(({ private_ip }) => private_ip));
  const last = range.endAddress().bigInt();
  for (let number = range.startAddress().bigInt() + 2n; number < last; number += 1n) {
    const address = Address4.fromBigInt(number).correctForm();
    if (!taken.has(address)) return address;
  }
  throw unprocessable(`VPC ${vpc.name} has no free address`);
}

function requireFreeName(api: Api, name: string, except?: string): void {
  if (api.vpcs.list().some((vpc) => vpc.name === name && vpc.id !== except))
    throw unprocessable("a VPC with this name already exists in your account");
}

function checkRange(api: Api, text: string): string {
  const range = parseNetwork4(text);
  const fits = range !== undefined && range.isPrivate() && range.subnetMask >= 16 && range.subnetMask <= 28;
  if (!fits) throw unprocessable("ip_range is invalid: use a private network of /16 to /28");
  const other = api.vpcs.list().find((vpc) => overlap(new Address4(vpc.ip_range), range));
  if (other !== undefined)
    throw unprocessable(`This range/size overlaps with another VPC network in your account: ${other.ip_range}.`);
  return text;
}

/** The first network of /20 from 10.100.0.0 on that no other VPC has. */
function freeRange(api: Api): string {
  for (let n = 0; ; n += 1) {
    const text = `10.${100 + Math.floor(n / 16)}.${(n % 16) * 16}.0/20`;
    if (!api.vpcs.list().some((vpc) => overlap(new Address4(vpc.ip_range), new Address4(text)))) return text;
  }
}
