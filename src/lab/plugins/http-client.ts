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

/** One vendor's API. */
export interface Vendor {
  /** In messages: Cloudflare. */
  name: string;
  baseUrl: string;
  /** The setting that says where it is. */
  setting: string;
  token: string;
  /** Why it refuses, from its error body. */
  reasons: (body: unknown) => string[];
}

/** Sends a request until it is answered. @throws ApiError */
export type Send = (request: ApiRequest) => Promise<Response>;

const ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 30;

/**
 * A client that waits and tries again when the API is busy or ill; a POST only when the API has refused to look at it.
 */
export function createSend(vendor: Vendor): Send {
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const response = await send(request, vendor).catch((error: unknown) => error as Error);
      if (response instanceof Response && response.ok) return response;
      const error =
        response instanceof Response
          ? await apiError(request, response, vendor)
          : unreachable(request, vendor, response);
      if (attempt === ATTEMPTS || !worthAnother(request, error.status)) throw error;
      const asked = response instanceof Response ? Number(response.headers.get("retry-after")) : 0;
      await sleep(1000 * Math.min(asked > 0 ? asked : 0.2 * 2 ** attempt, LONGEST_WAIT_SECONDS));
    }
  };
}

function send(request: ApiRequest, { baseUrl, token }: Vendor): Promise<Response> {
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

async function apiError(request: ApiRequest, response: Response, { name, reasons }: Vendor): Promise<ApiError> {
  const why = reasons(await response.json().catch(() => ({}))).join("; ");
  return new ApiError(
    response.status,
    `${name} refused ${request.method} ${request.path} with ${response.status}: ${why || response.statusText}`,
  );
}

function unreachable(request: ApiRequest, { baseUrl, setting }: Vendor, error: Error): ApiError {
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new ApiError(
    0,
    `${request.method} ${request.path}: no answer from ${baseUrl} (${cause}); is it running, and is ${setting} right?`,
  );
}

/** What `call` gives, or nothing when the API says that the thing is not there. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}
