import { expect, test } from "vitest";
import { withFailovers } from "../../../src/clouds/cloudflare/failover/drift.ts";
import { record } from "../../../src/clouds/cloudflare/record/index.ts";
import { targetOfTunnel, tunnel } from "../../../src/clouds/cloudflare/tunnel/index.ts";
import { driftExitCode, driftOf } from "../../../src/engine/drift.ts";
import type { EngineEvent, StateMetadata } from "../../../src/engine/events.ts";
import { markText } from "../../../src/model/failover.ts";

const mark = { since: "2026-11-30T07:18:19Z", by: "ann", from: "home", to: "spare", why: "power is out" };
const urnOf = (type: string, name: string) => `urn:pulumi:s::fleet::${type}::${name}`;

interface Lead {
  to: string;
  comment?: string;
  ttl?: number;
}

const HOME: Lead = { to: "home" };
const SPARE: Lead = { to: "spare", comment: markText(mark) };

type Fields = Record<string, unknown>;

function step(type: string, name: string, old: Fields, found: Fields | null): EngineEvent {
  const urn = urnOf(type, name);
  const state = (fields: Record<string, unknown>): StateMetadata => ({
    type,
    urn,
    custom: true,
    parent: "",
    id: typeof fields.id === "string" ? fields.id : name,
    inputs: fields,
    outputs: fields,
  });
  const op = JSON.stringify(old) === JSON.stringify(found) ? "same" : "update";
  return {
    sequence: 0,
    timestamp: 0,
    resOutputsEvent: { metadata: { op, urn, type, old: state(old), new: found && state(found) } },
  };
}

/** What a look tells of a name that the state has in one way and Cloudflare in another. */
function seen(old: Lead, found: Lead | null) {
  const fields = ({ to, ...rest }: Lead) => ({ name: "www", content: targetOfTunnel(`id-of-${to}`), ttl: 1, ...rest });
  const events = [
    ...["home", "spare"].map((name) =>
      step(tunnel.token, name, { id: `id-of-${name}`, name }, { id: `id-of-${name}`, name }),
    ),
    step(record.token, "www CNAME", fields(old), found && fields(found)),
  ];
  const drift = withFailovers(driftOf("s", events), events);
  const row = drift.resources.find(({ urn }) => urn.startsWith(urnOf(record.token, "")))!;
  return [row.status, row.changes.map(({ path }) => path), row.failedOver?.since ?? null, driftExitCode(drift)];
}

test.each<[string, Lead, Lead | null, unknown[]]>([
  ["as it was", HOME, HOME, ["same", [], null, 0]],
  ["failed over since the state was written", HOME, SPARE, ["same", [], mark.since, 0]],
  ["failed over, and the state knows", SPARE, SPARE, ["same", [], mark.since, 0]],
  ["failed back since the state was written", SPARE, HOME, ["same", [], null, 0]],
  ["failed over, and changed in another way", HOME, { ...SPARE, ttl: 300 }, ["drifted", ["ttl"], mark.since, 2]],
  ["moved by hand, without a mark", HOME, { to: "spare" }, ["drifted", ["content"], null, 2]],
  ["moved by hand after a failover", SPARE, { ...SPARE, to: "other" }, ["drifted", ["content"], null, 2]],
  ["a person's comment", HOME, { ...HOME, comment: "ann: leave it" }, ["drifted", ["comment"], null, 2]],
  ["back, with a person's comment", SPARE, { ...HOME, comment: "ann" }, ["drifted", ["content", "comment"], null, 2]],
  [
    "a mark to a tunnel that the stack does not hold",
    HOME,
    { to: "x", comment: markText({ ...mark, to: "x" }) },
    ["drifted", ["content", "comment"], null, 2],
  ],
  ["gone", SPARE, null, ["drifted", [""], null, 2]],
])("a name that is %s", (_, old, found, expected) => {
  expect(seen(old, found)).toEqual(expected);
});
