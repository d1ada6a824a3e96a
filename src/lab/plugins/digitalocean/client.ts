import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, createSend } from "../http-client.ts";

// Replies are whatever the vendor's shape holds.
export type Json = Record<string, unknown>;

export interface Client {
  /** @param path below /v2 @throws ApiError */
  call<T = Json>(method: string, path: string, body?: Json): Promise<T>;
  /** A list to its last page. */
  all<T = Json>(path: string, many: string): Promise<T[]>;
  /** A call that begins an action, polled to its end. @throws Error when the action fails */
  act(path: string, body: Json): Promise<void>;
  /** Waits for the end of an action. */
  finished(id: number): Promise<void>;
}

const POLL_MS = 50;
const MOST = 200;

/** @param endpoint without the version, as the official provider's apiEndpoint has it */
export function createClient(endpoint: string, token: string): Client {
  const send = createSend({
    name: "DigitalOcean",
    baseUrl: `${endpoint}/v2`,
    setting: "apiEndpoint",
    token,
    reasons: (body) => [(body as { message?: string }).message ?? ""],
  });
  const call = async <T>(method: string, path: string, body?: Json): Promise<T> => {
    const text = await (await send({ method, path, ...(body !== undefined && { body }) })).text();
    return (text === "" ? {} : JSON.parse(text)) as T;
  };
  const finished = async (id: number): Promise<void> => {
    for (;;) {
      const { action } = await call<{ action: { status: string; type: string } }>("GET", `/actions/${id}`);
      if (action.status === "completed") return;
      if (action.status === "errored") throw new Error(`DigitalOcean says that action ${id} (${action.type}) failed`);
      await sleep(POLL_MS);
    }
  };
  return {
    call,
    finished,
    act: async (path, body) => finished((await call<{ action: { id: number } }>("POST", path, body)).action.id),
    all: async <T>(path: string, many: string) => {
      const found: T[] = [];
      for (let page = 1; ; page += 1) {
        const query = `${path.includes("?") ? "&" : "?"}per_page=${MOST}&page=${page}`;
        const reply = await call<Json & { links?: { pages?: { next?: string } } }>("GET", `${path}${query}`);
        found.push(...(reply[many] as T[]));
        if (reply.links?.pages?.next === undefined) return found;
      }
    },
  };
}

/** Goes on when the API answers with one of these statuses: what is asked for is so already. */
export async function unless(statuses: number[], call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!(error instanceof ApiError && statuses.includes(error.status))) throw error;
  });
}

/** Asks until there is no more reason to. */
export async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await sleep(POLL_MS);
}
