import { hasBearerToken } from "../http/auth.ts";
import { CloudError, type Allowance, type CloudDefinition, type CloudRequest } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountRoutes, requireAccount } from "./account.ts";
import { d1Routes } from "./d1.ts";
import { dnsRoutes } from "./dns.ts";
import { kvValueRoutes } from "./kv-values.ts";
import { kvNamespaceRoutes } from "./kv.ts";
import { domainNamesOf, pagesDomainRoutes } from "./pages-domains.ts";
import { pagesRoutes } from "./pages.ts";
import { r2DomainRoutes } from "./r2-domains.ts";
import { r2BucketRoutes } from "./r2.ts";
import { unroutable } from "./reply.ts";
import { rulesetRoutes } from "./rulesets.ts";
import { tunnelRoutes } from "./tunnels.ts";
import { workerDomainRoutes, workerRouteRoutes } from "./workers-routing.ts";
import { workerRoutes } from "./workers.ts";
import { zoneSettingRoutes } from "./zone-settings.ts";
import { requireZone, zoneRoutes } from "./zones.ts";

export { seedZone, type SeedZone } from "./zones.ts";

/**
 * The Cloudflare API v4 as a local cloud, for the resource types that fleets use. Accounts and zones are there because
 * seedZone put them there, as they are in the world.
 * @param token the bearer token that every request must carry.
 */
export function createCloudflare(store: Store, token: string): CloudDefinition {
  return {
    name: "cloudflare",
    basePath: "/client/v4",
    routes: [
      ...accountRoutes(store),
      ...zoneRoutes(store),
      ...zoneSettingRoutes(store),
      ...dnsRoutes(store),
      ...r2BucketRoutes(store),
      ...r2DomainRoutes(store),
      ...workerRoutes(store),
      ...workerRouteRoutes(store),
      ...workerDomainRoutes(store),
      ...kvNamespaceRoutes(store),
      ...kvValueRoutes(store),
      ...pagesRoutes(store, (project) => domainNamesOf(store, project)),
      ...pagesDomainRoutes(store),
      ...d1Routes(store),
      ...rulesetRoutes(store),
      ...tunnelRoutes(store),
    ],
    authorize: (request) => authorize(store, token, request),
    renderError,
    errorForStatus,
    // 1200 in five minutes.
    requestsPerHour: 14_400,
    allowanceHeaders,
  };
}

/** @throws CloudError without a token, with a wrong one, and for an account or zone that is not the token's. */
function authorize(store: Store, token: string, request: CloudRequest): void {
  if (!/^Bearer\s+\S+$/i.test(request.headers.authorization ?? ""))
    throw new CloudError(401, 10000, "Authentication error");
  if (!hasBearerToken(request, token)) {
    throw request.path === "/user/tokens/verify"
      ? new CloudError(401, 1000, "Invalid API Token")
      : new CloudError(403, 9109, "Invalid access token");
  }
  const [, owner, id] = request.path.split("/");
  if (id === undefined || (owner !== "accounts" && owner !== "zones")) return;
  if (!/^[0-9a-f]{32}$/.test(id)) throw unroutable(request.path);
  if (owner === "accounts") requireAccount(store, id);
  else requireZone(store, id, request.path);
}

function renderError(error: CloudError): unknown {
  const chain = Array.isArray(error.details) ? { error_chain: error.details } : {};
  return {
    success: false,
    errors: [{ code: error.code, message: error.message, ...chain }],
    messages: [],
    result: null,
  };
}

const KIT_ERRORS: Record<number, [code: number, message: string]> = {
  400: [6007, "Malformed JSON in request body"],
  404: [7000, "No route for that URI"],
  405: [7001, "Method not available for that URI."],
  429: [971, "Please wait and consider throttling your request speed"],
};

function errorForStatus(status: number): CloudError {
  const [code, message] = KIT_ERRORS[status] ?? [10001, "internal server error"];
  return new CloudError(status, code, message);
}

/** Cloudflare counts in windows of five minutes. */
function allowanceHeaders({ limit, remaining, resetSeconds }: Allowance): Record<string, string> {
  const window = { quota: Math.round(limit / 12), seconds: 300 };
  const left = Math.max(0, window.quota - (limit - remaining));
  return {
    Ratelimit: `"default";r=${left};t=${Math.min(resetSeconds, window.seconds)}`,
    "Ratelimit-Policy": `"default";q=${window.quota};w=${window.seconds}`,
  };
}
