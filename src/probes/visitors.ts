import { fullName } from "../model/dns.ts";
import type { Fleet } from "../model/fleet.ts";
import { isActive } from "../model/status.ts";
import { runProbe, type ProbeResult } from "./run.ts";

/** The proxy renews its certificates 30 days before their end (Cloudflare, Universal SSL): fewer say that it failed. */
const DAYS_LEFT = 14;

/**
 * What visitors are shown for names behind Cloudflare's proxy: the proxy's certificate, while checks of a host see the
 * one behind it.
 */
export const visitorsResults = (fleet: Fleet): Promise<ProbeResult[]> =>
  Promise.all(
    proxiedNames(fleet).map(async (name) => {
      const probe = { kind: "tls", port: 443, name, daysLeft: DAYS_LEFT, trust: "authorities" } as const;
      const result = await runProbe(probe, name, () => "");
      return { ...result, what: `${result.what}, as visitors see it through the proxy` };
    }),
  );

export const proxiedNames = (fleet: Fleet): string[] => [
  ...new Set(
    fleet.zones
      .filter(isActive)
      .flatMap((zone) =>
        zone.records
          .filter((record) => isActive(record) && "proxied" in record && record.proxied)
          .map((record) => fullName(record, zone.name)),
      )
      .filter((name) => !name.startsWith("*")),
  ),
];
