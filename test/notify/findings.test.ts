import { describe, expect, test } from "vitest";
import type { DriftRow } from "../../src/engine/drift.ts";
import { newsOf, type Told } from "../../src/notify/findings.ts";
import { driftReport, type DriftReport, type ReportedRow } from "../../src/report/drift.ts";

const urn = (name: string) => `urn:pulumi:s::fleet::fleet:host:Service::${name}`;
const mode = { path: "mode", declared: "0600", found: "0644" };
const owner = { path: "owner", declared: "root", found: "web" };
const row = (name: string, changes: DriftRow["changes"] = []): ReportedRow => ({
  urn: urn(name),
  host: name.split("/")[0]!,
  name,
  status: changes.length > 0 ? "drifted" : "same",
  changes,
});
const unknown = (name: string): ReportedRow => ({
  ...row(name),
  status: "unknown",
  reason: `${name.split("/")[0]} is unreachable: timed out`,
});
const record = (status: DriftRow["status"]): ReportedRow => ({
  urn: "urn:pulumi:s::fleet::cloudflare:index/dnsRecord:DnsRecord::www A",
  host: null,
  name: "www A",
  status,
  changes: [],
});
const unknownRest: ReportedRow = {
  ...record("unknown"),
  urn: "urn:pulumi:s::fleet::pulumi:pulumi:Stack::fleet-s",
  name: "fleet-s",
};
const server = (host: string): ReportedRow => ({
  urn: `urn:pulumi:s::fleet::hcloud:index/server:Server::${host}`,
  host,
  name: host,
  status: "same",
  changes: [],
});
const report = (rows: ReportedRow[], rules: Parameters<typeof driftReport>[1]["rules"] = []): DriftReport =>
  driftReport(
    { stack: "s", summary: { same: 0, drifted: 0, unknown: 0 }, resources: rows },
    { today: "2026-11-21", rules },
  );
const rule = (until: string) => ({ resource: "a/x", path: "mode", reason: "r", until });

/** What is told of reports that follow one another, in short. */
function told(...reports: (DriftReport | { only: string; report: DriftReport } | undefined)[]): string[][] {
  let before: Told = {};
  return reports.map((given) => {
    const { report, only } = given && "only" in given ? given : { report: given, only: undefined };
    const news = newsOf(before, report, only);
    before = JSON.parse(JSON.stringify(news.told)) as Told;
    return [
      ...news.fresh.map(({ kind, name, path, reason }) => [kind, name, path, reason].filter(Boolean).join(" ")),
      ...news.resolved.map(({ name, path, because }) => ["over", name, path, because].filter(Boolean).join(" ")),
    ];
  });
}
const again = "it is as declared again";

