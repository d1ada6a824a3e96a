import { describe, expect, test } from "vitest";
import { changesOf, countChanges, errorsByUrn, failuresOf, mergeChanges } from "../../src/engine/changes.ts";
import type { EngineEvent, StepMetadata } from "../../src/engine/events.ts";

const URN = "urn:pulumi:alaivos::fleet::fleet:host:Service::ghost-01/nginx";
const step = (op: string, more: Partial<StepMetadata> = {}): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  resOutputsEvent: { metadata: { op, urn: URN, type: "fleet:host:Service", ...more } },
});

const begun = (op: string): EngineEvent => ({ sequence: 0, timestamp: 0, resourcePreEvent: step(op).resOutputsEvent! });
const plan = (op: string, more: Partial<StepMetadata>): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  resourcePreEvent: { ...step(op, more).resOutputsEvent!, planning: true },
});
const failed = (op: string): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  resOpFailedEvent: step(op).resOutputsEvent!,
});

describe("changesOf", () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  test.each([
    ["nothing at all", [], none, undefined],
    ["an unchanged resource", [step("same")], { ...none, same: 1 }, { op: "same", paths: [] }],
    ["a creation", [step("create")], { ...none, create: 1 }, { op: "create", paths: [] }],
    [
      "an update, by its detailed paths",
      [
        step("update", {
          detailedDiff: {
            "units.b": { diffKind: "update", inputDiff: true },
            "files.a": { diffKind: "add", inputDiff: true },
          },
          diffs: ["files"],
        }),
      ],
      { ...none, update: 1 },
      { op: "update", paths: ["files.a", "units.b"] },
    ],
    [
      "an update without details",
      [step("update", { diffs: ["labels"] })],
      { ...none, update: 1 },
      { op: "update", paths: ["labels"] },
    ],
    [
      "the three steps of a replacement as one",
      [step("create-replacement"), step("replace"), step("delete-replaced")],
      { ...none, replace: 1 },
      { op: "replace", paths: [] },
    ],
    ["an adoption, which changes nothing", [step("import")], { ...none, same: 1 }, { op: "import", paths: [] }],
    [
      "a step of a preview, which is planned before anything",
      [plan("update", { diffs: ["labels"] })],
      { ...none, update: 1 },
      { op: "update", paths: ["labels"] },
    ],
    ["a step that failed, which did nothing", [begun("update"), failed("update")], none, { op: "failed", paths: [] }],
    ["a step that never ended", [begun("create")], none, { op: "failed", paths: [] }],
    ["a refresh, which is no change", [step("refresh"), step("same")], { ...none, same: 1 }, { op: "same", paths: [] }],
  ])("reads %s", (_what, events, summary, resource) => {
    const changes = changesOf("alaivos", events);
    expect(changes.summary).toEqual(summary);
    expect(changes.resources).toEqual(resource ? [{ urn: URN, ...resource }] : []);
  });

  test("leaves the stack's own pseudo resource out", () => {
    const stack = step("create", {
      urn: "urn:pulumi:alaivos::fleet::pulumi:pulumi:Stack::fleet-alaivos",
      type: "pulumi:pulumi:Stack",
    });
    expect(changesOf("alaivos", [stack]).resources).toEqual([]);
  });
});

describe("mergeChanges", () => {
  const [adopted, updated, same] = [
    changesOf("a", [step("import")]),
    changesOf("a", [step("update", { diffs: ["labels"] })]),
    changesOf("a", [step("same")]),
  ];
  test("what the second run did counts", () => expect(mergeChanges(adopted, updated)).toEqual(updated));
  test("unless it left the resource alone", () => expect(mergeChanges(updated, same)).toEqual(updated));
  const created = changesOf("a", [step("create")]);
  test("what was only made for a while never was", () =>
    expect(mergeChanges(created, changesOf("a", [step("delete")])).resources).toEqual([]));
  test("what was made and then finished was made", () => expect(mergeChanges(created, updated)).toEqual(created));
  test("two runs that did nothing are nothing", () => expect(countChanges(mergeChanges(same, same))).toBe(0));
});

test("failuresOf counts a resource once, however often it is told", () => {
  const error = (message: string, urn?: string): EngineEvent => ({
    sequence: 0,
    timestamp: 0,
    diagnosticEvent: { severity: "error", message, urn },
  });
  expect(failuresOf([])).toEqual({ urns: [], others: [] });
  expect(
    failuresOf([
      error("first", URN),
      error("again", URN),
      error("update failed", "urn:pulumi:a::fleet::pulumi:pulumi:Stack::fleet-a"),
      error(" no program "),
    ]),
  ).toEqual({ urns: [URN], others: ["no program"] });
});

test("the first error of each resource, as its provider says it", () => {
  const error = (message: string): EngineEvent => ({
    sequence: 0,
    timestamp: 0,
    diagnosticEvent: { severity: "error", message, urn: URN },
  });
  expect(Object.fromEntries(errorsByUrn([error("1 error occurred:\n\t* no room\n\n"), error("again")]))).toEqual({
    [URN]: "no room",
  });
});
