import { hostsByUrn, type StateResource } from "../engine/state.ts";
import { vendors } from "../clouds/vendors.ts";
import type { Fleet } from "../model/fleet.ts";
import type { Host } from "../model/host.ts";
import { isActive } from "../model/status.ts";
import type { Pool } from "../transport/pool.ts";
import type { Connection } from "../transport/types.ts";
import { declaredAtProviders } from "./declared.ts";
import { declaredOn } from "./host/declared.ts";
import { lookAtHost } from "./host/look.ts";
import { auditPlace } from "./place.ts";
import type { Looked } from "./types.ts";

export interface AuditInput {
  fleet: Fleet;
  /** Host name → the file that declares it. */
  files: Readonly<Record<string, string>>;
  /** What the stack holds. */
  state: readonly StateResource[];
  /** Where the providers are, and the tokens for them. */
  env: NodeJS.ProcessEnv;
  /** Whether machines are the lab's, with its stand-ins. */
  standIns: boolean;
  /** Public keys that may log in to every host, one a line. */
  operatorKeys: string;
  /** How a host is reached. */
  connectionTo: (host: string) => Connection;
}

export type LookedAt = { place: string; host: string | null } & Looked;

/**
 * Looks at everything that the fleet uses, all at once: providers, then hosts. What cannot be looked at holds up
 * nothing else.
 */
export async function audit(input: AuditInput, pool: Pool): Promise<LookedAt[]> {
  const [atProviders, onHosts] = await Promise.all([
    auditProviders(input),
    Promise.all(hostsOf(input).map((host) => auditHost(input, pool, host))),
  ]);
  return [...atProviders, ...onHosts];
}

/**
 * Hosts that are in the stack, also when their files are gone, and those that exist without it. One that is still to be
 * made is not there to be looked at.
 */
export function hostsOf({ fleet, state }: Pick<AuditInput, "fleet" | "state">): string[] {
  const existing = fleet.hosts
    .filter((host) => isActive(host) && (host.kind === "static" || host.adopt))
    .map(({ name }) => name);
  return [...new Set([...existing, ...hostsByUrn(state).values()])].sort();
}

/** One host alone. */
export async function auditHost(
  { fleet, files, state, standIns, operatorKeys, connectionTo }: AuditInput,
  pool: Pool,
  name: string,
): Promise<LookedAt> {
  const host: Host | undefined = fleet.hosts.find((each) => each.name === name);
  const services = state.filter(({ type, inputs }) => type === "fleet:host:Service" && inputs?.host === name);
  const looked = await lookAtHost(pool, {
    name,
    os: host?.os,
    connection: connectionTo(name),
    declared: declaredOn(host, services, { standIns, operatorKeys }),
    file: files[name] ?? `hosts/${fleet.name}/${name}.ts`,
  });
  return { place: name, host: name, ...looked };
}

/** Providers that the program or the stack uses. */
function auditProviders({ fleet, state, env, operatorKeys }: AuditInput): Promise<LookedAt[]> {
  const declared = declaredAtProviders(fleet, state, operatorKeys);
  return Promise.all(
    vendors.flatMap((vendor) =>
      vendor.places(fleet, state, env).map(async (place): Promise<LookedAt> => ({
        place: place.name,
        host: null,
        ...(await auditPlace(vendor, place, declared)),
      })),
    ),
  );
}
