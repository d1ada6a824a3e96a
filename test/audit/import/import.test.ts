import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { linesDocument } from "../../../src/audit/import/lines.ts";
import { importForFleet, importForOthers } from "../../../src/audit/import/pulumi.ts";
import { writeImport } from "../../../src/audit/import/write.ts";
import type { Finding } from "../../../src/audit/types.ts";
import { auditReport } from "../../../src/report/audit.ts";
import { hostile } from "../../report/hostile.ts";
import { outsideOfCode } from "../../report/read-markdown.ts";

const component = (path: string, name: string) => ({
  urn: `urn:pulumi:x::fleet::fleet:index:Fleet${path}::${name}`,
  type: path.split("$").at(-1) || "fleet:index:Fleet",
});
const state = [
  component("", "x"),
  component("$fleet:cloudflare:Zone", "example.com"),
  component("$fleet:cloudflare:Zone", "sub.example.com"),
  component("$fleet:cloudflare:Edge", "edge"),
];
const lines = { file: "stacks/x/fleet.ts", within: "records", text: "a()," };
const finding = (kind: Finding["kind"], name: string, more: Partial<Finding> = {}): Finding => ({
  place: "Cloudflare",
  host: null,
  kind,
  name,
  detail: "",
  pulumi: { type: `t:${kind}`, id: `id-${name}` },
  ...more,
});

describe("for the fleet's own stack", () => {
  test("nothing found, nothing to import", () => expect(importForFleet([], state)).toEqual({ resources: [] }));
  test("each hangs on what declares it: the innermost zone, the edge, a machine of its own", () => {
    const findings = [
      finding("dns-record", "a.sub.example.com A", { lines }),
      finding("dns-record", "example.com TXT", { lines }),
      finding("bucket", "b", { lines }),
      finding("server", "scratch", { lines }),
      finding("droplet", "spare", { lines }),
    ];
    expect(importForFleet(findings, state)).toEqual({
      nameTable: {
        fleet: state[0]!.urn,
        "zone sub.example.com": state[2]!.urn,
        "zone example.com": state[1]!.urn,
        "part edge": state[3]!.urn,
      },
      resources: [
        {
          type: "fleet:hetzner:Server",
          name: "machine scratch",
          logicalName: "scratch",
          component: true,
          parent: "fleet",
        },
        {
          type: "fleet:digitalocean:Droplet",
          name: "machine spare",
          logicalName: "spare",
          component: true,
          parent: "fleet",
        },
        {
          type: "t:dns-record",
          name: "a.sub.example.com A",
          id: "id-a.sub.example.com A",
          parent: "zone sub.example.com",
        },
        { type: "t:dns-record", name: "example.com TXT", id: "id-example.com TXT", parent: "zone example.com" },
        { type: "t:bucket", name: "b", id: "id-b", parent: "part edge" },
        { type: "t:server", name: "scratch", id: "id-scratch", parent: "machine scratch" },
        { type: "t:droplet", name: "spare", id: "id-spare", parent: "machine spare" },
      ],
    });
  });
  test("the edge is made when the fleet had none", () =>
    expect(
      importForFleet(
        [finding("bucket", "b", { lines }), finding("kv-namespace", "k", { lines })],
        state.slice(0, 1),
      ).resources.map(({ type, parent }) => [type, parent]),
    ).toEqual([
      ["fleet:cloudflare:Edge", "fleet"],
      ["t:bucket", "part edge"],
      ["t:kv-namespace", "part edge"],
    ]));
  test("what the program has no words for, and what has no place yet, is left out", () => {
    expect(importForFleet([finding("volume", "v")], state)).toEqual({ resources: [] });
    expect(importForFleet([finding("bucket", "b", { lines })], [])).toEqual({ resources: [] });
  });
  test("two of a name are told apart in the file; in the stack only where they have to be", () => {
    const { resources } = importForFleet(
      [
        finding("bucket", "x", { lines }),
        finding("kv-namespace", "x", { lines }),
        finding("bucket", "x", { lines, pulumi: { type: "t:bucket", id: "2" } }),
      ],
      state,
    );
    expect(resources.map(({ name, logicalName }) => [name, logicalName])).toEqual([
      ["x", undefined],
      ["x 2", "x"],
      ["x 3", undefined],
    ]);
  });
});

test("for another stack: what has no lines", () =>
  expect(
    importForOthers([
      finding("volume", "v"),
      finding("bucket", "b", { lines }),
      finding("port", "80/tcp", { pulumi: undefined }),
    ]),
  ).toEqual({ resources: [{ type: "t:volume", name: "v", id: "id-v" }] }));

test("a folder gets what there is, for nobody else to read; nothing for nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fleet-test-"));
  const report = (findings: Finding[]) =>
    auditReport("x", [{ place: "Cloudflare", host: null, findings, unknown: [] }]);
  expect(await writeImport(folder, report([]), state)).toEqual([]);
  await writeImport(
    folder,
    report([finding("bucket", "b", { lines }), finding("volume", "v", { place: "AWS eu-west-2" })]),
    state,
  );
  expect((await readdir(folder)).sort()).toEqual(["import-aws-eu-west-2.json", "import-fleet.json", "lines.md"]);
  expect((await stat(join(folder, "lines.md"))).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(join(folder, "import-aws-eu-west-2.json"), "utf8"))).toEqual({
    resources: [{ type: "t:volume", name: "v", id: "id-v" }],
  });
  await rm(folder, { recursive: true });
});

test.each(hostile)("nothing in a name can break out of the lines: %s", (_, text) => {
  const document = linesDocument("x", [
    finding("bucket", "b", { lines: { file: text, within: text, text: `bucket({ name: ${JSON.stringify(text)} }),` } }),
  ]);
  expect(outsideOfCode(document)).not.toContain("EVIL");
  expect(document).not.toMatch(/[\u001b\u202e\u2028\u0000]/u);
});
