import type { EngineEvent, StateMetadata, StepMetadata } from "../../src/engine/events.ts";

/** Events of the engine as a preview gives them, built from as little as a test is about. */

export const SERVICE = "fleet:host:Service";
export const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const FLEET = "urn:pulumi:s::fleet::fleet:index:Fleet::s";
export const machine = (host: string): string => `urn:pulumi:s::fleet::fleet:static:Machine::${host}`;
export const zone = (name: string): string => `urn:pulumi:s::fleet::fleet:cloudflare:Zone::${name}`;

type Inputs = Record<string, unknown>;
interface Sides {
  parent?: string;
  old?: Inputs;
  new?: Inputs;
  detailedDiff?: Record<string, string>;
}

export function step(
  op: string,
  type: string,
  name: string,
  { parent = FLEET, old, new: next, detailedDiff }: Sides,
): EngineEvent {
  const urn = `urn:pulumi:s::fleet::${type}::${name}`;
  const state = (inputs: Inputs): StateMetadata => ({ type, urn, custom: true, id: name, parent, inputs, outputs: {} });
  const diff =
    detailedDiff &&
    Object.fromEntries(Object.entries(detailedDiff).map(([path, diffKind]) => [path, { diffKind, inputDiff: true }]));
  const metadata: StepMetadata = {
    op,
    urn,
    type,
    old: old ? state(old) : null,
    new: next ? state(next) : null,
    detailedDiff: diff ?? null,
  };
  return { sequence: 0, timestamp: 0, resOutputsEvent: { metadata, planning: true } };
}

/** The component that a machine or zone is. */
export const component = (urn: string): EngineEvent => {
  const state: StateMetadata = { type: "", urn, custom: false, id: "", parent: FLEET, inputs: {}, outputs: {} };
  return {
    sequence: 0,
    timestamp: 0,
    resOutputsEvent: { metadata: { op: "same", urn, type: "", old: state, new: state }, planning: true },
  };
};

export const service = (op: string, host: string, name: string, sides: Sides): EngineEvent =>
  step(op, SERVICE, `${host}/${name}`, { parent: machine(host), ...sides });

/** A refresh of something that did not answer. */
export function unreachable(host: string, name: string, reason: string): EngineEvent {
  const event = service("refresh", host, name, { old: {}, new: {} });
  event.resOutputsEvent!.metadata.new!.initErrors = [`unknown: ${reason}`];
  return event;
}

export const failure = (message: string, urn?: string): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  diagnosticEvent: { severity: "error", message, urn },
});
