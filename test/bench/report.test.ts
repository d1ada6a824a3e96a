import { expect, test } from "vitest";
import { goalsOf, showResults, type Results } from "../../src/bench/report.ts";
import { median } from "../../src/bench/report-parts.ts";

const wire = (drift: number, up: number, handshakes = 1) => ({
  drift: { handshakes, roundTrips: drift },
  up: { handshakes, roundTrips: up },
});
const good: Results = {
  date: "2026-01-01",
  machine: "2 cores",
  runs: 3,
  times: {
    fleet: { up: [9, 5, 5.5], drift: [1, 1.1, 5] },
    pyinfra: { up: [18, 18, 18], drift: [6, 6, 6] },
    "Ansible + Mitogen": { up: [19, 19, 19], drift: [8, 8, 8] },
  },
  again: { fleet: [3, 3, 3], empty: [2, 2, 2] },
  wire: [
    { services: 1, ...wire(1, 2) },
    { services: 60, ...wire(1, 2) },
  ],
  providerBytes: 150 * 2 ** 20,
  format: { resources: 5000, seconds: [0.5, 0.6, 3], bytes: 150 * 2 ** 20 },
  regions: {
    hosts: 21,
    resources: 461,
    up: 100,
    preview: [3, 3, 3],
    planned: [2, 2, 2],
    empty: [2, 2, 2],
    drift: [2, 2.4, 9],
    driftHandshakes: 1,
    region: { seconds: 20, resources: 22, handshakes: { tokyo: 2, zurich: 1 } },
  },
};
const missed = (results: Results) =>
  goalsOf(results)
    .filter(({ met }) => !met)
    .map(({ what }) => what);

test.each<[string, number[], number]>([
  ["one", [3], 3],
  ["an odd number", [9, 1, 2], 2],
  ["an even number", [4, 1, 2, 9], 3],
])("the median of %s", (_, values, expected) => expect(median(values)).toBe(expected));

test("a run that meets every goal misses none: medians count, not outliers", () => expect(missed(good)).toEqual([]));

test.each<[string, Partial<Results>, string[]]>([
  [
    "a slow drift check",
    { times: { ...good.times, fleet: { up: [5], drift: [1.6] } } },
    ["drift check", "drift check, against the faster peer"],
  ],
  [
    "a faster peer",
    { times: { ...good.times, other: { up: [14], drift: [9] } } },
    ["from nothing, against the faster peer"],
  ],
  ["a slow second up", { again: { fleet: [3.1], empty: [2] } }, ["second up, against an empty provider"]],
  ["a second handshake", { wire: [{ services: 1, ...wire(1, 2, 2) }] }, ["SSH handshakes per host and command"]],
  [
    "round trips that grow",
    { wire: [...good.wire, { services: 90, ...wire(2, 3) }] },
    [
      "round trips per host of a drift check with 1, 60, 90 services",
      "round trips per host of an up from nothing with 1, 60, 90 services",
    ],
  ],
  ["a slow drift check of many hosts", { regions: { ...good.regions, drift: [2.6] } }, ["drift check of 21 hosts"]],
  [
    "a second handshake with one of them",
    { regions: { ...good.regions, driftHandshakes: 2 } },
    ["SSH handshakes per host of it"],
  ],
  [
    "a slow preview",
    { regions: { ...good.regions, preview: [3.1] } },
    ["preview with nothing to do, against an empty provider"],
  ],
  [
    "a region that others are asked for",
    { regions: { ...good.regions, region: { ...good.regions.region, handshakes: { tokyo: 1, zurich: 1, seoul: 1 } } } },
    ["hosts that opening a region connects to"],
  ],
  [
    "a slow formatter",
    { format: { ...good.format, seconds: [1] } },
    ["formatting a preview of 5,000 changed resources"],
  ],
  ["a greedy formatter", { format: { ...good.format, bytes: 200 * 2 ** 20 } }, ["peak memory of it"]],
  ["a large provider", { providerBytes: 200 * 2 ** 20 }, ["peak memory of the provider process"]],
])("%s is told", (_, change, expected) => expect(missed({ ...good, ...change })).toEqual(expected));

test("the page tells what was missed", () => {
  expect(showResults(good)).toContain("| fleet | 5.50 (5.00–9.00) | 1.10 (1.00–5.00) |");
  expect(showResults(good)).not.toContain("**missed**");
  expect(showResults({ ...good, providerBytes: 300 * 2 ** 20 })).toContain(
    "| peak memory of the provider process | under 200 MB | 300 MB | **missed** |",
  );
});
