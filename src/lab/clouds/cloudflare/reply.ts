import { randomUUID } from "node:crypto";
import { CloudError, type CloudReply, type CloudRequest } from "../http/types.ts";

/** A plain JSON object as it goes over the wire. */
export type Json = Record<string, unknown>;

/** Cloudflare's envelope around every successful reply. */
export function ok(result: unknown, extra: Json = {}): CloudReply {
  return { body: { success: true, errors: [], messages: [], result, ...extra } };
}

/** One page by ?page and ?per_page, with the counts that clients page by. A page after the last one is empty. */
export function paged(request: CloudRequest, items: unknown[], perPageDefault = 20, perPageMax = 1000): CloudReply {
  const perPage = Math.min(positive(request.query.get("per_page"), perPageDefault), perPageMax);
  const page = positive(request.query.get("page"), 1);
  const shown = items.slice((page - 1) * perPage, page * perPage);
  const info = {
    page,
    per_page: perPage,
    count: shown.length,
    total_count: items.length,
    total_pages: Math.ceil(items.length / perPage),
  };
  return ok(shown, { result_info: info });
}

/** One stretch of a sorted list after ?cursor; the cursor is the last key that was given out. */
export function afterCursor<T>(
  request: CloudRequest,
  items: T[],
  keyOf: (item: T) => string,
  limit: number,
): { shown: T[]; cursor: string } {
  const after = decodeCursor(request.query.get("cursor")) ?? request.query.get("start_after") ?? "";
  const rest = items.filter((item) => keyOf(item) > after);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  return {
    shown,
    cursor: last !== undefined && rest.length > limit ? Buffer.from(keyOf(last)).toString("base64url") : "",
  };
}

const decodeCursor = (cursor: string | null): string | undefined =>
  cursor ? Buffer.from(cursor, "base64url").toString() : undefined;

/** A whole number above 0 from a query. @throws CloudError 400 when it is something else. */
export function positive(text: string | null, otherwise: number): number {
  if (text === null || text === "") return otherwise;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw invalid(`"${text}" is no page number: use a whole number above 0.`);
  return number;
}

/** The body as an object. @throws CloudError 400 when it is none. */
export function bodyOf(request: CloudRequest): Json {
  const body = request.json();
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw invalid("Request body must be a JSON object.");
  return body as Json;
}

/** A text that must be there. @throws CloudError 400 when it is missing. */
export function text(body: Json, field: string): string {
  const value = body[field];
  if (typeof value !== "string" || value === "") throw invalid(`${field} is required and must be a non-empty string.`);
  return value;
}

export const invalid = (message: string): CloudError => new CloudError(400, 1004, message);

/** Cloudflare answers this for an identifier that leads nowhere. */
export const unroutable = (path: string): CloudError =>
  new CloudError(404, 7003, `Could not route to /client/v4${path}, perhaps your object identifier is invalid?`);

/** 32 hexadecimal digits, as Cloudflare names things. */
export const newId = (): string => randomUUID().replaceAll("-", "");

export const now = (): string => new Date().toISOString();
