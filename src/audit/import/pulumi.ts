import { nameOf } from "../../engine/events.ts";
import type { StateResource } from "../../engine/state.ts";
import type { Finding } from "../types.ts";

/** What `pulumi import --file` takes: https://www.pulumi.com/docs/iac/guides/migration/import/#bulk-import-operations */
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
 * For the fleet's own stack: what its program has words for, each in the place in which the program declares it once its lines are there. What it hangs on
 * must be in the stack.
 */
export function importForFleet(findings: readonly Finding[], state: readonly StateResource[]): ImportFile {
  const nameTable: Record<string, string> = {};
  const resources = findings.flatMap((finding): ImportedResource[] => {
    const parent = finding.lines && parentOf(finding, state);
    if (!parent || !finding.pulumi) return [];
    const known = Object.keys(nameTable).find((key) => nameTable[key] === parent) ?? `parent${Object.keys(nameTable).length + 1}`;
    nameTable[known] = parent;
    return inPlace(finding, finding.pulumi, known);
  });
  return { ...(resources.length > 0 && { nameTable }), resources: uniquelyNamed(resources) };
}

/** For a stack of another program: what the fleet has no words for. */
export const importForOthers = (findings: readonly Finding[]): ImportFile =>
  ({ resources: uniquelyNamed(findings.flatMap(({ name, lines, pulumi }): ImportedResource[] => (pulumi && !lines ? [{ type: pulumi.type, name, id: pulumi.id }] : []))) });

/** A machine is a component of its own, with the server in it. */
function inPlace({ kind, name }: Finding, { type, id }: NonNullable<Finding["pulumi"]>, parent: string): ImportedResource[] {
  if (kind !== "server") return [{ type, name, id, parent }];
  const machine = `machine ${name}`;
  return [{ type: "fleet:hetzner:Server", name: machine, logicalName: name, component: true, parent }, { type, name, id, parent: machine }];
}

/** The URN of the component that has it, as in src/components. */
function parentOf({ kind, name }: Finding, state: readonly StateResource[]): string | undefined {
  const components = (type: string) => state.filter((resource) => resource.type === type).map(({ urn }) => urn);
  if (kind === "server") return components("fleet:index:Fleet")[0];
  if (kind !== "dns-record") return components("fleet:cloudflare:Edge")[0];
  const holds = (zone: string) => `.${name.split(" ")[0]}`.endsWith(`.${zone}`);
  return components("fleet:cloudflare:Zone").filter((urn) => holds(nameOf(urn))).sort((a, b) => nameOf(b).length - nameOf(a).length)[0];
}

/** Of two with the same name in the file the second is called otherwise there; in the stack too, when both are of one type. */
function uniquelyNamed(resources: readonly ImportedResource[]): ImportedResource[] {
  const [names, inStack] = [new Set<string>(), new Set<string>()];
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
