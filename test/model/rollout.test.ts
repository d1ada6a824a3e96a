import { expect, test } from "vitest";
import { aws, vps, type Host } from "../../src/model/host.ts";
import { type Go, hasGo, pilotDigest, stagesOf } from "../../src/model/rollout.ts";
import { planned } from "../../src/model/status.ts";
import { findings, fleetOf, sketch } from "./fixtures.ts";

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

const rolled = (changes: { hosts?: Host[]; go?: Go | false } = {}) =>
  fleetOf({ hosts: changes.hosts ?? hosts, rollout: { pilot: ["a", "b"], batches: 2, go: changes.go } });
const digest = pilotDigest(rolled());
const with_ = (name: string, change: (host: Host) => Host) => hosts.map((h) => (h.name === name ? change(h) : h));

test.each<[string, Host[], boolean]>([
  ["the same files", hosts, true],
  ["the same hosts in another order", hosts.toReversed(), true],
  [
    "what a person notes of the pilot",
    with_("a", (host) => ({ ...host, note: "slow", monthlyCost: { usd: 4 } })),
    true,
  ],
  ["another host beside it", with_("c", (host) => ({ ...host, services: [sketch("vault")] })), true],
  ["a service more in the pilot", with_("b", (host) => ({ ...host, services: [sketch("vault")] })), false],
  ["a larger machine in the pilot", with_("a", (host) => ({ ...host, type: "t4g.small" }) as Host), false],
  ["a pilot of other hosts", hosts.filter(({ name }) => name !== "a"), false],
])("a go for what was looked at holds with %s: %s", (_, changed, holds) => {
  expect(pilotDigest(rolled({ hosts: changed })) === digest).toBe(holds);
  expect(hasGo(rolled({ hosts: changed, go: { by: "ada", on: "2026-11-29", pilot: digest } }))).toBe(holds);
});

test("without a go nothing has one, and without a rollout nothing needs one", () => {
  expect(hasGo(rolled({ go: false }))).toBe(false);
  expect(hasGo(fleetOf({ hosts }))).toBe(true);
});

test.each<[string, unknown, RegExp]>([
  ["nothing but yes", true, /rollout\.go: must be false, or what `fleet up` prints/],
  ["nobody", { by: "", on: "2026-11-29", pilot: digest }, /rollout\.go\.by/],
  ["no day", { by: "ada", on: "today", pilot: digest }, /rollout\.go\.on/],
  ["no pilot", { by: "ada", on: "2026-11-29", pilot: "0123" }, /rollout\.go\.pilot/],
])("a go that names %s is refused", (_, go, message) => expect(() => rolled({ go: go as Go })).toThrow(message));
