import { getJson } from "./fetch.ts";
import type { Api, Existing } from "./types.ts";

interface Answer<T> {
  result: T;
  result_info?: { page?: number; total_pages?: number };
}

/** Records of zones, by what makes each unique: name, type and content. */
export async function recordsAtCloudflare(api: Api, zoneIds: readonly string[]): Promise<Existing> {
  if (!api.token) return {};
  const groups = await Promise.all(
    zoneIds.map(async (zone) =>
      (
        await all<{ id: string; name: string; type: string; content: string }>(
          api,
          `/zones/${zone}/dns_records?per_page=5000`,
        )
      ).map((r) => [`cloudflare:record/${recordName(r)}`, `${zone}/${r.id}`]),
    ),
  );
  return Object.fromEntries(groups.flat()) as Existing;
}

/** Buckets, namespaces and Pages projects of a Cloudflare account, by what makes each unique. */
export async function existingInAccount(api: Api, accountId: string): Promise<Existing> {
  if (!api.token) return {};
  const account = `/accounts/${accountId}`;
  const groups = await Promise.all([
    getJson<Answer<{ buckets: { name: string }[] }>>(api, "Cloudflare", `${account}/r2/buckets`).then((a) =>
      a.result.buckets.map((b) => [`cloudflare:bucket/${b.name}`, `${accountId}/${b.name}/default`]),
    ),
    all<{ id: string; title: string }>(api, `${account}/storage/kv/namespaces?per_page=100`).then((r) =>
      r.map((n) => [`cloudflare:kv/${n.title}`, `${accountId}/${n.id}`]),
    ),
    all<{ name: string }>(api, `${account}/pages/projects?per_page=10`).then((r) =>
      r.map((p) => [`cloudflare:pages/${p.name}`, `${accountId}/${p.name}`]),
    ),
  ]);
  return Object.fromEntries(groups.flat()) as Existing;
}

/** What makes a record one of its kind: two with the same name, type and content cannot exist. */
export const recordName = (record: { name: string; type: string; content: string }): string =>
  `${record.name} ${record.type} ${record.content}`;

async function all<T>(api: Api, path: string): Promise<T[]> {
  const found: T[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await getJson<Answer<T[]>>(api, "Cloudflare", `${path}&page=${page}`);
    found.push(...answer.result);
    if (page >= (answer.result_info?.total_pages ?? 1)) return found;
  }
}
