import { describe, expect, test } from "vitest";
import { driftExitCode, driftOf, withUnseen } from "../../src/engine/drift.ts";
import { eventReader, type EngineEvent, type StateMetadata, type StepMetadata } from "../../src/engine/events.ts";

const URN = "urn:pulumi:alaivos::fleet::fleet:host:Service::ghost-01/nginx";
const state = (inputs: Record<string, unknown>, more: Partial<StateMetadata> = {}): StateMetadata => ({
  type: "fleet:host:Service",
  urn: URN,
  custom: true,
  id: "ghost-01/nginx",
  parent: "",
  inputs: { host: "ghost-01", ...inputs },
  outputs: {},
  ...more,
});
const before = (old: StateMetadata): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  resourcePreEvent: { metadata: { op: "refresh", urn: URN, type: old.type, old } },
});
const after = (
  op: string,
  old: StateMetadata,
  found: StateMetadata | null,
  more: Partial<StepMetadata> = {},
): EngineEvent => ({
  sequence: 1,
  timestamp: 0,
  resOutputsEvent: { metadata: { op, urn: URN, type: old.type, old, new: found, ...more } },
});

const declared = state({ files: { "/etc/x": { mode: "0600" } } });
const loosened = state({ files: { "/etc/x": { mode: "0644" } } });

describe("driftOf", () => {
  test.each([
    ["the same", [before(declared), after("same", declared, declared)], "same", [], 0],
    [
      "a changed property, by the provider's path",
      [
        before(declared),
        after("update", declared, loosened, {
          detailedDiff: { 'files["/etc/x"].mode': { diffKind: "update", inputDiff: true } },
        }),
      ],
      "drifted",
      [{ path: 'files["/etc/x"].mode', declared: "0600", found: "0644" }],
      2,
    ],
    [
      "a changed property, where the provider names none",
      [after("update", declared, loosened)],
      "drifted",
      [{ path: 'files["/etc/x"].mode', declared: "0600", found: "0644" }],
      2,
    ],
    [
      "a secret that differs, without either value",
      [
        after("update", state({ token: "[secret]" }), state({ token: "[secret]" }), {
          detailedDiff: { token: { diffKind: "update", inputDiff: true } },
        }),
      ],
      "drifted",
      [{ path: "token", declared: "[secret]", found: "[secret]" }],
      2,
    ],
    [
      "a value that only the outputs tell",
      [
        after(
          "update",
          state({}, { outputs: { tagsAll: { fleet: "alaivos" } } }),
          state({}, { outputs: { tagsAll: {} } }),
          { detailedDiff: { 'tagsAll["fleet"]': { diffKind: "update", inputDiff: false } } },
        ),
      ],
      "drifted",
      [{ path: 'tagsAll["fleet"]', declared: "alaivos", found: "absent" }],
      2,
    ],
    [
      "a thing that is gone",
      [before(declared), after("delete", declared, null)],
      "drifted",
      [{ path: "", declared: "present", found: "absent" }],
      2,
    ],
    [
      "a host out of reach",
      [
        before(declared),
        after("update", declared, { ...declared, initErrors: ["unknown: ghost-01 is unreachable: timed out"] }),
      ],
      "unknown",
      [],
      3,
    ],
    ["a provider that never answered", [before(declared)], "unknown", [], 3],
    [
      "a provider's error",
      [
        before(declared),
        after("same", declared, declared),
        { sequence: 2, timestamp: 0, diagnosticEvent: { urn: URN, message: "error 500", severity: "error" as const } },
      ],
      "unknown",
      [],
      3,
    ],
  ])("tells %s", (_what, events, status, changes, exitCode) => {
    const drift = driftOf("alaivos", events);
    expect(drift.resources).toMatchObject([{ urn: URN, host: "ghost-01", name: "ghost-01/nginx", status, changes }]);
    expect(drift.summary).toEqual({ same: 0, drifted: 0, unknown: 0, [status]: 1 });
    expect(driftExitCode(drift)).toBe(exitCode);
  });

  test.each<[string, Record<string, unknown>, string | null]>([
    ["nothing", { host: undefined }, null],
    ["its tag", { host: undefined, tags: { host: "london" } }, "london"],
    ["itself before its tag", { tags: { host: "london" } }, "ghost-01"],
  ])("a thing belongs to the host that is told by %s", (_, inputs, host) => {
    expect(driftOf("alaivos", [after("same", state(inputs), state(inputs))]).resources[0]!.host).toBe(host);
  });

  test("components and providers are not observed", () => {
    expect(driftOf("alaivos", [before({ ...declared, custom: false })]).resources).toEqual([]);
  });
});

