import { getJson } from "./fetch.ts";
import type { Api, Existing, ExistingKind } from "./types.ts";

/** Hetzner has no client library for JavaScript: this is a client of what is needed, over fetch. */

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

const PROVIDER = "Hetzner Cloud";
/** The most that the API gives. */
const PAGE = 50;

/** Servers and firewalls of a Hetzner Cloud project by name (unique in a project), and the servers' addresses. */
export async function existingAtHetzner(api: Api): Promise<Existing> {
  if (!api.token) return {};
  const lists = await Promise.all([list(api, "servers", "hcloud:server"), list(api, "firewalls", "hcloud:firewall")]);
  return Object.fromEntries(lists.flat());
}

const list = async (api: Api, collection: string, kind: ExistingKind): Promise<[string, string][]> =>
  (await listAtHetzner<Item>(api, collection)).flatMap(({ id, name, public_net }): [string, string][] => [
    [`${kind}/${name}`, String(id)],
    ...(public_net?.ipv4 ? [[`hcloud:address/${name}`, public_net.ipv4.ip] as [string, string]] : []),
  ]);

/** Everything in a collection of a project, such as "volumes". @throws Error as getJson() does */
export async function listAtHetzner<T>(api: Api, collection: string): Promise<T[]> {
  const found: T[] = [];
  for (let page: number | null = 1; page !== null;) {
    const answer: Page = await getJson<Page>(api, PROVIDER, `/${collection}?per_page=${PAGE}&page=${page}`);
    found.push(...(answer[collection] as T[]));
    page = answer.meta.pagination.next_page;
  }
  return found;
}

/** What things cost, as the API tells it. @throws Error as getJson() does */
export const pricesAtHetzner = async <T>(api: Api): Promise<T> =>
  (await getJson<{ pricing: T }>(api, PROVIDER, "/pricing")).pricing;
