import type Cloudflare from "cloudflare";
import type { Api } from "../../existing/types.ts";
import type { Zone } from "../../model/dns.ts";
import { edgeSchema } from "../../model/edge.ts";
import type { Fleet } from "../../model/fleet.ts";
import { isActive } from "../../model/status.ts";
import { recordKey, type DeclaredAtProviders } from "../declared.ts";
import { askAll, type Question, type Thing } from "../things.ts";
import type { Looked } from "../types.ts";
import { recordContent, recordLines, type ApiRecord } from "./record-lines.ts";

const PLACE = "Cloudflare";
const RETRIES = 3;
const DEADLINE_MS = 60_000;

/**
 * The largest pages that the API gives; of records it would give more, but a page is held in memory as a whole.
 * Workers, routes and domains come in one.
 */
const PAGES = { records: 5000, tunnels: 1000, buckets: 1000, namespaces: 100, databases: 10_000, projects: 10 };

/** What is in the Cloudflare account and in the fleet's zones and nobody declared, asked by Cloudflare's own client. */
export async function auditCloudflare(fleet: Fleet, api: Api, declared: DeclaredAtProviders): Promise<Looked> {
  if (!api.token)
    return {
      findings: [],
      unknown: [{ place: PLACE, host: null, reason: "there is no token for it: give CLOUDFLARE_API_TOKEN" }],
    };
  // A second to load: only who asks pays for it.
  const { default: Client } = await import("cloudflare");
  // Without an e-mail and keys of its own, which it would take from the environment. It waits as long as Cloudflare
  // asks, when that is at its limit.
  const client = new Client({
    apiToken: api.token,
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    baseURL: api.url,
    maxRetries: RETRIES,
    timeout: DEADLINE_MS,
    logLevel: "off",
  });
  const zones = fleet.zones.filter((zone) => isActive(zone) && zone.provider === "cloudflare");
  const questions = [
    ...zones.flatMap((zone) => inZone(client, fleet, zone)),
    ...(fleet.edge.account ? inAccount(client, fleet, fleet.edge.account) : []),
  ];
  return askAll(
    PLACE,
    questions.map(({ about, ask }) => ({
      about,
      ask: () => ask().catch((error: unknown) => explained(Client, error)),
    })),
    declared,
  );
}

function inZone(client: Cloudflare, fleet: Fleet, { id: zone_id, name }: Zone): Question[] {
  if (zone_id === undefined)
    return [
      {
        about: `zone ${name}`,
        ask: () =>
          Promise.reject(new Error("it has no id in the fleet's file: copy it from its overview page at Cloudflare")),
      },
    ];
  return [
    {
      about: `records of ${name}`,
      ask: async () =>
        (await all((page) => client.dns.records.list({ zone_id, per_page: PAGES.records, page }))).map((record) =>
          recordThing(fleet, { id: zone_id, name }, record as ApiRecord),
        ),
    },
    {
      about: `Worker routes of ${name}`,
      ask: async () =>
        (await client.workers.routes.list({ zone_id })).result.map(({ id, pattern, script }): Thing => ({
          kind: "worker-route",
          name: pattern,
          pulumi: { type: "cloudflare:index/workersRoute:WorkersRoute", id, importId: `${zone_id}/${id}` },
          keys: [`worker-route/${pattern}`],
          detail: script ? `to Worker ${script}` : "to no Worker",
        })),
    },
  ];
}

function recordThing(fleet: Fleet, zone: { id: string; name: string }, record: ApiRecord): Thing {
  const { id, name, type, proxied, meta } = record;
  return {
    kind: "dns-record",
    name: `${name} ${type}`,
    pulumi: { type: "cloudflare:index/dnsRecord:DnsRecord", id, importId: `${zone.id}/${id}` },
    keys: [recordKey({ type, name, content: recordContent(record) })],
    // A record that cannot be edited is made by what it belongs to, such as a Worker's domain.
    declared: meta?.read_only === true,
    detail: `to ${record.content ?? ""}${proxied ? ", proxied" : ""}`,
    lines: recordLines(fleet, zone.name, record),
  };
}

