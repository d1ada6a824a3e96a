import { changesOf } from "./changes.ts";
import { identity, observable, summarized, type Drift, type DriftRow, type LastUp } from "./drift.ts";
import { nameOf, type EngineEvent } from "./events.ts";
import { hostsByUrn } from "./state.ts";

/** One thing that the last `up` declared and did not reach. */
export interface Unreached {
  urn: string;
  /** As in a row of drift. */
  host: string | null;
  why: string;
}

/** What a preview would still change. */
export interface Pending {
  urn: string;
  op: string;
  /** As in a row of drift. */
  host: string | null;
  /** The machine that it belongs to, also where it stands at its provider. */
  machine: string | undefined;
}

/** Reads out of a preview's events what is still to be done. Components and providers have nothing to be reached. */
export function pendingIn(stack: string, events: readonly EngineEvent[]): Pending[] {
  const states = new Map(
    events.flatMap(({ resourcePreEvent, resOutputsEvent }) => {
      const step = (resourcePreEvent ?? resOutputsEvent)?.metadata;
      const state = step?.new ?? step?.old;
      return step && state ? [[step.urn, state] as const] : [];
    }),
  );
  const machines = hostsByUrn([...states.values()]);
  return changesOf(stack, events).resources.flatMap(({ urn, op }) => {
    const state = states.get(urn);
    if (op === "same" || !observable(urn, state)) return [];
    return [{ urn, op, host: identity(urn, state?.inputs).host, machine: machines.get(urn) }];
  });
}

/**
 * What is there may look as declared although the last `up` declared something else: the state holds only what was
 * reached.
 */
export function withUnreached(drift: Drift, lastUp: LastUp, unreached: readonly Unreached[]): Drift {
  const rows = new Map(drift.resources.map((row) => [row.urn, row]));
  for (const { urn, host, why } of unreached) {
    const row: DriftRow = rows.get(urn) ?? { urn, host, name: nameOf(urn), status: "drifted", changes: [] };
    rows.set(urn, { ...row, status: row.status === "unknown" ? "unknown" : "drifted", unreached: why });
  }
  return { ...summarized(drift.stack, [...rows.values()]), ...(unreached.length > 0 && { lastUp }) };
}

/**
 * With the stack itself as unknown: that an `up` did not reach all of it is known, and not what.
 * @param host where that alone is asked about
 */
export function withUnknownRest(drift: Drift, reason: string, host: string | null): Drift {
  const name = `fleet-${drift.stack}`;
  const urn = `urn:pulumi:${drift.stack}::fleet::pulumi:pulumi:Stack::${name}`;
  const row: DriftRow = { urn, host, name, status: "unknown", changes: [], reason };
  return summarized(drift.stack, [...drift.resources, row]);
}
