import { fullName } from "../model/dns.ts";
import type { Fleet } from "../model/fleet.ts";
import { isActive } from "../model/status.ts";
import { hostnamesOfTunnel } from "../model/tunnel.ts";
import { httpGet } from "./http.ts";
import { runProbe, type ProbeResult } from "./run.ts";

/** The proxy renews its certificates 30 days before their end (Cloudflare, Universal SSL): fewer say that it failed. */
const DAYS_LEFT = 14;

/** Where the proxy is, and what vouches for it besides the system's authorities. */
interface Proxy {
  address: (name: string) => Promise<string>;
  authorities?: readonly string[];
}

/**
 * What visitors are shown for names behind Cloudflare's proxy: the proxy's certificate, while checks of a host see the
 * one behind it; and that somebody answers behind a tunnel, which nobody else reaches.
 */
export const visitorsResults = async (fleet: Fleet, proxy: Proxy): Promise<ProbeResult[]> => {
  const tunnelled = fleet.edge.tunnels
    .filter((tunnel) => isActive(tunnel) && !tunnel.standby)
    .flatMap((tunnel) => hostnamesOfTunnel(tunnel).map((name) => ({ name, tunnel: tunnel.name })))
    .filter(({ name }) => !name.startsWith("*"));
  const names = [...proxiedNames(fleet), ...tunnelled.map(({ name }) => name)];
  return Promise.all([
    ...names.map((name) => certificateResult(name, proxy)),
    ...tunnelled.map(({ name, tunnel }) => tunnelResult(name, tunnel, proxy)),
  ]);
};

async function certificateResult(name: string, { address, authorities }: Proxy): Promise<ProbeResult> {
  const probe = { kind: "tls", port: 443, name, daysLeft: DAYS_LEFT, trust: "authorities" } as const;
  const at = await address(name).catch(() => name);
  const { what, ...result } = await runProbe(probe, at, () => "", { authorities });
  return { what: `${what.replace(`on ${at}:`, `on ${name}:`)}, as visitors see it through the proxy`, ...result };
}

/** What the proxy says when nobody answers behind it. Source: developers.cloudflare.com, "Cloudflare 5xx errors". */
const REASONS: Record<number, string> = {
  502: "a connector is there, but what it leads to does not answer",
  530: "no connector carries the tunnel",
};

async function tunnelResult(name: string, tunnel: string, { address }: Proxy): Promise<ProbeResult> {
  const what = `https://${name}/ is answered through the tunnel ${tunnel}`;
  try {
    const ask = { tls: true, port: 443, host: name, path: "/", headers: {} };
    const { status } = await httpGet({ ...ask, address: await address(name) });
    return {
      what,
      problem: status < 500 ? undefined : `status ${status}${REASONS[status] ? `: ${REASONS[status]}` : ""}`,
    };
  } catch (error) {
    return { what, problem: (error as Error).message };
  }
}

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
