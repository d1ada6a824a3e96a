import { nameOf } from "../../engine/events.ts";
import type { StateResource } from "../../engine/state.ts";
import type { Finding } from "../types.ts";

/**
 * What `pulumi import --file` takes: https://www.pulumi.com/docs/iac/guides/migration/import/#bulk-import-operations
 */
export interface ImportFile {
  /** Name → URN of what resources hang on. */
  nameTable?: Record<string, string>;
  resources: ImportedResource[];
}

interface ImportedResource {
  type: string;
  /** Unique in the file. */
  name: string;
  /** The name of the resource, where it cannot be unique in the file. */
  logicalName?: string;
  id?: string;
  parent?: string;
  component?: true;
}

/**
 * For the fleet's own stack: what its program has words for, each in the component in which the program declares it
 * once its lines are there. A component that is not in the stack yet is made; the fleet itself must be there.
 */
export function importForFleet(findings: readonly Finding[], state: readonly StateResource[]): ImportFile {
  const root = state.find(({ type }) => type === "fleet:index:Fleet")?.urn;
  if (root === undefined) return { resources: [] };
  const nameTable: Record<string, string> = { fleet: root };
  const made = new Map<string, ImportedResource>();
  const parentOf = (finding: Finding): string | undefined => {
    const place = placeOf(finding, state);
    if (!place) return undefined;
    const urn = state.find(({ type, urn }) => type === place.type && nameOf(urn) === place.name)?.urn;
    const key = `${place.is} ${place.name}`;
    if (urn !== undefined) nameTable[key] = urn;
    else made.set(key, { type: place.type, name: key, logicalName: place.name, component: true, parent: "fleet" });
    return key;
  };
  const resources = findings.flatMap((finding): ImportedResource[] => {
    const { name, pulumi, lines } = finding;
    const parent = pulumi && lines && parentOf(finding);
    return parent ? [{ type: pulumi.type, name, id: pulumi.id, parent }] : [];
  });
  return resources.length === 0
    ? { resources }
    : {
        nameTable,
        resources: [...made.values(), ...uniquelyNamed(resources, [...Object.keys(nameTable), ...made.keys()])],
      };
}

/** For a stack of another program: what the fleet has no words for. */
export const importForOthers = (findings: readonly Finding[]): ImportFile => ({
  resources: uniquelyNamed(
    findings.flatMap(({ name, lines, pulumi }): ImportedResource[] =>
      pulumi && !lines ? [{ type: pulumi.type, name, id: pulumi.id }] : [],
    ),
  ),
});

/** The component that has it, as in src/components. */
function placeOf(
  { kind, name }: Finding,
  state: readonly StateResource[],
): { is: string; type: string; name: string } | undefined {
  if (kind === "server") return { is: "machine", type: "fleet:hetzner:Server", name };
  if (kind === "droplet") return { is: "machine", type: "fleet:digitalocean:Droplet", name };
  if (kind !== "dns-record") return { is: "part", type: "fleet:cloudflare:Edge", name: "edge" };
  const zones = state.filter(({ type }) => type === "fleet:cloudflare:Zone").map(({ urn }) => nameOf(urn));
  const zone = zones
    .filter((each) => `.${name.split(" ")[0]}`.endsWith(`.${each}`))
    .sort((a, b) => b.length - a.length)[0];
  return zone === undefined ? undefined : { is: "zone", type: "fleet:cloudflare:Zone", name: zone };
}

/**
 * Of two with the same name in the file the second is called otherwise there; in the stack too, when both are of one
 * type.
 */
function uniquelyNamed(resources: readonly ImportedResource[], taken: readonly string[] = []): ImportedResource[] {
  const [names, inStack] = [new Set(taken), new Set<string>()];
  return resources.map((resource) => {
    let name = resource.name;
    for (let n = 2; names.has(name); n += 1) name = `${resource.name} ${n}`;
    names.add(name);
    const logicalName = resource.logicalName ?? resource.name;
    const isFree = !inStack.has(`${resource.type} ${logicalName}`);
    inStack.add(`${resource.type} ${logicalName}`);
    return { ...resource, name, ...(logicalName !== name && isFree && { logicalName }) };
  });
}
