import { get, Once, type Api } from "../fetch.ts";
import type { Question } from "../kind.ts";
import type { Named, Pricing } from "./shapes.ts";

/** Hetzner has no client library for JavaScript: this is a client of what is read there, over fetch. */

interface Page {
  meta: { pagination: { next_page: number | null } };
  [collection: string]: unknown;
}

/** The most that the API gives. */
const PAGE = 50;

/** What stands in a project of Hetzner Cloud; each list is read once. */
export class HetznerClient {
  readonly #api: Api;
  readonly #once = new Once();

  constructor(api: Api) {
    this.#api = api;
  }

  /** Everything in a collection of the project, such as "volumes". @throws Error as get() does */
  list<T>(collection: string): Promise<T[]> {
    return this.#once.ask(collection, async () => {
      const found: T[] = [];
      for (let page: number | null = 1; page !== null;) {
        const answer: Page = await this.#get(`/${collection}?per_page=${PAGE}&page=${page}`);
        found.push(...(answer[collection] as T[]));
        page = answer.meta.pagination.next_page;
      }
      return found;
    });
  }

  /** A question about a collection whose things are told apart by their names. */
  question<T extends Named>(
    about: string,
    collection: string,
    counts: (item: T) => boolean = () => true,
  ): Question<T>[] {
    return [
      {
        about,
        list: async () =>
          (await this.list<T>(collection))
            .filter(counts)
            .map((shown) => ({ identity: shown.name, id: String(shown.id), shown })),
      },
    ];
  }

  /** What things cost, as the API tells it; undefined when it does not answer: then they have no price. */
  prices(): Promise<Pricing | undefined> {
    return this.#once.ask("pricing", () =>
      this.#get<{ pricing: Pricing }>("/pricing")
        .then(({ pricing }) => pricing)
        .catch(() => undefined),
    );
  }

  #get = async <T>(path: string): Promise<T> => (await (await get(this.#api, "Hetzner Cloud", path)).json()) as T;
}

interface FirewallItem extends Named {
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
  const client = new HetznerClient(api);
  const name = machine.slice("hcloud:server/".length);
  const [servers, firewalls] = await Promise.all([
    client.list<Named>("servers"),
    client.list<FirewallItem>("firewalls"),
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
