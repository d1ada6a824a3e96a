import type { CloudReply, CloudRequest } from "../../http/types.ts";

const MOST = 200;

/** Where a path of the API is for whoever asked: clients follow these links. */
export const linkTo = (request: CloudRequest, path: string): string =>
  `http://${request.headers.host ?? "localhost"}/v2${path}`;

/** Answers a list request, cut into pages. A page that makes no sense is the first; too large a one is cut. */
export function listReply<T>(
  request: CloudRequest,
  many: string,
  items: readonly T[],
  view: (item: T) => unknown,
): CloudReply {
  const page = positive(request.query.get("page"), 1);
  const perPage = Math.min(positive(request.query.get("per_page"), 20), MOST);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const at = (number: number): string => {
    const query = new URLSearchParams(request.query);
    query.set("page", String(number));
    return `${linkTo(request, request.path)}?${query.toString()}`;
  };
  const pages = {
    ...(page > 1 && { first: at(1), prev: at(page - 1) }),
    ...(page < last && { next: at(page + 1), last: at(last) }),
  };
  return {
    body: {
      [many]: items.slice((page - 1) * perPage, page * perPage).map((item) => view(item)),
      links: last > 1 ? { pages } : {},
      meta: { total: items.length },
    },
  };
}

function positive(text: string | null, fallback: number): number {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : fallback;
}

/** What is left of the items by a query parameter, if it is given. */
export function filtered<T>(
  request: CloudRequest,
  items: readonly T[],
  filters: Record<string, (item: T, value: string) => boolean>,
): T[] {
  return items.filter((item) =>
    Object.entries(filters).every(([name, keep]) => {
      const value = request.query.get(name);
      return value === null || keep(item, value);
    }),
  );
}
