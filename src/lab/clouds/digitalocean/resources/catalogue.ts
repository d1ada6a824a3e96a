import type { Route } from "../../http/types.ts";
import { listReply } from "../api/listing.ts";
import { REGION_VIEWS } from "../catalogue/index.ts";
import { SIZES } from "../catalogue/sizes.ts";

/** The kinds that can only be read. */
export const catalogueRoutes = (): Route[] => [
  { method: "GET", path: "/regions", handle: (request) => listReply(request, "regions", REGION_VIEWS, same) },
  { method: "GET", path: "/sizes", handle: (request) => listReply(request, "sizes", SIZES, same) },
];

const same = <T>(row: T): T => row;
