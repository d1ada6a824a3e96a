import { describe, expect, test } from "vitest";
import { expectDrift, expectHealed, expectNoChanges } from "../../src/cli/demo/expect.ts";
import type { Damage } from "../../src/cli/demo/damage.ts";
import type { Changes } from "../../src/engine/changes.ts";
import type { Drift, DriftRow } from "../../src/engine/drift.ts";

const damage: Damage = { what: "", resource: "ghost-01/nginx", path: "files.x.mode", do: async () => {} };
const row = (status: DriftRow["status"], path = "files.x.mode"): DriftRow => ({
  urn: "u",
  host: "ghost-01",
  name: "ghost-01/nginx",
  status,
  changes: status === "drifted" ? [{ path, declared: 1, found: 2 }] : [],
  reason: status === "unknown" ? "timed out" : undefined,
});
const drift = (...resources: DriftRow[]): Drift => ({
  stack: "s",
  summary: { same: 0, drifted: 0, unknown: 0 },
  resources,
});
const changes = (...ops: [string, string][]): Changes => ({
  stack: "s",
  summary: { create: 0, update: ops.filter(([op]) => op === "update").length, replace: 0, delete: 0, same: 0 },
  resources: ops.map(([op, name]) => ({ urn: `urn:pulumi:s::fleet::t::${name}`, op, paths: [] })),
});

describe("the demo ends when", () => {
  test.each([
    ["drift misses a change", () => expectDrift(drift(row("same")), [damage])],
    ["drift names another property", () => expectDrift(drift(row("drifted", "files.y")), [damage])],
    ["drift names one too many", () => expectDrift(drift(row("drifted"), row("drifted", "files.y")), [damage])],
    ["something is unknown", () => expectDrift(drift(row("unknown")), [])],
    ["up mends nothing", () => expectHealed(changes(["same", "ghost-01/nginx"]), [damage])],
    [
      "up changes something else too",
      () => expectHealed(changes(["update", "ghost-01/nginx"], ["update", "cx23/base"]), [damage]),
    ],
    ["a second up changes something", () => expectNoChanges(changes(["update", "ghost-01/nginx"]))],
  ])("%s", (_what, run) => expect(run).toThrow(/^(drift|up|a second run) should /));
});

describe("the demo goes on when", () => {
  test("drift names exactly what was damaged", () =>
    expect(() => expectDrift(drift(row("drifted")), [damage])).not.toThrow());
  test("nothing was damaged and nothing drifted", () =>
    expect(() => expectDrift(drift(row("same")), [])).not.toThrow());
  test("up mends exactly that", () =>
    expect(() => expectHealed(changes(["update", "ghost-01/nginx"], ["same", "cx23/base"]), [damage])).not.toThrow());
  test("a second up changes nothing", () =>
    expect(() => expectNoChanges(changes(["same", "ghost-01/nginx"]))).not.toThrow());
});
