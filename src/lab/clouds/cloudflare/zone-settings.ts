import { CloudError, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { bodyOf, invalid, now, ok, type Json } from "./reply.ts";
import { zoneOf } from "./zones.ts";

/** What a new zone on the free plan starts with. The list in a value's place names what else it may be. */
const DEFAULTS: Record<string, [value: unknown, ...others: unknown[]]> = {
  always_online: ["off", "on"],
  always_use_https: ["off", "on"],
  automatic_https_rewrites: ["on", "off"],
  brotli: ["on", "off"],
  browser_cache_ttl: [14400],
  browser_check: ["on", "off"],
  cache_level: ["aggressive", "basic", "simplified"],
  challenge_ttl: [1800],
  development_mode: ["off", "on"],
  early_hints: ["off", "on"],
  email_obfuscation: ["on", "off"],
  hotlink_protection: ["off", "on"],
  http2: ["on", "off"],
  http3: ["on", "off"],
  ip_geolocation: ["on", "off"],
  ipv6: ["on", "off"],
  max_upload: [100],
  min_tls_version: ["1.0", "1.1", "1.2", "1.3"],
  opportunistic_encryption: ["on", "off"],
  opportunistic_onion: ["on", "off"],
  privacy_pass: ["on", "off"],
  pseudo_ipv4: ["off", "add_header", "overwrite_header"],
  rocket_loader: ["off", "on"],
  security_header: [
    {
      strict_transport_security: {
        enabled: false,
        max_age: 0,
        include_subdomains: false,
        preload: false,
        nosniff: false,
      },
    },
  ],
  security_level: ["medium", "off", "essentially_off", "low", "high", "under_attack"],
  server_side_exclude: ["on", "off"],
  ssl: ["full", "off", "flexible", "strict", "origin_pull"],
  tls_1_3: ["on", "off", "zrt"],
  tls_client_auth: ["off", "on"],
  websockets: ["on", "off"],
  "0rtt": ["off", "on"],
};

interface Setting {
  id: string;
  value: unknown;
  editable: boolean;
  modified_on: string | null;
}

export function zoneSettingRoutes(store: Store): Route[] {
  const changed = store.collection<Setting>("cloudflare", "zone_settings");

  const get = (zoneId: string, id: string): Setting => {
    const fallback = DEFAULTS[id];
    if (fallback === undefined) throw new CloudError(400, 1006, `Undefined zone setting: ${id}`);
    return changed.get(`${zoneId}/${id}`) ?? { id, value: fallback[0], editable: true, modified_on: null };
  };
  const set = (zoneId: string, id: string, body: Json): Setting => {
    const setting = get(zoneId, id);
    const value = body.value ?? body.enabled;
    if (value === undefined) throw invalid("value is required.");
    if (!allowed(id, value)) throw new CloudError(400, 1007, `Invalid value for zone setting ${id}`);
    return changed.put(`${zoneId}/${id}`, { ...setting, value, modified_on: now() });
  };

  return [
    {
      method: "GET",
      path: "/zones/{zone_id}/settings",
      handle: (request) => ok(Object.keys(DEFAULTS).map((id) => get(zoneOf(store, request).id, id))),
    },
    {
      method: "PATCH",
      path: "/zones/{zone_id}/settings",
      handle: (request) => {
        const items = (bodyOf(request).items ?? []) as Json[];
        return ok(items.map((item) => set(zoneOf(store, request).id, String(item.id), item)));
      },
    },
    {
      method: "GET",
      path: "/zones/{zone_id}/settings/{setting_id}",
      handle: (request) => ok(get(zoneOf(store, request).id, request.params.setting_id ?? "")),
    },
    {
      method: "PATCH",
      path: "/zones/{zone_id}/settings/{setting_id}",
      handle: (request) => ok(set(zoneOf(store, request).id, request.params.setting_id ?? "", bodyOf(request))),
    },
  ];
}

function allowed(id: string, value: unknown): boolean {
  const [first, ...others] = DEFAULTS[id] ?? [];
  return others.length > 0 ? [first, ...others].includes(value) : typeof value === typeof first;
}
