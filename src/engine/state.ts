import { nameOf, typeOf } from "./events.ts";

/** What the engine remembers of a resource, secrets encrypted (apitype.ResourceV3). */
export interface StateResource {
  urn: string;
  type: string;
  /** False for a component. */
  custom?: boolean;
  /** It is neither deleted nor replaced. */
  protect?: boolean;
  id?: string;
  parent?: string;
  /** URNs that it was made with the outputs of, or after. */
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  /** URN of what it is gone with, so that it need not be deleted itself. */
  deletedWith?: string;
  /** URNs of what it is made anew with. */
  replaceWith?: string[];
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** What went wrong when it was made or looked at the last time. */
  initErrors?: string[];
}

/** The components that stand for a machine; each has its host's name. */
const MACHINES = new Set([
  "fleet:hetzner:Server",
  "fleet:static:Machine",
  "fleet:aws:Instance",
  "fleet:digitalocean:Droplet",
]);
export const isMachine = (urn: string): boolean => MACHINES.has(typeOf(urn));

/** Which host each resource belongs to, by URN; what stands at a provider alone, such as a DNS record, is left out. */
export function hostsByUrn(resources: readonly StateResource[]): Map<string, string> {
  const parents = new Map(resources.map((r) => [r.urn, r.parent]));
  const hostOf = (urn: string | undefined): string | undefined =>
    urn === undefined || urn === "" ? undefined : isMachine(urn) ? nameOf(urn) : hostOf(parents.get(urn));
  return new Map(
    resources.flatMap(({ urn, type, inputs }) => {
      // The keys of a mesh hang together below it.
      const host = type === "fleet:mesh:Key" ? String(inputs?.host) : hostOf(urn);
      return host === undefined ? [] : [[urn, host]];
    }),
  );
}

/** What was made with something of these, however indirectly: when they are made anew, it may have to change. */
export function dependentsOf(urns: ReadonlySet<string>, resources: readonly StateResource[]): Set<string> {
  const found = new Set<string>();
  // The engine keeps a resource behind all that it depends on.
  for (const { urn, dependencies = [] } of resources)
    if (!urns.has(urn) && dependencies.some((on) => urns.has(on) || found.has(on))) found.add(urn);
  return found;
}

/** Hosts on which a service was put in place and found in order. */
export const hostsWith = (service: string, resources: readonly StateResource[]): Set<string> =>
  new Set(
    resources
      .filter((r) => r.type === "fleet:host:Service" && r.inputs?.service === service && !r.initErrors?.length)
      .map((r) => String(r.inputs!.host)),
  );
