import { isActive } from "../../model/status.ts";
import type { Vendor } from "../kind.ts";
import { apisOf } from "../apis.ts";
import { bucketDomain } from "./bucket-domain/index.ts";
import { bucket } from "./bucket/index.ts";
import { CloudflareClient } from "./client.ts";
import { database } from "./database/index.ts";
import { kvValue } from "./kv-value/index.ts";
import { kv } from "./kv/index.ts";
import { pagesDomain } from "./pages-domain/index.ts";
import { pagesProject } from "./pages-project/index.ts";
import { record } from "./record/index.ts";
import { tunnelConfig } from "./tunnel-config/index.ts";
import { tunnel } from "./tunnel/index.ts";
import { workerDomain } from "./worker-domain/index.ts";
import { workerRoute } from "./worker-route/index.ts";
import { worker } from "./worker/index.ts";
import { zoneSetting } from "./zone-setting/index.ts";

/** Cloudflare: a fleet has one account there, and zones. */
export const cloudflare: Vendor = {
  kinds: [
    record,
    zoneSetting,
    bucket,
    bucketDomain,
    kv,
    kvValue,
    database,
    worker,
    workerDomain,
    workerRoute,
    pagesProject,
    pagesDomain,
    tunnel,
    tunnelConfig,
  ],
  places(fleet, _, env) {
    const isUsed =
      fleet.edge.account !== undefined || fleet.zones.some((zone) => isActive(zone) && zone.provider === "cloudflare");
    const api = apisOf(env).cloudflare;
    return isUsed
      ? [
          {
            name: "Cloudflare",
            ...(!api.token && { missing: "CLOUDFLARE_API_TOKEN" }),
            client: new CloudflareClient(api, fleet),
            has: () => true,
          },
        ]
      : [];
  },
};
