import { getJson } from "./fetch.ts";
import type { Api, Existing, ExistingKind } from "./types.ts";

interface Page {
  meta: { pagination: { next_page: number | null } };
  [collection: string]: unknown;
}

interface Item {
  id: number;
  name: string;
  /** Of servers only. */
  public_net?: { ipv4: { ip: string } | null };
}

/** Servers and firewalls of a Hetzner Cloud project by name (unique in a project), and the servers' addresses. */
export async function existingAtHetzner(api: Api): Promise<Existing> {
  if (!api.token) return {};
  const lists = await Promise.all([list(api, "servers", "hcloud:server"), list(api, "firewalls", "hcloud:firewall")]);
  return Object.fromEntries(lists.flat());
}

async function list(api: Api, collection: string, kind: ExistingKind): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (let page: number | null = 1; page !== null; ) {
    const answer: Page = await getJson<Page>(api, "Hetzner Cloud", `/${collection}?per_page=50&page=${page}`);
    for (const { id, name, public_net } of answer[collection] as Item[]) {
      found.push([`${kind}/${name}`, String(id)]);
      if (public_net?.ipv4) found.push([`hcloud:address/${name}`, public_net.ipv4.ip]);
    }
    page = answer.meta.pagination.next_page;
  }
  return found;
}
