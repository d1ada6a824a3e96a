import type { Zone } from "../../model/dns.ts";
import { ask, get, Once, Refused, type Api } from "../fetch.ts";
import type { Found, Question } from "../kind.ts";

interface Answer<T> {
  result: T;
  result_info?: { page?: number; total_pages?: number; cursor?: string };
}

/**
 * A client of what is read at Cloudflare, and of what a failover changes there, over fetch: the official one takes a second to load, and every `up` would
 * wait for it.
 */
export class CloudflareClient {
  readonly zones: readonly Zone[];
  readonly #api: Api;
  readonly #account: string | undefined;
  readonly #once = new Once();

  /** @param fleet whose account and zones are asked */
  constructor(api: Api, { zones, edge }: { zones: readonly Zone[]; edge: { account?: string } }) {
    this.#api = api;
    this.#account = edge.account;
    this.zones = zones;
  }

  /** A question about the account; none where the fleet has no account. */
  question<T>(about: string, list: () => Promise<T[]>, found: (shown: T) => Omit<Found<T>, "shown">): Question<T>[] {
    const answer = async () => (await list()).map((shown) => ({ ...found(shown), shown }));
    return this.#account === undefined ? [] : [{ about, list: answer }];
  }

  /** An id as the provider imports what stands in the account. */
  inAccount = (id: string): string => `${this.#account}/${id}`;

  /** What a path below the account says. */
  async account<T>(path: string): Promise<T> {
    return (await this.#answer<T>(`/accounts/${this.#account}${path}`)).result;
  }

  async accountText(path: string): Promise<string> {
    return (await this.#get(`/accounts/${this.#account}${path}`)).text();
  }

  /** A list below the account by numbers of pages, to its end. @param perPage the API's own size when left out */
  accountList = <T>(path: string, perPage?: number): Promise<T[]> =>
    this.#list<T>(`/accounts/${this.#account}${path}`, perPage);

  zoneList = <T>(zone: string, path: string, perPage?: number): Promise<T[]> =>
    this.#list<T>(`/zones/${zone}${path}`, perPage);

  /** Changes records of a zone, all of them or none; a second time it changes nothing. */
  async patchRecords(zone: string, patches: readonly { id: string; [field: string]: unknown }[]): Promise<void> {
    const request = { path: `/zones/${zone}/dns_records/batch`, body: { patches }, attempts: 4 };
    await ask(this.#api, "Cloudflare", request, said);
  }

  /**
   * A list by cursors, to its end. @param items where it stands in an answer @param limit what the parameter is called
   */
  accountCursor<T>(path: string, limit: string, items: (answer: never) => T[]): Promise<T[]> {
    return this.#once.ask(path, async () => {
      const found: T[] = [];
      for (let cursor: string | undefined = ""; cursor !== undefined;) {
        const query: string = cursor === "" ? limit : `${limit}&cursor=${encodeURIComponent(cursor)}`;
        const answer: Answer<never> = await this.#answer<never>(`/accounts/${this.#account}${path}?${query}`);
        found.push(...items(answer.result));
        cursor = answer.result_info?.cursor || undefined;
      }
      return found;
    });
  }

  /** Of a list that comes whole the API tells no number of pages. */
  #list<T>(path: string, perPage?: number): Promise<T[]> {
    return this.#once.ask(path, async () => {
      const found: T[] = [];
      const size = perPage === undefined ? "" : `per_page=${perPage}&`;
      for (let page = 1; ; page += 1) {
        const query = page === 1 && perPage === undefined ? "" : `?${size}page=${page}`;
        const { result, result_info } = await this.#answer<T[]>(`${path}${query}`);
        found.push(...result);
        if (page >= (result_info?.total_pages ?? 1)) return found;
      }
    });
  }

  #answer = async <T>(path: string): Promise<Answer<T>> => (await (await this.#get(path)).json()) as Answer<T>;
  #get = (path: string): Promise<Response> => get(this.#api, "Cloudflare", path, said);
}

/** " (9109 Invalid access token)" */
function said(body: unknown): string {
  const [first] = (body as { errors?: { code: number; message: string }[] } | undefined)?.errors ?? [];
  return first ? ` (${first.code} ${first.message})` : "";
}

/** What hangs on something that is not there is not there either. */
export const orNone = <T>(list: Promise<T[]>): Promise<T[]> =>
  list.catch((error: unknown) => {
    if (error instanceof Refused && error.status === 404) return [];
    throw error;
  });
