/** Where a provider's API is and the token for it. */
export interface Api {
  url: string;
  token: string | undefined;
}

const ATTEMPTS = 6;
const DEADLINE_MS = 30_000;

/** A vendor refused, in its own words. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Request {
  path: string;
  /** POSTed, as JSON. It may arrive twice, and must do no more than once. */
  body?: unknown;
  attempts?: number;
}

type Said = (body: unknown) => string;

export const get = (api: Api, vendor: string, path: string, said?: Said): Promise<Response> =>
  ask(api, vendor, { path }, said);

/**
 * Asks a vendor's API; waits and tries again when it is busy.
 * @param said what the vendor says in an answer that is none
 * @throws Refused naming vendor, path and status, never the token; Error when it cannot be reached
 */
export async function ask(
  api: Api,
  vendor: string,
  { path, body, attempts = ATTEMPTS }: Request,
  said: Said = () => "",
): Promise<Response> {
  const method = body === undefined ? "GET" : "POST";
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`${api.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${api.token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).catch((error: Error) => {
      throw new Error(
        `${vendor} cannot be reached: ${error.cause instanceof Error ? error.cause.message : error.message}`,
      );
    });
    if (response.ok) return response;
    const { status } = response;
    const busy = status === 429 || status >= 500;
    if (!busy || attempt === attempts)
      throw new Refused(
        status,
        `${vendor} answered ${status}${said(await response.json().catch(() => undefined))} to ${method} ${path}` +
          (status === 401 || status === 403
            ? `: check its token, and what it may ${body === undefined ? "read" : "change"}`
            : ""),
      );
    const seconds = Number(response.headers.get("retry-after")) || 2 ** attempt / 4;
    await new Promise((resolve) => setTimeout(resolve, Math.min(seconds, 10) * 1000));
  }
}

/** Answers that were asked for once already: several kinds stand in the same list. */
export class Once {
  readonly #answers = new Map<string, Promise<unknown>>();

  ask<T>(what: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(what) ?? ask();
    this.#answers.set(what, known);
    return known as Promise<T>;
  }
}