test.each([
  ["nothing", [report([row("a/x")]), report([row("a/x")])], [[], []]],
  [
    "each difference once, and once when it is over",
    [
      report([row("a/x", [mode])]),
      report([row("a/x", [mode, owner])]),
      report([row("a/x", [owner])]),
      report([row("a/x")]),
      report([row("a/x")]),
    ],
    [["drifted a/x mode"], ["drifted a/x owner"], [`over a/x mode ${again}`], [`over a/x owner ${again}`], []],
  ],
  [
    "a difference once more when it is another one, and not as over",
    [report([row("a/x", [mode])]), report([row("a/x", [{ ...mode, found: "0666" }])]), report([row("a/x")])],
    [["drifted a/x mode"], ["drifted a/x mode"], [`over a/x mode ${again}`]],
  ],
  [
    "what was not brought up once, once more for another reason, and once when it was",
    [
      report([{ ...row("a/x"), status: "drifted", unreached: "refused" }]),
      report([{ ...row("a/x", [mode]), unreached: "refused" }]),
      report([{ ...row("a/x"), status: "drifted", unreached: "no room" }]),
      report([unknownRest]),
      report([row("a/x")]),
    ],
    [
      ["unreached a/x refused"],
      ["drifted a/x mode"],
      ["unreached a/x no room", `over a/x mode ${again}`],
      [expect.stringContaining("unknown what stands at providers 1 thing of 1")],
      ["over a/x it was brought up", "over what stands at providers it is declared no more"],
    ],
  ],
  [
    "a host that is down once, however many services it has",
    [
      report([server("a"), row("a/x"), row("a/y")]),
      report([server("a"), unknown("a/x"), unknown("a/y")]),
      report([server("a"), unknown("a/x"), unknown("a/y")]),
      report([server("a"), row("a/x"), row("a/y")]),
    ],
    [
      [],
      ["unknown a 2 things of 3 cannot be looked at: a is unreachable: timed out"],
      [],
      ["over a it can be looked at again"],
    ],
  ],
  [
    "a host again when all of it is unknown and not only a part",
    [report([unknown("a/x"), row("a/y")]), report([unknown("a/x"), unknown("a/y")])],
    [[expect.stringContaining("unknown a 1 thing of 2")], [expect.stringContaining("unknown a 2 things of 2")]],
  ],
  [
    "what stands at providers once",
    [
      report([record("unknown"), row("a/x")]),
      report([record("unknown"), row("a/x")]),
      report([record("same"), row("a/x")]),
    ],
    [
      [expect.stringContaining("unknown what stands at providers 1 thing of 1")],
      [],
      ["over what stands at providers it can be looked at again"],
    ],
  ],
  [
    "of drift on a host that is down only that it is down, and no more when it is back",
    [report([row("a/x", [mode])]), report([unknown("a/x")]), report([row("a/x", [mode])]), report([row("a/x")])],
    [
      ["drifted a/x mode"],
      [expect.stringContaining("unknown a")],
      ["over a it can be looked at again"],
      [`over a/x mode ${again}`],
    ],
  ],
  [
    "nothing of what --only leaves out",
    [
      report([row("a/x", [mode]), unknown("b/x")]),
      { only: "c", report: report([row("c/x")]) },
      report([row("a/x"), row("b/x")]),
    ],
    [
      ["drifted a/x mode", expect.stringContaining("unknown b")],
      [],
      [`over a/x mode ${again}`, "over b it can be looked at again"],
    ],
  ],
  [
    "what goes out of the fleet as over",
    [report([row("a/x", [mode]), unknown("b/x")]), report([row("c/x")])],
    [
      ["drifted a/x mode", expect.stringContaining("unknown b")],
      ["over a/x mode it is declared no more", "over b it is declared no more"],
    ],
  ],
  [
    "what a rule lets pass as over, and not as declared",
    [report([row("a/x", [mode])]), report([row("a/x", [mode])], [rule("2027-01-01")])],
    [["drifted a/x mode"], ["over a/x mode a rule of the stack lets it pass"]],
  ],
  [
    "an expired rule",
    [report([row("a/x")], [rule("2026-01-01")]), report([row("a/x")], [rule("2026-01-01")]), report([row("a/x")])],
    [["expired-rule a/x mode ended on 2026-01-01"], [], ["over a/x mode the rule is gone, or has another day"]],
  ],
  [
    "a look that failed once, and nothing as over by it",
    [report([row("a/x", [mode])]), undefined, undefined, report([row("a/x", [mode])])],
    [["drifted a/x mode"], ["failed the fleet the command says why"], [], ["over the fleet it can be looked at again"]],
  ],
  [
    "nothing of what was healed at once",
    [report([{ ...row("a/x", [mode]), fix: { result: "healed" } }]), report([row("a/x")])],
    [[], []],
  ],
  [
    "what was healed as over",
    [report([row("a/x", [mode])]), report([{ ...row("a/x", [mode]), fix: { result: "healed" } }])],
    [["drifted a/x mode"], [`over a/x mode ${again}`]],
  ],
])("tells %s", (_what, reports, expected) => expect(told(...reports)).toEqual(expected));

describe("what is kept", () => {
  test("holds no value", () => {
    const { told, fresh } = newsOf({}, report([row("a/x", [{ path: "content", declared: "s3cret", found: "t0ken" }])]));
    expect(JSON.stringify([told, fresh])).not.toMatch(/s3cret|t0ken/);
    expect(fresh).toEqual([{ kind: "drifted", host: "a", name: "a/x", path: "content", urn: urn("a/x") }]);
  });
});
