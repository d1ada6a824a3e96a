import { canonicalHostname } from "../../../model/dns-form.ts";
import type { Tunnel } from "../../../model/edge.ts";

/** A tunnel's configuration, in the provider's words or the API's. */
export type Document = Record<string, unknown>;

/** What the model says, in the provider's words. */
export function documentOf({ ingress, origin, fallback }: Tunnel): Document {
  return {
    ingresses: [
      ...ingress.map((each) => ({
        hostname: canonicalHostname(each.hostname),
        ...(each.path !== undefined && { path: each.path }),
        service: each.service,
        ...originRequest(each.origin),
      })),
      { service: fallback },
    ],
    ...originRequest(origin),
  };
}

/** Only what is switched on: everything else is the same as left out. */
function originRequest({ noTLSVerify, ...rest }: NonNullable<Tunnel["origin"]> = {}): Document {
  const set = Object.entries({ ...rest, noTlsVerify: noTLSVerify }).filter(([, value]) => value);
  return set.length === 0 ? {} : { originRequest: Object.fromEntries(set) };
}

/** Where the provider calls it otherwise than the API. */
const NAMES: Record<string, string> = { ingress: "ingresses", noTLSVerify: "noTlsVerify" };

/** A document without what Cloudflare fills in: what is empty or off, and routes for WARP. */
export function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(said);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "warp-routing")
      .map(([name, inner]) => [NAMES[name] ?? name, said(inner)] as const)
      .filter(([, inner]) => inner && !(typeof inner === "object" && Object.keys(inner).length === 0)),
  );
}
