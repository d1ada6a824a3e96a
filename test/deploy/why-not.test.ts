import { expect, test } from "vitest";
import { inShort, whyNot } from "../../src/deploy/why-not.ts";
import type { Pending } from "../../src/engine/unreached.ts";
import { aws, vps } from "../../src/model/host.ts";
import { fleetOf } from "../model/fixtures.ts";

const hosts = [
  vps({ name: "hub", os: "debian", mesh: "10.84.0.1" }),
  ...["a", "b", "c"].map((name, i) =>
    aws({ name, type: "t4g.nano", region: "eu-west-2", os: "nixos", mesh: `10.84.0.${i + 2}` }),
  ),
];
const fleet = fleetOf({ hosts, rollout: { pilot: ["a"], batches: 2 } });
const urn = (name: string) => `urn:pulumi:s::fleet::t::${name}`;
const pending = (name: string, op = "update", machine = name.split("/")[0]): Pending => ({
  urn: urn(name),
  op,
  host: machine ?? null,
  machine,
});
const nothing = { errors: new Map<string, string>(), held: [], failures: {}, untouched: [] };
const failed = { name: "the pilot", hosts: ["a"], later: [], looks: true, goesBeyond: false };
const refused = { errors: new Map([[urn("a/x"), "a/x: refused: no room.\n  output:\n    s3cret"]]) };
const record = { ...pending("www A"), machine: undefined };

test.each<[string, Partial<Parameters<typeof whyNot>[1]>, Pending, string]>([
  ["what failed, without what it printed", refused, pending("a/x"), "refused: no room."],
  ["what needs something that failed", refused, record, "it was not tried, because of what failed: a/x"],
  [
    "what is to be removed",
    refused,
    pending("hub/old", "delete"),
    "it is to be removed, and that waits until everything else is in order",
  ],
  ["a host that could not be begun", { failures: { b: "no image" } }, pending("b"), "no image"],
  [
    "a stage that waits for a person",
    { held: [{ name: "batch 1 of 2", hosts: ["b"] }] },
    pending("b/x"),
    "batch 1 of 2 waits for a go",
  ],
  [
    "a stage after one that failed",
    { ...refused, untouched: ["batch 2 of 2"], failed },
    pending("c/x"),
    "batch 2 of 2 was not begun, because the pilot is not in order",
  ],
  ["an engine that ended", {}, pending("hub/x"), "the `up` ended before it"],
])("%s", (_what, done, thing, why) =>
  expect(whyNot(fleet, { ...nothing, ...done }, [pending("a/x"), thing])(thing)).toBe(why),
);

test.each([
  ["one line", "x: no room", "no room"],
  ["a line that announces the next", "creating it:\n\n  no room\nmore", "creating it: no room"],
  ["nothing more than announced", "creating it:", "creating it:"],
  ["a long one", "x".repeat(400), `${"x".repeat(299)}…`],
])("an error in short: %s", (_what, message, short) => expect(inShort(message, "x")).toBe(short));
