import { getJson } from "./fetch.ts";
import type { Api, Existing, ExistingKind } from "./types.ts";

interface Page {
  meta: { pagination: { next_page: number | null } };
  [collection: string]: unknown;
}

/** Servers and firewalls of a Hetzner Cloud project, by name (unique in a project). */
export async function existingAtHetzner(api: Api): Promise<Existing> {
  if (!api.token) return {};
  const lists = await Promise.all([list(api, "servers", "hcloud:server"), list(api, "firewalls", "hcloud:firewall")]);
  return Object.fromEntries(lists.flat());
}

async function list(api: Api, collection: string, kind: ExistingKind): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (let page: number | null = 1; page !== null; ) {
    const answer: Page = await getJson<Page>(api, "Hetzner Cloud", `/${collection}?per_page=50&page=${page}`);
    for (const item of answer[collection] as { id: number; name: string }[]) found.push([`${kind}/${item.name}`, String(item.id)]);
    page = answer.meta.pagination.next_page;
  }
  return found;
}
