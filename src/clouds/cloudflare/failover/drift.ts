import { summarized, type Drift, type DriftRow } from "../../../engine/drift.ts";
import { typeOf, type EngineEvent, type StateMetadata } from "../../../engine/events.ts";
import { readMark } from "../../../model/failover.ts";
import { record } from "../record/index.ts";
import { targetOfTunnel, tunnel } from "../tunnel/index.ts";

/** What a failover changes of a record. */
const CHANGED = new Set(["content", "comment"]);

/**
 * Drift in which a name that was failed over, or back again since the state was last written, is as it should be. One
 * that leads elsewhere than its mark says was led there by hand: it is drift as ever.
 */
export function withFailovers(drift: Drift, events: readonly EngineEvent[]): Drift {
  // A tunnel that did not answer is where the state has it.
  const steps = events.flatMap((event) => (event.resOutputsEvent ?? event.resourcePreEvent)?.metadata ?? []);
  const targets = new Map(
    steps.flatMap(({ urn, old, new: found }) => {
      const one = found ?? old;
      return typeOf(urn) === tunnel.token && one ? [[said(one, "name"), targetOfTunnel(one.id)] as const] : [];
    }),
  );
  const records = new Map(steps.filter(({ urn }) => typeOf(urn) === record.token).map((step) => [step.urn, step]));
  return {
    ...drift,
    ...summarized(
      drift.stack,
      drift.resources.map((row): DriftRow => {
        const { old, new: found } = records.get(row.urn) ?? {};
        if (!found || row.status === "unknown") return row;
        const leadsTo = (name: string | undefined) =>
          name !== undefined && targets.get(name) === said(found, "content");
        const mark = readMark(commentOf(found));
        const before = readMark(commentOf(old));
        if (mark && leadsTo(mark.to)) return { ...asMeant(row), failedOver: mark };
        return !mark && !commentOf(found) && leadsTo(before?.from) ? asMeant(row) : row;
      }),
    ),
  };
}

function asMeant(row: DriftRow): DriftRow {
  const changes = row.changes.filter(({ path }) => !CHANGED.has(path));
  return { ...row, changes, status: changes.length > 0 ? row.status : "same" };
}

/** Outputs tell what is there also where no input was given. */
function said({ inputs, outputs }: StateMetadata, property: string): string {
  const value = outputs[property] ?? inputs[property];
  return typeof value === "string" ? value : "";
}

const commentOf = (state: StateMetadata | null | undefined): string => (state ? said(state, "comment") : "");
