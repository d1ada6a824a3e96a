import { get, Once, type Api } from "../fetch.ts";
import type { Question } from "../kind.ts";

interface Page {
  links?: { pages?: { next?: string } };
  [collection: string]: unknown;
}

/** The most that the API gives. */
const PAGE = 200;

/** What stands in an account at DigitalOcean, over fetch, as far as it is read; each list is read once. */
export class DigitalOceanClient {
  readonly #api: Api;
  readonly #once = new Once();

  constructor(api: Api) {
    this.#api = api;
  }

  /**
   * Everything in a list of the account.
   * @param path below /v2, "account/keys"
   * @param collection its name in the answer, where that is another
   * @throws Error as get() does
   */
  list<T>(path: string, collection = path, query = ""): Promise<T[]> {
    return this.#once.ask(`${path}?${query}`, async () => {
      const found: T[] = [];
      for (let page = 1; ; page += 1) {
        const answer = await this.#get(`/v2/${path}?${query}per_page=${PAGE}&page=${page}`);
        found.push(...((answer[collection] ?? []) as T[]));
        if (answer.links?.pages?.next === undefined) return found;
      }
    });
  }

  /** A question about such a list. @param identity what tells its things apart */
  question<T>(
    about: string,
    list: () => Promise<T[]>,
    found: (shown: T) => { identity: string; id: string },
  ): Question<T>[] {
    return [{ about, list: async () => (await list()).map((shown) => ({ ...found(shown), shown })) }];
  }

  #get = async (path: string): Promise<Page> =>
    (await (await get(this.#api, "DigitalOcean", path, said)).json()) as Page;
}

/** " (Unable to authenticate you)" */
function said(body: unknown): string {
  const { message } = (body ?? {}) as { message?: string };
  return message ? ` (${message})` : "";
}

/**
 * Whether a droplet ("digitalocean:droplet/4711") is not there any more. Who sees the firewall that was made with it is
 * of its account.
 * @param account "digitalocean:firewall/bb4b2611-…", nothing for a droplet that the fleet has only adopted
 * @throws Error why it can't be told
 */
export async function isDropletGone(machine: string, account: string | undefined, api: Api): Promise<boolean> {
  if (!api.token) throw new Error("DIGITALOCEAN_TOKEN is not set");
  const client = new DigitalOceanClient(api);
  const [droplets, firewalls] = await Promise.all([
    client.list<{ id: number }>("droplets"),
    client.list<{ id: string }>("firewalls"),
  ]);
  if (droplets.some(({ id }) => machine === `digitalocean:droplet/${id}`)) return false;
  if (account === undefined) throw new Error("nothing in the state shows of which account at DigitalOcean it is");
  if (firewalls.some(({ id }) => account === `digitalocean:firewall/${id}`)) return true;
  throw new Error(
    `DIGITALOCEAN_TOKEN does not see ${account.replace(":", " ").replace("/", " ")}, which was made with it: ` +
      "the token may be one of another account",
  );
}
