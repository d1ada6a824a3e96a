import { setTimeout as sleep } from "node:timers/promises";

/** What the API refused, in its own words. Never holds a request's body or token. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

export interface ApiRequest {
  method: string;
  /** Below the base URL. */
  path: string;
  body?: Record<string, unknown> | FormData;
  headers?: Record<string, string>;
}

export interface ApiClient {
  /** The envelope's result. @throws ApiError */
  call<T = Record<string, unknown>>(request: ApiRequest): Promise<T>;
  /** The reply as it is. @throws ApiError */
  raw(request: ApiRequest): Promise<Response>;
}

const ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 30;

/**
 * A client that waits and tries again when the API is busy or ill; a POST only when the API has refused to look at it.
 */
export function createClient(baseUrl: string, token: string): ApiClient {
  const raw = async (request: ApiRequest): Promise<Response> => {
    for (let attempt = 1; ; attempt++) {
      const response = await send(request, baseUrl, token).catch((error: unknown) => error as Error);
      if (response instanceof Response && response.ok) return response;
      const error =
        response instanceof Response ? await apiError(request, response) : unreachable(request, baseUrl, response);
      if (attempt === ATTEMPTS || !worthAnother(request, error.status)) throw error;
      const asked = response instanceof Response ? Number(response.headers.get("retry-after")) : 0;
      await sleep(1000 * Math.min(asked > 0 ? asked : 0.2 * 2 ** attempt, LONGEST_WAIT_SECONDS));
    }
  };
  return {
    raw,
    call: async <T>(request: ApiRequest) => {
      const text = await (await raw(request)).text();
      return (text === "" ? undefined : (JSON.parse(text) as { result: unknown }).result) as T;
    },
  };
}

function send(request: ApiRequest, baseUrl: string, token: string): Promise<Response> {
  const form = request.body instanceof FormData;
  return fetch(`${baseUrl}${request.path}`, {
    method: request.method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(request.body === undefined || form ? {} : { "Content-Type": "application/json" }),
      ...request.headers,
    },
    ...(request.body === undefined ? {} : { body: form ? (request.body as FormData) : JSON.stringify(request.body) }),
  });
}

/** Status 0: no answer, so that a POST may or may not have been done. */
function worthAnother(request: ApiRequest, status: number): boolean {
  return status === 429 || (request.method !== "POST" && (status === 0 || status >= 500));
}

async function apiError(request: ApiRequest, response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as {
    errors?: { code: number; message: string; error_chain?: { code: number; message: string }[] }[];
  };
  const reasons = (body.errors ?? [])
    .flatMap((error) => [error, ...(error.error_chain ?? [])])
    .map(({ code, message }) => `${message} (${code})`);
  return new ApiError(
    response.status,
    `Cloudflare refused ${request.method} ${request.path} with ${response.status}: ` +
      (reasons.join("; ") || response.statusText),
  );
}

function unreachable(request: ApiRequest, baseUrl: string, error: Error): ApiError {
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new ApiError(
    0,
    `${request.method} ${request.path}: no answer from ${baseUrl} (${cause}); is it running, and is baseUrl right?`,
  );
}
