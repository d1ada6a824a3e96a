import { typeOf, type EngineEvent, type StepMetadata } from "./events.ts";

/** What a preview would do or an update did, by resource, as `fleet up --json` and `fleet preview --json` print it. */
export interface Changes {
  stack: string;
  summary: { create: number; update: number; replace: number; delete: number; same: number };
  resources: { urn: string; op: string; paths: string[] }[];
}

/** The steps of a replacement are told as one; an import takes an existing thing into the state and changes nothing, so it counts as same. */
const COUNTED: Record<string, keyof Changes["summary"] | undefined> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
  same: "same",
  import: "same",
};
const PARTS_OF_A_REPLACEMENT = new Set(["create-replacement", "delete-replaced", "discard-replaced"]);

/** Reads the changes out of the engine's events. Refresh steps and the stack's own pseudo resource are left out. */
export function changesOf(stack: string, events: readonly EngineEvent[]): Changes {
  const steps = new Map<string, Changes["resources"][number]>();
  for (const event of events) {
    const step = event.resOutputsEvent?.metadata ?? event.resourcePreEvent?.metadata ?? event.resOpFailedEvent?.metadata;
    if (!step || step.op === "refresh" || step.op === "read" || typeOf(step.urn) === "pulumi:pulumi:Stack") continue;
    const op = PARTS_OF_A_REPLACEMENT.has(step.op) ? "replace" : step.op;
    const known = steps.get(step.urn);
    const paths = pathsOf(step);
    steps.set(step.urn, { urn: step.urn, op: known && known.op === "replace" ? "replace" : op, paths: paths.length > 0 ? paths : (known?.paths ?? []) });
  }
  return summarize(stack, [...steps.values()]);
}

/** Two runs told as one: what the second did to a resource counts, unless it left it alone. */
export function mergeChanges(first: Changes, second: Changes): Changes {
  const merged = new Map(first.resources.map((r) => [r.urn, r]));
  for (const resource of second.resources) if (resource.op !== "same" || !merged.has(resource.urn)) merged.set(resource.urn, resource);
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

/** Every error of a run, in order, each with its resource where it has one. */
export const errorsOf = (events: readonly EngineEvent[]): { urn?: string; message: string }[] =>
  events.flatMap((e) => (e.diagnosticEvent?.severity === "error" ? [{ urn: e.diagnosticEvent.urn, message: e.diagnosticEvent.message.trim() }] : []));
