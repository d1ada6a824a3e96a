import type { StateResource } from "../engine/state.ts";
import { addressesInState, knownAddress } from "../existing/declared.ts";
import { fullName } from "../model/dns.ts";
import type { DnsRecord } from "../model/dns-record.ts";
import type { Fleet } from "../model/fleet.ts";
import { fingerprintsIn } from "./host/keys.ts";
import type { PulumiId } from "./types.ts";

/** What of a provider's things is declared. */
export interface DeclaredAtProviders {
  /** "type id" of what the stack holds, also of what was taken out of the program since. */
  ids: ReadonlySet<string>;
  /** "kind/name" of what the program declares, also of what is only planned, and of what it never brought up. */
  keys: ReadonlySet<string>;
  /** Public IPv4 addresses of hosts. */
  addresses: ReadonlySet<string>;
  /** Fingerprints of keys that may log in to hosts. */
  operatorKeys: ReadonlySet<string>;
}

/** @param operatorKeys public keys, one a line */
export function declaredAtProviders(
  fleet: Fleet,
  state: readonly StateResource[],
  operatorKeys: string,
): DeclaredAtProviders {
  const { hosts, zones, edge } = fleet;
  const existing = addressesInState(state);
  const address = (host: string): string => knownAddress(fleet, existing, host) ?? "";
  const target = (record: DnsRecord): string =>
    typeof record.target === "string" ? record.target : address(record.target.name);
  const keys = [
    ...hosts.filter((host) => host.kind === "hetzner").flatMap(({ name }) => [`server/${name}`, `firewall/${name}`]),
    ...hosts.filter((host) => host.kind === "aws").map(({ name }) => `aws/${name}`),
    ...zones.flatMap((zone) =>
      zone.records.map((record) =>
        recordKey({ type: record.type, name: fullName(record, zone.name), content: target(record) }),
      ),
    ),
    ...edge.pages.flatMap((project) =>
      project.domains.map((name) => recordKey({ type: "CNAME", name, content: `${project.name}.pages.dev` })),
    ),
    ...edge.workers.flatMap((worker) => [
      `worker/${worker.name}`,
      ...worker.hostnames.map((hostname) => `worker-domain/${hostname}`),
      ...worker.routes.map(({ pattern }) => `worker-route/${pattern}`),
    ]),
    ...edge.buckets.map(({ name }) => `bucket/${name}`),
    ...edge.kv.map(({ name }) => `kv-namespace/${name}`),
    ...edge.d1.map(({ name }) => `database/${name}`),
    ...edge.pages.map(({ name }) => `pages-project/${name}`),
    ...edge.tunnels.map(({ name }) => `tunnel/${name}`),
  ];
  return {
    ids: new Set(state.flatMap(({ type, id }) => (id ? [idKey({ type, id })] : []))),
    keys: new Set(keys),
    addresses: new Set(hosts.map(({ name }) => address(name)).filter(Boolean)),
    operatorKeys: new Set(fingerprintsIn(operatorKeys)),
  };
}

/** What makes a record one of its kind, in lower case and without quotation marks around text. */
export const recordKey = ({ type, name, content }: { type: string; name: string; content: string }): string =>
  `dns-record/${name.toLowerCase()} ${type} ` +
  (type === "TXT" ? content.replace(/^"(.*)"$/s, "$1") : content.toLowerCase());

export const idKey = ({ type, id }: PulumiId): string => `${type} ${id}`;
