import type { StateResource } from "../engine/state.ts";
import { addressesInState, addressOf } from "../clouds/addresses.ts";
import { fingerprintsIn } from "../clouds/fingerprint.ts";
import type { AuditKnown, Known } from "../clouds/kind.ts";
import { kinds } from "../clouds/vendors.ts";
import type { Fleet } from "../model/fleet.ts";
import type { PulumiId } from "./types.ts";

/** What of a provider's things is declared. */
export interface DeclaredAtProviders extends AuditKnown {
  /** "type id" of what the stack holds, also of what was taken out of the program since. */
  ids: ReadonlySet<string>;
  /** "kind identity" of what the program declares, also of what is only planned, and of what it never brought up. */
  keys: ReadonlySet<string>;
  /** What a machine's address is, for kinds that are known by it. */
  known: Known;
}

/** @param operatorKeys public keys, one a line */
export function declaredAtProviders(
  fleet: Fleet,
  state: readonly StateResource[],
  operatorKeys: string,
): DeclaredAtProviders {
  const addresses = addressesInState(state);
  const known: Known = { address: (host) => addressOf(fleet, addresses, host), script: () => undefined };
  const keys = kinds.flatMap((kind) =>
    kind.declared(fleet).flatMap(({ model }) => {
      const identity = kind.identity(model, known);
      return identity === undefined ? [] : [identityKey(kind.is, identity)];
    }),
  );
  return {
    fleet,
    ids: new Set(state.flatMap(({ type, id }) => (id ? [idKey({ type, id })] : []))),
    keys: new Set(keys),
    known,
    addresses: new Set(fleet.hosts.flatMap(({ name }) => known.address(name) ?? [])),
    operatorKeys: new Set(fingerprintsIn(operatorKeys)),
  };
}

export const identityKey = (kind: string, identity: string): string => `${kind} ${identity}`;

export const idKey = ({ type, id }: PulumiId): string => `${type} ${id}`;
