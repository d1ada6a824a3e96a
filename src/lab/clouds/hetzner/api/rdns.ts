import { isIPv4 } from "node:net";
import { z } from "zod";
import type { CloudReply, CloudRequest } from "../../http/types.ts";
import type { Collection } from "../../store.ts";
import { actionReply } from "./actions.ts";
import type { Api } from "./api.ts";
import { addressWithin } from "../../cidr.ts";
import { invalidField } from "./errors.ts";
import type { ReverseNames } from "./records.ts";
import { ipAddress, readBody } from "./validate.ts";

interface Addressed {
  id: number;
  ip: string;
  dns_ptr: ReverseNames;
}

const BODY = z.object({ ip: ipAddress, dns_ptr: z.string().min(1).max(255).nullable() });

/** The name that the vendor gives an IPv4 address until somebody gives it another. */
export const defaultName = (ip: string): string => `static.${ip.split(".").reverse().join(".")}.clients.your-server.de`;

export const ipv4Name = (record: Addressed): string => record.dns_ptr[record.ip] ?? defaultName(record.ip);

/** The dns_ptr list of an address: an IPv6 network lists only the names that were given. */
export function reverseNames(record: Addressed): { ip: string; dns_ptr: string }[] {
  if (isIPv4(record.ip)) return [{ ip: record.ip, dns_ptr: ipv4Name(record) }];
  return Object.entries(record.dns_ptr).map(([ip, dns_ptr]) => ({ ip, dns_ptr }));
}

/** change_dns_ptr on whichever of the candidates holds the address. `owner` is what the action is about. */
export function changeDnsPtr<R extends Addressed>(
  api: Api,
  request: CloudRequest,
  records: Collection<R>,
  candidates: R[],
  owner: { id: number; type: string },
): CloudReply {
  const { ip, dns_ptr } = readBody(request, BODY);
  const record = candidates.find((candidate) => addressWithin(ip, candidate.ip));
  if (record === undefined) throw invalidField("ip", `IP '${ip}' does not belong to the ${owner.type}`);
  const { [ip]: _old, ...others } = record.dns_ptr;
  records.put(record.id, { ...record, dns_ptr: dns_ptr === null ? others : { ...others, [ip]: dns_ptr } });
  return actionReply(api.actions.done("change_dns_ptr", owner));
}
