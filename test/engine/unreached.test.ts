import { describe, expect, test } from "vitest";
import type { Drift, DriftRow } from "../../src/engine/drift.ts";
import type { EngineEvent, StateMetadata } from "../../src/engine/events.ts";
import { pendingIn, withUnknownRest, withUnreached } from "../../src/engine/unreached.ts";

const urn = (type: string, name: string) => `urn:pulumi:s::fleet::fleet:index:Fleet$${type}::${name}`;
const MACHINE = urn("fleet:hetzner:Server", "web");
const service = (name: string) => urn("fleet:host:Service", name);

describe("what is still to be done", () => {
  const step = (
    op: string,
    type: string,
    name: string,
    inputs: Record<string, unknown> = {},
    more: Partial<StateMetadata> = {},
  ): EngineEvent => {
    const state: StateMetadata = {
      type,
      urn: urn(type, name),
      custom: true,
      id: "",
      parent: MACHINE,
      inputs,
      outputs: {},
      ...more,
    };
    const metadata = { op, urn: state.urn, type, ...(op === "delete" ? { old: state } : { new: state }) };
    return { sequence: 0, timestamp: 0, resourcePreEvent: { metadata, planning: true } };
  };
  const machine = step("create", "fleet:hetzner:Server", "web", {}, { custom: false, parent: "" });
  test.each<[string, EngineEvent[], unknown[]]>([
    ["nothing of what is the same", [step("same", "fleet:host:Service", "web/x", { host: "web" })], []],
    ["no component and no provider", [machine, step("create", "pulumi:providers:aws", "london")], []],
    ...["create", "update", "replace", "delete", "import"].map((op): [string, EngineEvent[], unknown[]] => [
      op,
      [machine, step(op, "fleet:host:Service", "web/x", { host: "web" })],
      [{ urn: service("web/x"), op, host: "web", machine: "web" }],
    ]),
    [
      "what stands at a provider, with the machine that it belongs to",
      [machine, step("create", "hcloud:index/firewall:Firewall", "web-firewall", { name: "web" })],
      [{ urn: urn("hcloud:index/firewall:Firewall", "web-firewall"), op: "create", host: null, machine: "web" }],
    ],
    [
      "what belongs to none",
      [step("create", "cloudflare:index/dnsRecord:DnsRecord", "www A", {}, { parent: "" })],
      [{ urn: urn("cloudflare:index/dnsRecord:DnsRecord", "www A"), op: "create", host: null, machine: undefined }],
    ],
  ])("%s", (_what, events, expected) => expect(pendingIn("s", events)).toEqual(expected));
});

const row = (name: string, more: Partial<DriftRow> = {}): DriftRow => ({
  urn: service(name),
  host: "web",
  name,
  status: "same",
  changes: [],
  ...more,
});
const mode = { path: "mode", declared: "0600", found: "0644" };
const drift = (...resources: DriftRow[]): Drift => ({
  stack: "s",
  summary: { same: 0, drifted: 0, unknown: 0 },
  resources,
});
const lastUp = { begun: "2026-11-21T10:28:00.000Z" };
const why = (name: string) => ({ urn: service(name), host: "web", why: "refused" });

describe("drift with what was not reached", () => {
  test.each<[string, DriftRow[], DriftRow]>([
    [
      "what looks as declared drifted",
      [row("web/x"), row("web/y")],
      row("web/x", { status: "drifted", unreached: "refused" }),
    ],
    [
      "what drifted keeps its differences",
      [row("web/x", { status: "drifted", changes: [mode] }), row("web/y")],
      row("web/x", { status: "drifted", changes: [mode], unreached: "refused" }),
    ],
    [
      "what is unknown stays so",
      [row("web/x", { status: "unknown", reason: "timed out" }), row("web/y")],
      row("web/x", { status: "unknown", reason: "timed out", unreached: "refused" }),
    ],
    ["what is not there is told as well", [row("web/y")], row("web/x", { status: "drifted", unreached: "refused" })],
  ])("%s", (_what, rows, expected) => {
    const told = withUnreached(drift(...rows), lastUp, [why("web/x")]);
    expect(told).toMatchObject({ lastUp, resources: [expected, row("web/y")] });
    expect(told.summary).toEqual({ same: 1, drifted: 0, unknown: 0, [expected.status]: 1 });
  });

  test("nothing is told of an `up` that reached all of it", () =>
    expect(withUnreached(drift(row("web/x")), lastUp, [])).toEqual({
      ...drift(row("web/x")),
      summary: { same: 1, drifted: 0, unknown: 0 },
    }));

  test("what can't be told is unknown", () =>
    expect(withUnknownRest(drift(row("web/x")), "no program", "web")).toMatchObject({
      summary: { same: 1, drifted: 0, unknown: 1 },
      resources: [{}, { name: "fleet-s", host: "web", status: "unknown", reason: "no program" }],
    }));
});
