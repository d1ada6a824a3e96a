import { typeOf, type EngineEvent, type StepMetadata } from "./events.ts";

/** What a preview would do or an update did, by resource, as `fleet up --json` and `fleet preview --json` print it. */
export interface Changes {
  stack: string;
  summary: { create: number; update: number; replace: number; delete: number; same: number };
  resources: { urn: string; op: string; paths: string[] }[];
}

/**
 * The steps of a replacement are told as one; an import takes an existing thing into the state and changes nothing, so
 * it counts as same.
 */
const COUNTED: Record<string, keyof Changes["summary"] | undefined> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
  same: "same",
  import: "same",
};
const PARTS_OF_A_REPLACEMENT = new Set(["create-replacement", "delete-replaced", "discard-replaced"]);

/** What a step became that began and never reached its end; it counts as nothing that was done. */
const FAILED = "failed";

/** Reads the changes out of the engine's events. Refresh steps and the stack's own pseudo resource are left out. */
export function changesOf(stack: string, events: readonly EngineEvent[]): Changes {
  const steps = new Map<string, Changes["resources"][number]>();
  for (const event of events) {
    const step =
      event.resOutputsEvent?.metadata ?? event.resourcePreEvent?.metadata ?? event.resOpFailedEvent?.metadata;
    if (!step || step.op === "refresh" || step.op === "read" || typeOf(step.urn) === "pulumi:pulumi:Stack") continue;
    const reached = event.resOutputsEvent !== undefined || event.resourcePreEvent?.planning === true;
    const known = steps.get(step.urn);
    const paths = pathsOf(step);
    steps.set(step.urn, {
      urn: step.urn,
      op: reached ? opOf(step, known?.op) : FAILED,
      paths: paths.length > 0 ? paths : (known?.paths ?? []),
    });
  }
  return summarize(stack, [...steps.values()]);
}

const opOf = ({ op }: StepMetadata, known: string | undefined): string =>
  PARTS_OF_A_REPLACEMENT.has(op) || known === "replace" ? "replace" : op;

/**
 * Two runs told as one: what the second did to a resource counts, unless it left it alone, finished what the first had
 * made, or took it away again.
 */
export function mergeChanges(first: Changes, second: Changes): Changes {
  const merged = new Map(first.resources.map((r) => [r.urn, r]));
  for (const resource of second.resources) {
    const was = merged.get(resource.urn)?.op;
    if (was === "create" && resource.op === "delete") merged.delete(resource.urn);
    else if (was === "create" && resource.op === "update") continue;
    else if (resource.op !== "same" || was === undefined) merged.set(resource.urn, resource);
  }
  return summarize(first.stack, [...merged.values()]);
}

function summarize(stack: string, resources: Changes["resources"]): Changes {
  const summary = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  for (const { op } of resources) {
    const counted = COUNTED[op];
    if (counted) summary[counted] += 1;
  }
  return { stack, summary, resources: resources.sort((a, b) => (a.urn < b.urn ? -1 : 1)) };
}

function pathsOf(step: StepMetadata): string[] {
  if (step.op === "same" || step.op === "create") return [];
  return step.detailedDiff ? Object.keys(step.detailedDiff).sort() : [...(step.diffs ?? [])].sort();
}

/** The number of things that are not as declared. */
export const countChanges = (changes: Changes): number =>
  changes.summary.create + changes.summary.update + changes.summary.replace + changes.summary.delete;

/** The first error of each resource, without the engine's "1 error occurred:" before it. */
export function errorsByUrn(events: readonly EngineEvent[]): Map<string, string> {
  const errors = events.flatMap(({ diagnosticEvent: d }) =>
    d?.severity === "error" && d.urn
      ? [[d.urn, d.message.trim().replace(/^\d+ errors? occurred:\s*\* /, "")] as const]
      : [],
  );
  return new Map(errors.reverse());
}

/** The resources that failed, each once, and the errors of the run as a whole, such as those of the program. */
export function failuresOf(events: readonly EngineEvent[]): { urns: string[]; others: string[] } {
  const errors = events.flatMap(({ diagnosticEvent: d }) => (d?.severity === "error" ? [d] : []));
  const ofResource = (urn: string | undefined): urn is string =>
    urn !== undefined && urn !== "" && typeOf(urn) !== "pulumi:pulumi:Stack";
  const others = errors.filter((e) => !ofResource(e.urn)).map((e) => e.message.trim());
  return {
    urns: [...new Set(errors.flatMap((e) => (ofResource(e.urn) ? [e.urn] : [])))],
    others: others.filter((message) => !/^(update|preview|destroy|refresh) failed$/.test(message)),
  };
}
