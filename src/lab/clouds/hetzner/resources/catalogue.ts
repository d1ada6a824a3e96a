import type { Route } from "../../http/types.ts";
import { notFound } from "../api/errors.ts";
import { listReply, type Listable } from "../api/listing.ts";
import { DATACENTER_VIEWS, SERVER_TYPE_VIEWS } from "../catalogue/index.ts";
import { ISOS } from "../catalogue/images.ts";
import { LOCATIONS } from "../catalogue/locations.ts";
import { PRICING } from "../catalogue/prices.ts";

/** The kinds that can only be read. */
export function catalogueRoutes(): Route[] {
  return [
    ...readRoutes("locations", "location", LOCATIONS),
    ...readRoutes("datacenters", "datacenter", DATACENTER_VIEWS, { recommendation: 3 }),
    ...readRoutes("server_types", "server_type", SERVER_TYPE_VIEWS),
    ...readRoutes("isos", "iso", ISOS),
    { method: "GET", path: "/pricing", handle: () => ({ body: { pricing: PRICING } }) },
  ];
}

function readRoutes(many: string, one: string, rows: Listable[], more: object = {}): Route[] {
  const architecture = (row: Listable, wanted: string[]): boolean =>
    wanted.includes((row as { architecture?: string }).architecture ?? "");
  return [
    {
      method: "GET",
      path: `/${many}`,
      handle: (request) => {
        const reply = listReply(
          request,
          rows,
          { many, sorts: ["id", "name"], filters: { architecture } },
          (row) => row,
        );
        return { body: { ...(reply.body as object), ...more } };
      },
    },
    {
      method: "GET",
      path: `/${many}/{id}`,
      handle: ({ params }) => {
        const row = rows.find(({ id }) => String(id) === params.id);
        if (row === undefined) throw notFound(one, params.id ?? "");
        return { body: { [one]: row } };
      },
    },
  ];
}
