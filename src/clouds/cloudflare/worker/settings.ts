import type { Inputs } from "../../kind.ts";

export interface ShownBinding {
  name: string;
  type: string;
}

/** Settings of a Worker as the API shows them. */
export interface ShownSettings {
  bindings?: ShownBinding[];
  compatibility_date?: string;
  compatibility_flags?: string[];
  limits?: Record<string, unknown> | null;
  logpush?: boolean;
  observability?: Record<string, unknown> | null;
  placement?: { mode?: string } | null;
  tail_consumers?: Record<string, unknown>[] | null;
}

/** Settings that the fleet has no words for: an upload sends them as they were found. */
export const KEPT_SETTINGS = [
  "compatibilityFlags",
  "limits",
  "logpush",
  "observability",
  "placement",
  "tailConsumers",
] as const;

/** Those that are not as in every new Worker, as the provider takes them. */
export function settingsOf(shown: ShownSettings): Inputs {
  const { compatibility_flags = [], limits, logpush, observability, placement, tail_consumers } = shown;
  const settings: Record<(typeof KEPT_SETTINGS)[number], unknown> = {
    compatibilityFlags: compatibility_flags,
    limits: camel(limits),
    logpush,
    observability: camel(observability),
    placement: camel(placement),
    tailConsumers: camel(tail_consumers),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => !isDefault(value)));
}

const isDefault = (value: unknown): boolean =>
  value === undefined || value === null || value === false || (typeof value === "object" && isBare(value));
const isBare = (value: object): boolean => Object.values(value).every((inner) => isDefault(inner));

function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      camel(inner),
    ]),
  );
}

/**
 * Every kind of binding that an upload can leave as it is: Cloudflare's API, keep_bindings of an uploaded script's
 * metadata. Which of them one has that was typed in elsewhere is not known beforehand.
 */
export const KEEPABLE = [
  "ai",
  "analytics_engine",
  "browser",
  "d1",
  "dispatch_namespace",
  "durable_object_namespace",
  "hyperdrive",
  "json",
  "kv_namespace",
  "mtls_certificate",
  "plain_text",
  "queue",
  "r2_bucket",
  "secret_key",
  "secret_text",
  "secrets_store_secret",
  "send_email",
  "service",
  "vectorize",
  "version_metadata",
  "workflow",
];
