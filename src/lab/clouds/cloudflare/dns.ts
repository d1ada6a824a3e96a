import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { filterRecords } from "./dns-filter.ts";
import { checkClash, checkedFields } from "./dns-rules.ts";
import { records, recordsOf, type DnsRecord } from "./dns-store.ts";
import { bodyOf, newId, now, ok, paged, type Json } from "./reply.ts";
import { zoneOf, type Zone } from "./zones.ts";

export function dnsRoutes(store: Store): Route[] {
  const zone = (request: CloudRequest): Zone => zoneOf(store, request);
  const record = (request: CloudRequest): DnsRecord => find(store, zone(request), request.params.id);
  return [
    {
      method: "GET",
      path: "/zones/{zone_id}/dns_records",
      handle: (request) =>
        paged(request, filterRecords(recordsOf(store, zone(request).id), request.query).map(render), 100, 5_000_000),
    },
    {
      method: "POST",
      path: "/zones/{zone_id}/dns_records",
      handle: (request) => ok(render(create(store, zone(request), bodyOf(request)))),
    },
    {
      method: "POST",
      path: "/zones/{zone_id}/dns_records/batch",
      handle: (request) => ok(batch(store, zone(request), bodyOf(request))),
    },
    {
      method: "GET",
      path: "/zones/{zone_id}/dns_records/export",
      handle: (request) => ({
        body: Buffer.from(zoneFile(zone(request), recordsOf(store, zone(request).id))),
        headers: { "Content-Type": "text/plain" },
      }),
    },
    { method: "GET", path: "/zones/{zone_id}/dns_records/{id}", handle: (request) => ok(render(record(request))) },
    {
      method: "PUT",
      path: "/zones/{zone_id}/dns_records/{id}",
      handle: (request) => ok(render(replace(store, zone(request), record(request), bodyOf(request)))),
    },
    {
      method: "PATCH",
      path: "/zones/{zone_id}/dns_records/{id}",
      handle: (request) => ok(render(edit(store, zone(request), record(request), bodyOf(request)))),
    },
    {
      method: "DELETE",
      path: "/zones/{zone_id}/dns_records/{id}",
      handle: (request) => {
        const { id } = record(request);
        records(store).delete(id);
        return ok({ id });
      },
    },
  ];
}

/** The zone's id is not part of what the API shows. */
function render({ zone_id: _, ...shown }: DnsRecord): Json {
  return shown;
}

function find(store: Store, zone: Zone, id: unknown): DnsRecord {
  const record = records(store).get(String(id));
  if (record === undefined || record.zone_id !== zone.id) throw new CloudError(404, 81044, "Record does not exist.");
  return record;
}

function create(store: Store, zone: Zone, body: Json): DnsRecord {
  const fields = checkedFields(zone, body);
  checkClash(fields, recordsOf(store, zone.id));
  const time = now();
  const id = newId();
  return records(store).put(id, {
    id,
    zone_id: zone.id,
    ...fields,
    meta: {},
    created_on: time,
    modified_on: time,
    ...(fields.comment === null ? {} : { comment_modified_on: time }),
    ...(fields.tags.length === 0 ? {} : { tags_modified_on: time }),
  });
}

const edit = (store: Store, zone: Zone, old: DnsRecord, body: Json): DnsRecord =>
  replace(store, zone, old, { ...old, ...body });

function replace(store: Store, zone: Zone, old: DnsRecord, body: Json): DnsRecord {
  const fields = checkedFields(zone, body);
  checkClash(
    fields,
    recordsOf(store, zone.id).filter((other) => other.id !== old.id),
  );
  const time = now();
  const { id, zone_id, meta, created_on, comment_modified_on, tags_modified_on } = old;
  return records(store).put(id, {
    id,
    zone_id,
    ...fields,
    meta,
    created_on,
    modified_on: time,
    ...stamp("comment_modified_on", fields.comment === old.comment ? comment_modified_on : time),
    ...stamp("tags_modified_on", fields.tags.join() === old.tags.join() ? tags_modified_on : time),
  });
}

const stamp = (field: string, time: string | undefined): Json => (time === undefined ? {} : { [field]: time });

/** Deletes, then patches, puts and posts; all of them or none. */
function batch(store: Store, zone: Zone, body: Json): Json {
  const before = recordsOf(store, zone.id);
  const items = (kind: string): Json[] => (body[kind] ?? []) as Json[];
  try {
    const deletes = items("deletes").map((item) => {
      const record = find(store, zone, item.id);
      records(store).delete(record.id);
      return render(record);
    });
    const patches = items("patches").map((item) => render(edit(store, zone, find(store, zone, item.id), item)));
    const puts = items("puts").map((item) => render(replace(store, zone, find(store, zone, item.id), item)));
    const posts = items("posts").map((item) => render(create(store, zone, item)));
    return { deletes, patches, puts, posts };
  } catch (error) {
    for (const record of recordsOf(store, zone.id)) records(store).delete(record.id);
    for (const record of before) records(store).put(record.id, record);
    throw error;
  }
}

function zoneFile(zone: Zone, all: DnsRecord[]): string {
  const line = (record: DnsRecord): string =>
    [
      `${record.name}.`,
      record.ttl,
      "IN",
      record.type,
      ...(record.type === "MX" ? [record.priority] : []),
      record.type === "TXT" ? JSON.stringify(record.content) : record.content,
    ].join("\t");
  return [`;; Domain: ${zone.name}.`, ...all.map(line), ""].join("\n");
}
