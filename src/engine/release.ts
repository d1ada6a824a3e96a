import { nameOf } from "./events.ts";
import { hostsByUrn, isMachine, type StateResource } from "./state.ts";

/** Things that are a part of what they were made after, and of what: nobody declares them without it. */
const PARTS: Record<string, string> = {
  "cloudflare:index/r2CustomDomain:R2CustomDomain": "cloudflare:index/r2Bucket:R2Bucket",
  "cloudflare:index/workersKv:WorkersKv": "cloudflare:index/workersKvNamespace:WorkersKvNamespace",
  "cloudflare:index/workersCustomDomain:WorkersCustomDomain": "cloudflare:index/workersScript:WorkersScript",
  "cloudflare:index/workersRoute:WorkersRoute": "cloudflare:index/workersScript:WorkersScript",
  "cloudflare:index/pagesDomain:PagesDomain": "cloudflare:index/pagesProject:PagesProject",
};
/** The record of a host name at Pages is made for it, and comes before it. */
const PAGES_DOMAIN = "cloudflare:index/pagesDomain:PagesDomain";
const RECORD = "cloudflare:index/dnsRecord:DnsRecord";

/**
 * Things and all that belongs to them alone: what stands below them, their parts, what was made for those, and what the
 * fleet keeps of a host elsewhere, such as its key of the mesh.
 */
export function withItsOwn(urns: readonly string[], state: readonly StateResource[]): Set<string> {
  const types = new Map(state.map(({ urn, type }) => [urn, type]));
  const hosts = hostsByUrn(state);
  const whole = new Set(urns.filter(isMachine).map(nameOf));
  const own = new Set(urns);
  const belongs = ({ urn, type, parent = "", dependencies = [] }: StateResource): boolean =>
    own.has(parent) ||
    whole.has(hosts.get(urn) ?? "") ||
    dependencies.some((on) => own.has(on) && types.get(on) === PARTS[type]) ||
    (type === RECORD && isOnlyFor(urn, state, own));
  for (let before = -1; before !== own.size;) {
    before = own.size;
    for (const resource of state) if (belongs(resource)) own.add(resource.urn);
  }
  return own;
}

/** Whether all that was made after a record are host names of Pages that go too. */
function isOnlyFor(record: string, state: readonly StateResource[], own: ReadonlySet<string>): boolean {
  const after = state.filter(({ dependencies = [] }) => dependencies.includes(record));
  return after.length > 0 && after.every(({ urn, type }) => type === PAGES_DOMAIN && own.has(urn));
}

/** As much of an exported stack as is changed here; everything else in it stays as it is. */
export interface ExportedStack {
  deployment: { resources?: StateResource[]; pending_operations?: { resource: { urn: string } }[] };
}

/** A stack without some of its resources, and with nothing that speaks of them. */
export function without<Exported extends ExportedStack>(exported: Exported, gone: ReadonlySet<string>): Exported {
  const { deployment } = exported;
  const { resources = [], pending_operations: pending } = deployment;
  return {
    ...exported,
    deployment: {
      ...deployment,
      resources: resources.filter(({ urn }) => !gone.has(urn)).map((resource) => withoutWord(resource, gone)),
      ...(pending && { pending_operations: pending.filter(({ resource }) => !gone.has(resource.urn)) }),
    },
  };
}

function withoutWord(resource: StateResource, gone: ReadonlySet<string>): StateResource {
  const left = (urns: readonly string[]) => urns.filter((urn) => !gone.has(urn));
  const { dependencies, propertyDependencies, deletedWith, replaceWith } = resource;
  return {
    ...resource,
    ...(dependencies && { dependencies: left(dependencies) }),
    ...(propertyDependencies && {
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([property, urns]) => [property, left(urns ?? [])]),
      ),
    }),
    ...(deletedWith !== undefined && gone.has(deletedWith) && { deletedWith: undefined }),
    ...(replaceWith && { replaceWith: left(replaceWith) }),
  };
}
