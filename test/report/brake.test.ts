import { expect, test } from "vitest";
import { brakeOf, brakeRemedy, brakeWords } from "../../src/report/brake.ts";
import type { Place } from "../../src/report/place.ts";
import { previewMarkdown } from "../../src/report/preview-markdown.ts";
import { previewText } from "../../src/report/preview-text.ts";
import { previewOf } from "../../src/report/preview.ts";
import { component, failure, RECORD, step, zone } from "./events.ts";

const things = (place: Place, ops: Record<string, number>) =>
  Object.entries(ops).flatMap(([op, n]) => Array.from({ length: n }, () => ({ place, op })));
const ZONE: Place = { kind: "zone", name: "example.com" };
const HOST: Place = { kind: "host", name: "web" };
const EDGE: Place = { kind: "edge", name: "" };
const FLEET: Place = { kind: "fleet", name: "" };

test.each<[what: string, ReturnType<typeof things>, string | undefined]>([
  ["nothing", [], undefined],
  ["no deletion", things(ZONE, { same: 5, create: 40, update: 40 }), undefined],
  ["nine of nine", things(ZONE, { delete: 9 }), undefined],
  ["ten of a large zone", things(ZONE, { delete: 10, same: 24 }), undefined],
  [
    "ten of thirty-three",
    things(ZONE, { delete: 10, same: 23 }),
    "10 things are deleted or replaced: 10 of 33 of zone example.com, 10 of 33 of the fleet",
  ],
  [
    "a rename, which makes as many as it deletes",
    things(ZONE, { delete: 12, create: 12, same: 3 }),
    "12 things are deleted or replaced: 12 of 15 of zone example.com, 12 of 15 of the fleet",
  ],
  [
    "replacements of a host, of a fleet that is large",
    [...things(HOST, { replace: 8, delete: 2, update: 1 }), ...things(ZONE, { same: 90 })],
    "10 things are deleted or replaced: 10 of 11 of host web",
  ],
  [
    "few here and few there, many of the fleet",
    [...things(HOST, { delete: 6 }), ...things(ZONE, { delete: 6 }), ...things(FLEET, { same: 1 })],
    "12 things are deleted or replaced: 12 of 13 of the fleet",
  ],
  [
    "what stands at the edge",
    [...things(EDGE, { delete: 10, adopt: 1 }), ...things(ZONE, { same: 90 })],
    "10 things are deleted or replaced: 10 of 10 of Cloudflare",
  ],
])("brake: %s", (_what, all, words) => {
  const brake = brakeOf(all);
  expect(brake && brakeWords(brake, String)).toBe(words);
});

test("a preview tells it in every format, and does not count what is protected", () => {
  const own = zone("example.com");
  const record = (op: string, i: number) => step(op, RECORD, `r${i} A`, { parent: own, old: { name: `r${i}` } });
  const events = [component(own), ...Array.from({ length: 12 }, (_, i) => record("delete", i)), record("same", 12)];
  const facts = { policies: [], problems: [] };
  const preview = previewOf("s", events, facts);
  expect(preview.brake).toEqual({
    lost: 12,
    places: [
      { place: ZONE, lost: 12, of: 13 },
      { place: FLEET, lost: 12, of: 13 },
    ],
  });
  expect(brakeRemedy(preview.brake!)).toContain("--allow-deletes 12");
  for (const told of [previewText(preview), previewMarkdown(preview)]) {
    expect(told).toMatch(/12 things are deleted or replaced: 12 of 13 of zone `?example\.com`?, 12 of 13 of the fleet/);
    expect(told).toContain("--allow-deletes 12");
  }
  const kept = [9, 10, 11].map((i) => {
    const event = failure("it is protected", record("delete", i).resOutputsEvent!.metadata.urn);
    Object.assign(event.diagnosticEvent!, { isKept: true });
    return event;
  });
  const rest = previewOf("s", [...events, ...kept], facts);
  expect([rest.brake, rest.summary.delete, rest.review]).toEqual([undefined, 9, undefined]);
  expect(rest.problems).toEqual(["r9 A: it is protected", "r10 A: it is protected", "r11 A: it is protected"]);
});
