import type { CloudReply, CloudRequest } from "../../http/types.ts";
import { invalidField } from "./errors.ts";
import { parseSelector, type Labels } from "./labels.ts";

export interface Listable {
  id: number;
  name?: string | null;
  created?: string;
  labels?: Labels;
}

export interface Listing<T> {
  /** The key of the list in the reply. */
  many: string;
  sorts: readonly ("id" | "name" | "created" | "command" | "status" | "started" | "finished" | "progress")[];
  /** Query parameters beside name and label_selector, each against all the values it was given. */
  filters?: Record<string, (item: T, values: string[]) => boolean>;
}

/**
 * Answers a list request: filtered, sorted and cut into pages. @throws CloudError invalid_input for a wrong parameter.
 */
export function listReply<T extends Listable>(
  request: CloudRequest,
  items: T[],
  listing: Listing<T>,
  view: (item: T) => object,
): CloudReply {
  const { page, per_page } = readPaging(request.query);
  const found = sort(filter(items, request.query, listing), request.query.getAll("sort"), listing.sorts);
  const last = Math.max(1, Math.ceil(found.length / per_page));
  const pagination = {
    page,
    per_page,
    previous_page: page > 1 ? page - 1 : null,
    next_page: page < last ? page + 1 : null,
    last_page: last,
    total_entries: found.length,
  };
  return {
    body: { [listing.many]: found.slice((page - 1) * per_page, page * per_page).map(view), meta: { pagination } },
  };
}

function readPaging(query: URLSearchParams): { page: number; per_page: number } {
  const read = (field: string, fallback: number, max: number): number => {
    const text = query.get(field) ?? String(fallback);
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < 1) throw invalidField(field, "must be a whole number above 0");
    if (number > max) throw invalidField(field, `must be at most ${max}`);
    return number;
  };
  return { page: read("page", 1, Number.MAX_SAFE_INTEGER), per_page: read("per_page", 25, 50) };
}

function filter<T extends Listable>(items: T[], query: URLSearchParams, listing: Listing<T>): T[] {
  const filters: Record<string, (item: T, values: string[]) => boolean> = {
    name: (item, [name]) => item.name === name,
    ...listing.filters,
  };
  const active = Object.entries(filters)
    .map(([field, keep]) => ({ keep, values: query.getAll(field) }))
    .filter(({ values }) => values.length > 0);
  const selector = query.get("label_selector");
  const matches = selector ? parseSelector(selector) : () => true;
  return items.filter((item) => active.every(({ keep, values }) => keep(item, values)) && matches(item.labels ?? {}));
}

function sort<T extends Listable>(items: T[], orders: string[], allowed: readonly string[]): T[] {
  const keys = (orders.length > 0 ? orders : ["id"]).map((order) => {
    const [field = "", direction = "asc", rest] = order.split(":");
    if (!allowed.includes(field) || !["asc", "desc"].includes(direction) || rest !== undefined)
      throw invalidField("sort", `'${order}' cannot be sorted by`);
    return { field: field as keyof T, sign: direction === "asc" ? 1 : -1 };
  });
  const by = (a: T, b: T): number =>
    keys.map(({ field, sign }) => sign * compare(a[field], b[field])).find((order) => order !== 0) ?? 0;
  return items.toSorted(by);
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [String(a ?? ""), String(b ?? "")];
  return left < right ? -1 : left > right ? 1 : 0;
}
