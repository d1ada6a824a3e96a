import type { IncomingHttpHeaders } from "node:http";

/** What a handler may answer with: JSON (any plain value), a raw body, or nothing. */
export interface CloudReply {
  /** Default 200, or 204 without a body. */
  status?: number;
  /** A Buffer is sent as it is, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface CloudRequest {
  method: string;
  /** Below the cloud's base path, such as /servers/42. */
  path: string;
  /** Values of the route's {placeholders}, decoded. */
  params: Record<string, string>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  raw: Buffer;
  /** The body as JSON; an empty body is {}. @throws CloudError 400 when it is not JSON. */
  json(): unknown;
  /** The body as multipart/form-data or form-urlencoded. @throws CloudError 400 when it is neither. */
  form(): Promise<FormData>;
}

export type Handler = (request: CloudRequest) => CloudReply | Promise<CloudReply>;

export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the cloud's base path. {name} stands for one segment; literal segments win over placeholders. */
  path: string;
  handle: Handler;
}

/** Refuses a request; the cloud's definition turns it into the vendor's error body. */
export class CloudError extends Error {
  readonly status: number;
  /** The vendor's own code: a word at Hetzner, a number at Cloudflare. */
  readonly code: string | number;
  readonly details?: unknown;
  readonly headers: Record<string, string>;
  constructor(
    status: number,
    code: string | number,
    message: string,
    details?: unknown,
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.name = "CloudError";
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}

/** What is left of a client's request allowance. */
export interface Allowance {
  limit: number;
  remaining: number;
  /** Until the allowance is full again. */
  resetSeconds: number;
}

/** One vendor's API: its routes and the manners around them. */
export interface CloudDefinition {
  /** As the lab names it: hcloud, cloudflare, aws, digitalocean. */
  name: string;
  /** In front of every route, such as /v1. */
  basePath: string;
  /** For an API that has one path for all: the path that a request is routed, logged and made to fail by. */
  pathOf?(request: CloudRequest): string;
  routes: Route[];
  /** @throws CloudError when the request may not pass. */
  authorize(request: CloudRequest): void;
  /** The vendor's error body. */
  renderError(error: CloudError): unknown;
  /** The vendor's own error for what the kit itself has to refuse (400, 404, 405) or fails on purpose (429, 5xx). */
  errorForStatus(status: number): CloudError;
  /** Requests per hour that a client may send. Reported, never enforced: a 429 is a fault that is switched on. */
  requestsPerHour: number;
  allowanceHeaders(allowance: Allowance): Record<string, string>;
  /** Lets work that handlers left running in the background come to an end. */
  close?(): Promise<void>;
}
