import { describe, expect, test } from "vitest";
import { fleet } from "../../src/model/fleet.ts";
import { askAll, undeclared, type Thing } from "../../src/audit/things.ts";

const none = {
  ids: new Set<string>(),
  keys: new Set<string>(),
  addresses: new Set<string>(),
  operatorKeys: new Set<string>(),
  fleet: fleet({ name: "x" }),
  known: { address: () => undefined, script: () => undefined },
};
const thing = (id: string, more: Partial<Thing> = {}): Thing => ({
  kind: "volume",
  name: id,
  detail: "",
  pulumi: { type: "t", id },
  ...more,
});
const names = (things: readonly Thing[], declared: Partial<typeof none> = {}) =>
  undeclared("X", things, { ...none, ...declared }).map(({ name }) => name);

describe("what nobody declared", () => {
  test.each<[string, Thing[], Partial<typeof none>, string[]]>([
    ["nothing there", [], {}, []],
    ["nothing declared", [thing("a"), thing("b")], {}, ["a", "b"]],
    [
      "in the state, by type and id",
      [thing("a"), thing("b"), thing("a", { pulumi: { type: "u", id: "a" } })],
      { ids: new Set(["t a"]) },
      ["b", "a"],
    ],
    [
      "in the program, by one of its keys",
      [thing("a", { keys: ["x", "server/a"] }), thing("b", { keys: ["server/b"] })],
      { keys: new Set(["server/a"]) },
      ["b"],
    ],
    ["declared otherwise", [thing("a", { declared: true })], {}, []],
    [
      "part of what is declared in the state",
      [thing("a", { partOf: { type: "s", id: "1" } })],
      { ids: new Set(["s 1"]) },
      [],
    ],
    [
      "part of what is declared in the program",
      [thing("a", { partOf: { type: "t", id: "1" } }), thing("1", { keys: ["k"] })],
      { keys: new Set(["k"]) },
      [],
    ],
    ["part of what nobody declared", [thing("a", { partOf: { type: "t", id: "1" } }), thing("1")], {}, ["a", "1"]],
  ])("%s", (_, things, declared, expected) => expect(names(things, declared)).toEqual(expected));

  test("is told with what imports it", () =>
    expect(
      undeclared(
        "X",
        [thing("a", { pulumi: { type: "t", id: "a", importId: "zone/a" }, monthlyCost: { eur: 1 } })],
        none,
      ),
    ).toEqual([
      {
        place: "X",
        host: null,
        kind: "volume",
        name: "a",
        detail: "",
        monthlyCost: { eur: 1 },
        pulumi: { type: "t", id: "zone/a" },
      },
    ]));
});

describe("three answers", () => {
  const gives = (about: string, ...ids: string[]) => ({ about, ask: async () => ids.map((id) => thing(id)) });
  const fails = (about: string) => ({ about, ask: () => Promise.reject(new Error("429")) });
  test("what gets no answer is named, and the rest is told", async () =>
    expect(await askAll("X", [gives("volumes", "a"), fails("networks"), gives("keys")], none)).toMatchObject({
      findings: [{ name: "a" }],
      unknown: [{ place: "X", host: null, reason: "networks: 429" }],
    }));
  test("when nothing does, that is told once", async () =>
    expect((await askAll("X", [fails("volumes"), fails("networks")], none)).unknown).toEqual([
      { place: "X", host: null, reason: "429" },
    ]));
  test("nothing asked, nothing unknown", async () =>
    expect(await askAll("X", [], none)).toEqual({ findings: [], unknown: [] }));
});
