import { nameOf, typeOf, type EngineEvent, type StateMetadata, type StepMetadata } from "./events.ts";
import type { StateResource } from "./state.ts";
import { ABSENT, PRESENT, type Difference } from "./differences.ts";
import { differingPaths, propertyDifferences } from "./property-differences.ts";

export type DriftStatus = "same" | "drifted" | "unknown";

export interface DriftRow {
  urn: string;
  /** The host it belongs to; null for what stands at a provider alone, such as a DNS record. */
  host: string | null;
  name: string;
  status: DriftStatus;
  changes: Difference[];
  /** Why it is unknown. */
  reason?: string;
  /** Why the last `up` did not bring it to what it declared. */
  unreached?: string;
  /** It is not where the files lead it, because somebody failed it over (`fleet failover`): that is no drift. */
  failedOver?: FailedOverRow;
}

export interface FailedOverRow {
  /** "2026-11-30T07:18:19Z" */
  since: string;
  by: string;
  /** Tunnels, by name. */
  from: string;
  to: string;
  why?: string;
}

/** The last `up`, where it did not reach all that it declared. */
export interface LastUp {
  /** "2026-11-21T10:28:00.000Z" */
  begun: string;
  /** Left out when it has not ended: it was killed, or is still under way. */
  ended?: string;
  /** The files are not those of that `up`: what they declare now is told. */
  edited?: true;
}

/** What `fleet drift --format json` prints. */
export interface Drift {
  stack: string;
  summary: Record<DriftStatus, number>;
  resources: DriftRow[];
  lastUp?: LastUp;
}

/** Whether a difference is only another spelling of the same. */
type IsSame = (resource: StateMetadata, difference: Difference) => boolean;

/**
 * Reads drift out of the events of `pulumi refresh --preview-only`: what the last `up` declared against what is there
 * now.
 */
export function driftOf(stack: string, events: readonly EngineEvent[], isSame: IsSame = () => false): Drift {
  const rows = new Map<string, DriftRow>();
  const failures = new Map<string, string>();
  for (const event of events) {
    const step =
      event.resOutputsEvent?.metadata ?? event.resOpFailedEvent?.metadata ?? event.resourcePreEvent?.metadata;
    if (step && observable(step.urn, step.old ?? step.new))
      rows.set(
        step.urn,
        event.resOutputsEvent ? observedRow(step, isSame) : unknownRow(step, "its provider did not answer"),
      );
    const diagnostic = event.diagnosticEvent;
    if (diagnostic?.urn && diagnostic.severity === "error") failures.set(diagnostic.urn, diagnostic.message.trim());
  }
  for (const [urn, reason] of failures) {
    const row = rows.get(urn);
    if (row) Object.assign(row, { status: "unknown", changes: [], reason });
  }
  return summarized(stack, [...rows.values()]);
}

export function summarized(stack: string, rows: DriftRow[]): Drift {
  const resources = rows.sort((a, b) => (a.urn < b.urn ? -1 : 1));
  const summary = { same: 0, drifted: 0, unknown: 0 };
  for (const row of resources) summary[row.status] += 1;
  return { stack, summary, resources };
}

/** With everything else that the state holds as unknown: an engine that failed did not come to it. */
export function withUnseen({ stack, resources }: Drift, state: readonly StateResource[], reason: string): Drift {
  const seen = new Set(resources.map(({ urn }) => urn));
  const rest = state.filter((resource) => observable(resource.urn, resource) && !seen.has(resource.urn));
  return summarized(stack, [
    ...resources,
    ...rest.map(({ urn, inputs }): DriftRow => ({ ...identity(urn, inputs), status: "unknown", changes: [], reason })),
  ]);
}

/** Components and providers have nothing to observe. */
export const observable = (urn: string, state: { custom?: boolean } | null | undefined): boolean =>
  state?.custom === true && !typeOf(urn).startsWith("pulumi:");

function observedRow(step: StepMetadata, isSame: IsSame): DriftRow {
  const declared = step.old;
  const found = step.new;
  const reason = found?.initErrors?.[0];
  if (reason) return unknownRow(step, reason.replace(/^unknown: /, ""));
  const changes =
    !found || step.op === "delete"
      ? [{ path: "", declared: PRESENT, found: ABSENT }]
      : changesBetween(step, declared, found).filter((change) => !isSame(found, change));
  return { ...identityOf(step), status: changes.length > 0 ? "drifted" : "same", changes };
}

/** The provider's own diff names what counts; without one, the inputs are compared. */
function changesBetween(
  step: StepMetadata,
  declared: StateMetadata | null | undefined,
  found: StateMetadata,
): Difference[] {
  if (step.op === "same") return [];
  const [type, before] = [typeOf(step.urn), declared ?? undefined];
  const paths = Object.keys(step.detailedDiff ?? {}).sort();
  return propertyDifferences(type, paths.length > 0 ? paths : differingPaths(type, before, found), before, found);
}

const unknownRow = (step: StepMetadata, reason: string): DriftRow => ({
  ...identityOf(step),
  status: "unknown",
  changes: [],
  reason,
});

const identityOf = (step: StepMetadata) => identity(step.urn, (step.old ?? step.new)?.inputs);

/** What is called like its host. */
const MACHINES: ReadonlySet<string> = new Set(["hcloud:index/server:Server", "digitalocean:index/droplet:Droplet"]);

export function identity(
  urn: string,
  inputs: Record<string, unknown> = {},
): { urn: string; host: string | null; name: string } {
  const tagged = (inputs.tags as { host?: unknown } | undefined)?.host;
  const host = [inputs.host, tagged, MACHINES.has(typeOf(urn)) ? inputs.name : undefined].find(
    (name) => typeof name === "string",
  );
  return { urn, host: host ?? null, name: nameOf(urn) };
}

/** 0: as declared · 2: drift · 3: something could not be observed. */
export function driftExitCode(drift: Drift): 0 | 2 | 3 {
  if (drift.summary.unknown > 0) return 3;
  return drift.summary.drifted > 0 ? 2 : 0;
}
