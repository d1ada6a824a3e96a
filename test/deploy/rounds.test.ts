import { expect, test } from "vitest";
import { aws, vps } from "../../src/model/host.ts";
import { roundsOf } from "../../src/deploy/rounds.ts";
import { pilotDigest } from "../../src/model/rollout.ts";
import { fleetOf } from "../model/fixtures.ts";

const names = ["a", "b", "c", "d", "e"];
const hosts = [
  vps({ name: "hub", os: "debian", mesh: "10.84.0.1" }),
  ...names.map((name, i) =>
    aws({ name, type: "t4g.nano", region: "eu-west-2", os: "nixos", mesh: `10.84.0.${i + 2}` }),
  ),
];
const all = ["hub", ...names];
const waiting = fleetOf({ hosts, rollout: { pilot: ["a"], batches: 2 } });
const fleet = (given = true, pilot = pilotDigest(waiting)) =>
  given
    ? fleetOf({ hosts, rollout: { pilot: ["a"], go: { by: "ada", on: "2026-11-29", pilot }, batches: 2 } })
    : waiting;
const shown = ({ rounds, held }: ReturnType<typeof roundsOf>) => [
  ...rounds.map((r) => `${r.name}: ${r.hosts.join("")}${r.later.length ? ` not ${r.later.join("")}` : ""}`),
  ...held.map((s) => `held ${s.name}: ${s.hosts.join("")}`),
];

test.each<[string, ReturnType<typeof fleet>, string[], string[], string[], string[]?]>([
  ["nothing to do: one look at everything", fleet(), all, [], ["batch 2 of 2: hubabcde"]],
  ["without a rollout: everything at once", fleetOf({ hosts }), [], [], ["everything: hubabcde"]],
  [
    "from nothing: each stage adds its hosts",
    fleet(),
    [],
    [],
    ["the pilot: huba", "batch 1 of 2: hubabc", "batch 2 of 2: hubabcde"],
  ],
  [
    "from nothing, without a go: the pilot alone",
    fleet(false),
    [],
    [],
    ["the pilot: huba", "held batch 1 of 2: bc", "held batch 2 of 2: de"],
  ],
  [
    "from nothing, with a go for another pilot: the pilot alone",
    fleet(true, "0123456789ab"),
    [],
    [],
    ["the pilot: huba", "held batch 1 of 2: bc", "held batch 2 of 2: de"],
  ],
  ["a new host in the last batch: one round", fleet(), ["hub", "a", "b", "c", "d"], [], ["batch 2 of 2: hubabcde"]],
  [
    "a change everywhere: later hosts are left as they are",
    fleet(),
    all,
    all,
    ["the pilot: hubabcde not bcde", "batch 1 of 2: hubabcde not de", "batch 2 of 2: hubabcde"],
  ],
  [
    "a change everywhere, without a go",
    fleet(false),
    all,
    all,
    ["the pilot: hubabcde not bcde", "held batch 1 of 2: bc", "held batch 2 of 2: de"],
  ],
  ["a change in the first batch alone", fleet(), all, ["b"], ["batch 1 of 2: hubabcde"]],
  [
    "a machine of the last batch that was begun is finished first, the others wait",
    fleet(),
    all,
    ["hub", "b", "d"],
    ["the pilot: hubabcde not bce", "batch 1 of 2: hubabcde not e", "batch 2 of 2: hubabcde"],
    ["d"],
  ],
])("%s", (_, declared, deployed, changed, expected, begun) =>
  expect(shown(roundsOf(declared, new Set(deployed), new Set(changed), new Set(begun)))).toEqual(expected),
);

test.each<[string, string[], string[], boolean[]]>([
  ["from nothing: nothing was there before", [], [], [true, false, false]],
  ["a change everywhere: each round has hosts that were left for it", all, all, [true, true, true]],
  ["nothing to do", all, [], [true]],
])("%s: which rounds look", (_, deployed, changed, expected) => {
  const { rounds } = roundsOf(fleet(), new Set(deployed), new Set(changed), new Set());
  expect(rounds.map(({ looks }) => looks)).toEqual(expected);
});

test.each<[string, string[], string[], boolean[]]>([
  ["from nothing: every stage after the pilot", [], [], [false, true, true]],
  ["a change of the pilot alone", all, ["a"], [false]],
  ["a change of a later host", all, ["e"], [true]],
  ["nothing to do: the look at everything is no stage", all, [], [false]],
])("%s: which rounds go beyond the pilot", (_, deployed, changed, expected) => {
  const { rounds } = roundsOf(fleet(), new Set(deployed), new Set(changed), new Set());
  expect(rounds.map(({ goesBeyond }) => goesBeyond)).toEqual(expected);
});
