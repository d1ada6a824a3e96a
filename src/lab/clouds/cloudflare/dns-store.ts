import type { Store } from "../store.ts";
import { newId, now, type Json } from "./reply.ts";

export interface DnsRecord {
  id: string;
  zone_id: string;
  /** The complete name, in lower case. */
  name: string;
  type: string;
  content: string;
  /** Seconds; 1 is automatic. */
  ttl: number;
  proxied: boolean;
  proxiable: boolean;
  comment: string | null;
  tags: string[];
  settings: Json;
  meta: Json;
  priority?: number;
  data?: Json;
  created_on: string;
  modified_on: string;
  comment_modified_on?: string;
  tags_modified_on?: string;
}

export const records = (store: Store) => store.collection<DnsRecord>("cloudflare", "dns_records");

export const recordsOf = (store: Store, zoneId: string): DnsRecord[] =>
  records(store)
    .list()
    .filter((record) => record.zone_id === zoneId);

export function deleteRecordsOf(store: Store, zoneId: string): void {
  for (const record of recordsOf(store, zoneId)) records(store).delete(record.id);
}

/** The record that R2 and Workers put into a zone for a host name that they answer for. */
export function putEdgeRecord(
  store: Store,
  zoneId: string,
  name: string,
  type: "CNAME" | "AAAA",
  content: string,
  meta: Json,
): void {
  const time = now();
  const id = newId();
  records(store).put(id, {
    id,
    zone_id: zoneId,
    name,
    type,
    content,
    ttl: 1,
    proxied: true,
    proxiable: true,
    comment: null,
    tags: [],
    settings: {},
    meta: { ...meta, read_only: true },
    created_on: time,
    modified_on: time,
  });
}

/** Takes away the record that putEdgeRecord made. */
export function deleteEdgeRecord(store: Store, zoneId: string, name: string): void {
  for (const record of recordsOf(store, zoneId))
    if (record.name === name && record.meta.read_only === true) records(store).delete(record.id);
}
