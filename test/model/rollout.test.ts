import { expect, test } from "vitest";
import { aws, vps } from "../../src/model/host.ts";
import { stagesOf } from "../../src/model/rollout.ts";
import { planned } from "../../src/model/status.ts";
import { findings, fleetOf } from "./fixtures.ts";

const spoke = (name: string, last: number) =>
  aws({ name, type: "t4g.nano", region: "eu-west-2", os: "nixos", mesh: `10.84.0.${last}` });
const hub = vps({ name: "hub", os: "debian", mesh: "10.84.0.1" });
const hosts = [
  hub,
  spoke("c", 10),
  spoke("a", 9),
  spoke("b", 100),
  spoke("d", 11),
  spoke("e", 12),
  planned(spoke("f", 13)),
];
const shown = (parts: Parameters<typeof fleetOf>[0]) =>
  stagesOf(fleetOf(parts)).map((s) => `${s.name}: ${s.hosts.join(" ")}`);

test("without a rollout everything goes at once", () =>
  expect(shown({ hosts })).toEqual(["everything: hub c a b d e"]));
test("an empty fleet has one stage with nothing in it", () => expect(shown({})).toEqual(["everything: "]));
test("static hosts and the pilot go first, the others by their mesh addresses, what is planned not at all", () => {
  expect(shown({ hosts, rollout: { pilot: ["b"], batches: 2 } })).toEqual([
    "the pilot: hub b",
    "batch 1 of 2: a c",
    "batch 2 of 2: d e",
  ]);
});
test("more batches than hosts leave out the empty ones", () => {
  expect(shown({ hosts: [hub, spoke("a", 2), spoke("b", 3)], rollout: { pilot: ["a"], batches: 4 } })).toEqual([
    "the pilot: hub a",
    "batch 1 of 4: b",
  ]);
});
test("an unknown host in the pilot is named", () => {
  expect(findings({ hosts: [hub], rollout: { pilot: ["nowhere"], batches: 1 } })).toEqual([
    'unknown-reference: the rollout\'s pilot refers to the host "nowhere", which is not declared (there is hub)',
  ]);
});
