import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { record } from "../../../src/clouds/cloudflare/record/index.ts";
import { fieldsOf } from "../../../src/clouds/cloudflare/record/fields.ts";
import { lookAtKinds } from "../../../src/clouds/look.ts";
import { matchState } from "../../../src/clouds/match.ts";
import { asWritten, isSameSpelling } from "../../../src/clouds/spelling.ts";
import { kinds } from "../../../src/clouds/vendors.ts";
import { findingKinds } from "../../../src/audit/types.ts";
import type { StateResource } from "../../../src/engine/state.ts";
import { a, cname, mx, txt, zone } from "../../../src/model/dns.ts";
import type { DnsRecord } from "../../../src/model/dns-record.ts";
import { fleet } from "../../../src/model/fleet.ts";
import { root } from "../../../src/setup/paths.ts";

const known = { address: (host: string) => ({ web: "192.0.2.9" })[host], script: () => undefined };
const URN = "urn:pulumi:test::fleet::fleet:index:Fleet$fleet:cloudflare:Zone$cloudflare:index/dnsRecord:DnsRecord::";

/** What the stack holds, under some name. */
const held = (name: string, is: DnsRecord, content = is.target as string): StateResource => ({
  urn: URN + name,
  type: record.token,
  id: name,
  inputs: {
    name: is.name === "@" ? "example.com" : `${is.name}.example.com`,
    type: is.type,
    ...fieldsOf(is, content),
  },
});
/** "the record's name ← what it is in the stack", or nothing after the arrow. */
function matched(records: DnsRecord[], state: StateResource[]): string[] {
  const declared = record.declared(fleet({ name: "test", zones: [zone({ name: "example.com", records })] }));
  return matchState("test", record, declared, state, known).map(
    ({ declared: { name }, resource }) => `${name} ← ${resource?.urn.slice(URN.length) ?? ""}`,
  );
}

const spf = txt("@", "v=spf1 -all");
const google = txt("@", "google=1");
const web = a("www", { ref: "address", name: "web" });
const ten = mx("@", "a.example.net", { priority: 10 });
const twenty = mx("@", "b.example.net", { priority: 20 });

describe("what the stack holds is found by its name, by what it is, then by its place", () => {
  test.each<[string, DnsRecord[], StateResource[], string[]]>([
    ["nothing held", [spf], [], ["example.com TXT v=spf1 -all ← "]],
    [
      "by its name, whatever it says now",
      [web],
      [held("www.example.com A web", web, "192.0.2.1")],
      ["www.example.com A web ← www.example.com A web"],
    ],
    [
      "numbered by a version before, in another order",
      [google, spf],
      [held("example.com TXT 1", spf), held("example.com TXT 2", google)],
      ["example.com TXT google=1 ← example.com TXT 2", "example.com TXT v=spf1 -all ← example.com TXT 1"],
    ],
    [
      "a second one is new",
      [google, spf],
      [held("example.com TXT", spf)],
      ["example.com TXT google=1 ← ", "example.com TXT v=spf1 -all ← example.com TXT"],
    ],
    [
      "an edited one takes the place of what is declared no more",
      [google, txt("@", "v=spf1 ~all")],
      [held("example.com TXT google=1", google), held("example.com TXT v=spf1 -all", spf)],
      [
        "example.com TXT google=1 ← example.com TXT google=1",
        "example.com TXT v=spf1 ~all ← example.com TXT v=spf1 -all",
      ],
    ],
    [
      "of several edited ones each takes the place that is most like it",
      [mx("@", "b.example.net", { priority: 10 }), mx("@", "a.example.net", { priority: 20 })],
      [held("example.com MX 10 a.example.net", ten), held("example.com MX 20 b.example.net", twenty)],
      [
        "example.com MX 10 b.example.net ← example.com MX 20 b.example.net",
        "example.com MX 20 a.example.net ← example.com MX 10 a.example.net",
      ],
    ],
    [
      "an address becomes a CNAME",
      [cname("www", "example.net")],
      [held("www.example.com A web", web, "192.0.2.1")],
      ["www.example.com CNAME ← www.example.com A web"],
    ],
    [
      "what has another name stays another thing",
      [a("new", "192.0.2.1")],
      [held("old.example.com A 192.0.2.1", a("old", "192.0.2.1"))],
      ["new.example.com A 192.0.2.1 ← "],
    ],
  ])("%s", (_, records, state, expected) => expect(matched(records, state)).toEqual(expected));
});

