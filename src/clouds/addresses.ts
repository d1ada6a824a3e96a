import type { StateResource } from "../engine/state.ts";
import type { FleetParts } from "../model/fleet-parts.ts";
import { kinds } from "./vendors.ts";

/** Public IPv4 addresses of machines, by host; and where tunnels are reached. */
export type Addresses = Readonly<Record<string, string>>;

/** Those of what a stack holds. */
export const addressesInState = (resources: readonly StateResource[]): Addresses =>
  Object.fromEntries(
    resources.flatMap((resource) => {
      const kind = kinds.find(({ token }) => token === resource.type);
      const known = kind?.address?.held(resource);
      return known ? [known] : [];
    }),
  );

/**
 * A host's public address: from its file, or from the cloud for one that the fleet made; undefined for one that is
 * still to be made.
 */
export const addressOf = (
  { hosts }: Pick<FleetParts, "hosts">,
  addresses: Addresses,
  host: string,
): string | undefined => hosts.find(({ name }) => name === host)?.ipv4 ?? addresses[host];