/** A look at a firewall: what was declared, with what the provider adds to it, and what is found. */
function lookAt(type: string, declared: Partial<StateMetadata>, found: Partial<StateMetadata>, paths: string[]) {
  const urn = `urn:pulumi:s::fleet::${type}::web`;
  const side = (more: Partial<StateMetadata>) => ({ ...state({}), type, urn, inputs: {}, ...more });
  const [old, next] = [side(declared), side(found)];
  const detailedDiff = Object.fromEntries(paths.map((path) => [path, { diffKind: "update", inputDiff: true }]));
  return driftOf("s", [
    {
      sequence: 1,
      timestamp: 0,
      resOutputsEvent: { metadata: { op: "update", urn, type, old, new: next, detailedDiff } },
    },
  ]).resources[0]!;
}

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const rule = (port: number) => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  cidrBlocks: ["0.0.0.0/0"],
  __defaults: [],
});
const tagged = (tags: object, tagsAll: object): Partial<StateMetadata> => ({ inputs: { tags }, outputs: { tagsAll } });

test.each<
  [what: string, type: string, Partial<StateMetadata>, Partial<StateMetadata>, string[], [string, unknown, unknown][]]
>([
  [
    "a rule that was added, where the provider answers in another order",
    GROUP,
    { inputs: { ingress: [rule(80), rule(443)] } },
    { inputs: { ingress: [rule(8443), rule(443), rule(80)] } },
    ["ingress[0]", "ingress[1].fromPort", "ingress[2]"],
    [['ingress["8443/tcp from 0.0.0.0/0"]', "absent", "present"]],
  ],
  [
    "nothing of the order of a set",
    GROUP,
    { inputs: { ingress: [rule(80), rule(443)] } },
    { inputs: { ingress: [rule(443), rule(80)] } },
    ["ingress[0]", "ingress[1]"],
    [],
  ],
  [
    "a tag that its provider declares, once and with that value",
    GROUP,
    tagged({ Name: "web", __defaults: [] }, { Name: "web", role: "gateway" }),
    tagged({ Name: "web", role: "test", __defaults: [] }, { Name: "web", role: "test" }),
    ["tags.role", 'tagsAll["role"]', "tags.__defaults"],
    [["tags.role", "gateway", "test"]],
  ],
  [
    "a tag that is gone, and one that is new",
    GROUP,
    tagged({ Name: "web" }, { Name: "web", role: "gateway" }),
    tagged({ Name: "web", extra: "x" }, { Name: "web", extra: "x" }),
    ["tags", "tagsAll"],
    [
      ["tags.role", "gateway", "absent"],
      ["tags.extra", "absent", "x"],
    ],
  ],
  [
    "one secret of a list that differs",
    "x:y:Z",
    { inputs: { keys: ["[secret]", "[secret]"] } },
    { inputs: { keys: ["[secret]", "[secret]"] } },
    ["keys[1]"],
    [["keys[1]", "[secret]", "[secret]"]],
  ],
])("an element is told by what identifies it: %s", (_what, type, declared, found, paths, told) => {
  const row = lookAt(type, declared, found, paths);
  expect(row.changes.map((d) => [d.path, d.declared, d.found])).toEqual(told);
  expect(row.status).toBe(told.length > 0 ? "drifted" : "same");
});

test("what an engine that failed did not come to is unknown", () => {
  const resource = (name: string, custom = true, type = "fleet:host:Service") => ({
    urn: `urn:pulumi:alaivos::fleet::${type}::${name}`,
    type,
    custom,
    inputs: { host: name.split("/")[0] },
  });
  const state = [
    { ...resource("ghost-01/nginx"), urn: URN },
    resource("web/x"),
    resource("web", false),
    resource("default", true, "pulumi:providers:hcloud"),
  ];
  const drift = withUnseen(driftOf("alaivos", [after("same", declared, declared)]), state, "it died");
  expect(drift.resources.map(({ name, host, status, reason }) => [name, host, status, reason])).toEqual([
    ["ghost-01/nginx", "ghost-01", "same", undefined],
    ["web/x", "web", "unknown", "it died"],
  ]);
  expect([drift.summary, driftExitCode(drift)]).toEqual([{ same: 1, drifted: 0, unknown: 1 }, 3]);
});

test("debug events, which may hold secrets in clear, are dropped", () => {
  const seen: EngineEvent[] = [];
  eventReader((event) => seen.push(event))(
    `${JSON.stringify({ sequence: 0, timestamp: 0, diagnosticEvent: { severity: "debug", message: "value" } })}\n`,
  );
  expect(seen).toEqual([]);
});

test("a log is read in pieces, and a marked secret becomes a word", () => {
  const seen: EngineEvent[] = [];
  const read = eventReader((event) => seen.push(event));
  const line = JSON.stringify({
    sequence: 1,
    timestamp: 0,
    resOutputsEvent: {
      metadata: {
        op: "same",
        urn: URN,
        type: "t",
        new: state({
          token: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" },
        }),
      },
    },
  });
  read(line.slice(0, 30));
  expect(seen).toEqual([]);
  read(`${line.slice(30)}\n`);
  expect(seen[0]!.resOutputsEvent!.metadata.new!.inputs.token).toBe("[secret]");
});