function inAccount(client: Cloudflare, fleet: Fleet, account_id: string): Question[] {
  const imported = (id: string) => `${account_id}/${id}`;
  const lines = (within: "buckets" | "kv" | "pages", written: string, name: string) =>
    edgeSchema.safeParse({ [within]: [{ name }] }).success
      ? {
          file: `stacks/${fleet.name}/fleet.ts`,
          within: `edge: edge({ ${within}: [ … ] })`,
          text: `${written}({ name: ${JSON.stringify(name)} }),`,
        }
      : undefined;
  return [
    {
      about: "tunnels",
      ask: async () =>
        (
          await all((page) =>
            client.zeroTrust.tunnels.cloudflared.list({ account_id, is_deleted: false, per_page: PAGES.tunnels, page }),
          )
        ).map(({ id = "", name = "", status }): Thing => ({
          kind: "tunnel",
          name,
          pulumi: {
            type: "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared",
            id,
            importId: imported(id),
          },
          keys: [`tunnel/${name}`],
          detail: status ?? "",
        })),
    },
    {
      about: "Workers",
      ask: async () =>
        (await client.workers.scripts.list({ account_id })).result.map(({ id = "", modified_on }): Thing => ({
          kind: "worker",
          name: id,
          pulumi: { type: "cloudflare:index/workersScript:WorkersScript", id, importId: imported(id) },
          keys: [`worker/${id}`],
          detail: changed(modified_on),
        })),
    },
    {
      about: "domains of Workers",
      ask: async () =>
        (await client.workers.domains.list({ account_id })).result.map(({ id, hostname, service }): Thing => ({
          kind: "worker-domain",
          name: hostname,
          pulumi: { type: "cloudflare:index/workersCustomDomain:WorkersCustomDomain", id, importId: imported(id) },
          keys: [`worker-domain/${hostname}`],
          detail: `of Worker ${service}`,
        })),
    },
    {
      about: "R2 buckets",
      ask: async () =>
        (await allBuckets(client, account_id)).map(({ name = "", location, jurisdiction = "default" }): Thing => ({
          kind: "bucket",
          name,
          pulumi: {
            type: "cloudflare:index/r2Bucket:R2Bucket",
            id: name,
            importId: imported(`${name}/${jurisdiction}`),
          },
          keys: [`bucket/${name}`],
          detail: location ? `in ${location}` : "",
          lines: lines("buckets", "bucket", name),
        })),
    },
    {
      about: "KV namespaces",
      ask: async () =>
        (await all((page) => client.kv.namespaces.list({ account_id, per_page: PAGES.namespaces, page }))).map(
          ({ id, title }): Thing => ({
            kind: "kv-namespace",
            name: title,
            pulumi: { type: "cloudflare:index/workersKvNamespace:WorkersKvNamespace", id, importId: imported(id) },
            keys: [`kv-namespace/${title}`],
            detail: id,
            lines: lines("kv", "kv", title),
          }),
        ),
    },
    {
      about: "D1 databases",
      ask: async () =>
        (await all((page) => client.d1.database.list({ account_id, per_page: PAGES.databases, page }))).map(
          ({ uuid = "", name = "", created_at }): Thing => ({
            kind: "database",
            name,
            pulumi: { type: "cloudflare:index/d1Database:D1Database", id: uuid, importId: imported(uuid) },
            keys: [`database/${name}`],
            detail: changed(created_at),
          }),
        ),
    },
    {
      about: "Pages projects",
      ask: async () =>
        (await all((page) => client.pages.projects.list({ account_id, per_page: PAGES.projects, page }))).map(
          ({ name, domains = [] }): Thing => ({
            kind: "pages-project",
            name,
            pulumi: { type: "cloudflare:index/pagesProject:PagesProject", id: name, importId: imported(name) },
            keys: [`pages-project/${name}`],
            detail: domains.join(", "),
            lines: lines("pages", "pages", name),
          }),
        ),
    },
  ];
}

const changed = (date: string | undefined): string => (date ? `of ${date.slice(0, 10)}` : "");

interface Page<T> {
  getPaginatedItems(): T[];
  result_info: { page?: number; total_pages?: number };
}

/** The client's own iterator asks for one page more than there are. */
async function all<T>(list: (page: number) => PromiseLike<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  for (let number = 1; ; number += 1) {
    const page = await list(number);
    found.push(...page.getPaginatedItems());
    if (number >= (page.result_info.total_pages ?? 1)) return found;
  }
}

/** R2 has no numbers of pages: the next one begins after the last name. */
async function allBuckets(client: Cloudflare, account_id: string) {
  const found: Cloudflare.R2.Bucket[] = [];
  for (;;) {
    const { buckets = [] } = await client.r2.buckets.list({
      account_id,
      per_page: PAGES.buckets,
      ...(found.length > 0 && { start_after: found.at(-1)!.name }),
    });
    found.push(...buckets);
    if (buckets.length < PAGES.buckets) return found;
  }
}

/** @throws Error with Cloudflare's own words, and what to do; never a token */
function explained({ APIConnectionError, APIError }: typeof Cloudflare, error: unknown): never {
  if (error instanceof APIConnectionError)
    throw new Error(
      `Cloudflare cannot be reached: ${error.cause instanceof Error ? error.cause.message : error.message}`,
    );
  if (!(error instanceof APIError)) throw error;
  const said = (error.errors as { code: number; message: string }[] | undefined)?.[0];
  throw new Error(
    `Cloudflare answered ${error.status}${said ? ` (${said.code} ${said.message})` : ""}` +
      (error.status === 401 || error.status === 403 ? ": check its token, and what it may read" : ""),
  );
}