test("the name of a record in the stack is short, holds nothing that separates a URN, and is its own", () => {
  const names = record
    .declared(
      fleet({
        name: "test",
        zones: [
          zone({
            name: "example.com",
            records: [
              txt("@", `v=DKIM1; p=${"A".repeat(400)}`),
              txt("@", `v=DKIM1; p=${"A".repeat(401)}`),
              txt("@", "a::b"),
              txt("@", "a…b"),
            ],
          }),
        ],
      }),
    )
    .map(({ name }) => name);
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect([name.length < 100, name.includes("::")]).toEqual([true, false]);
});

describe("another spelling is no change", () => {
  test.each<[string, object, object, object]>([
    ["nothing written yet", { type: "TXT", content: '"x"' }, {}, { type: "TXT", content: '"x"' }],
    ["the same text", { type: "TXT", content: '"x"' }, { content: "x" }, { type: "TXT", content: "x" }],
    ["another text", { type: "TXT", content: '"y"' }, { content: "x" }, { type: "TXT", content: '"y"' }],
    [
      "the same fields",
      { type: "CAA", data: { flags: 0, tag: "issue", value: "a.example" } },
      { data: { flags: "0", tag: "issue", value: "A.example" } },
      { type: "CAA", data: { flags: "0", tag: "issue", value: "A.example" } },
    ],
  ])("what is sent: %s", (_, args, written, sent) =>
    expect(asWritten(record, { ...args }, { ...written })).toEqual(sent),
  );
  test.each<[string, unknown, unknown, boolean]>([
    ["content", "v=spf1 -all", '"v=spf1 -all"', true],
    ["content", "v=spf1 -all", "v=spf1 ~all", false],
    ["ttl", 1, 300, false],
    ["comment", "a", '"a"', false],
  ])("what is told as drift: %s %j and %j", (path, declared, found, same) =>
    expect(isSameSpelling({ type: record.token, inputs: { type: "TXT" } }, { path, declared, found })).toBe(same),
  );
  test("what no kind knows differs", () =>
    expect(isSameSpelling({ type: "fleet:host:Service" }, { path: "content", declared: "a", found: '"a"' })).toBe(
      false,
    ));
});

test("without anything in a cloud nobody is asked", async () =>
  expect(
    (await lookAtKinds({ stack: "x", fleet: fleet({ name: "x" }), state: [], env: {}, script: () => undefined })).view,
  ).toMatchObject({ existing: {}, adopt: [] }));

describe("the kinds", () => {
  test("are each in the folder that they say, and called once", () => {
    expect(new Set(kinds.map(({ is }) => is)).size).toBe(kinds.length);
    expect(new Set(kinds.map(({ token }) => token)).size).toBe(kinds.length);
    for (const { is } of kinds) expect(() => readFileSync(join(root, "src/clouds", is, "index.ts"))).not.toThrow();
  });
  test("that audit tells of have a word in its format", () =>
    expect(
      kinds
        .flatMap(({ audit }) => audit?.kind ?? [])
        .filter((kind) => !(findingKinds as readonly string[]).includes(kind)),
    ).toEqual([]));
  test("are all on their page, and so is who behaves oddly", () => {
    const page = readFileSync(join(root, "docs/clouds.md"), "utf8");
    for (const { is } of kinds) expect(page).toContain(`\`${is.split("/")[1]}\``);
    for (const { is, quirks = [] } of kinds) if (quirks.length > 0) expect(page).toContain(`| \`${is}\` |`);
  });
  test("say of each quirk when it was seen, and where it is written", () => {
    for (const { seen, source } of kinds.flatMap(({ quirks = [] }) => quirks))
      expect([/^20\d\d-\d\d$/.test(seen), source.length > 10]).toEqual([true, true]);
  });
});
