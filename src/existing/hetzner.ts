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

interface FirewallItem extends Item {
  applied_to: { type: string; server?: { id: number } }[];
}

/**
 * Whether a server ("hcloud:server/web") is not there any more. Ids are unique in all of Hetzner Cloud, which tells no
 * project's name: whoever sees the firewall that was made with the server is in its project. While that firewall
 * protects a server, the server is there under another name.
 * @param account "hcloud:firewall/4711", nothing for a server that the fleet has only adopted
 * @throws Error why it can't be told
 */
export async function isServerGone(machine: string, account: string | undefined, api: Api): Promise<boolean> {
  if (!api.token) throw new Error("HCLOUD_TOKEN is not set");
  const name = machine.slice("hcloud:server/".length);
  const [servers, firewalls] = await Promise.all([
    listAtHetzner<Item>(api, "servers"),
    listAtHetzner<FirewallItem>(api, "firewalls"),
  ]);
  if (servers.some((server) => server.name === name)) return false;
  if (account === undefined) throw new Error(`nothing in the state shows of which Hetzner Cloud project it is`);
  const firewall = firewalls.find(({ id }) => account === `hcloud:firewall/${id}`);
  if (!firewall)
    throw new Error(
      `HCLOUD_TOKEN does not see ${account.replace(":", " ").replace("/", " ")}, which was made with it: ` +
        "the token may be one of another project",
    );
  return firewall.applied_to.every(({ type }) => type !== "server");
}

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
