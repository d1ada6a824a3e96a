import { parse } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fleet } from "../../src/model/fleet.ts";
import { pi, type Host } from "../../src/model/host.ts";
import { tcp, udp, type Port } from "../../src/model/port.ts";
import { service, type Service } from "../../src/model/service.ts";
import { planned } from "../../src/model/status.ts";
import { viewOf } from "../../src/rules/view.ts";
import { policyFile } from "../../src/tailnet/policy.ts";
import { tagsOf } from "../../src/tailnet/tags.ts";

const sketch = (kind: string, more: { ports?: Port[]; dependsOn?: string[] } = {}): Service =>
  service(kind, {
    args: z.strictObject({}),
    ports: () => more.ports ?? [],
    dependsOn: () => more.dependsOn ?? [],
    render: () => ({}),
  })({});
const host = (name: string, roles: string[], services: Service[] = [], more: object = {}): Host =>
  pi({ name, os: "debian", roles, services, ...more });

const db = host("gamma", ["database"], [sketch("postgresql", { ports: [tcp(5432, "mesh"), tcp(9187, "loopback")] })]);
const web = (dependsOn: string[] = ["gamma/postgresql"]) => host("alpha", ["web"], [sketch("api", { dependsOn })]);

function written(hosts: Host[], mesh: object = {}, as?: "open" | "derived") {
  const declared = fleet({ name: "pis", hosts, mesh: { type: "tailscale", ...mesh } });
  if (declared.mesh?.type !== "tailscale") throw new Error("no tailnet");
  return policyFile(viewOf(declared), declared.mesh, as);
}
const parsed = (...args: Parameters<typeof written>) =>
  parse(written(...args)) as Record<"grants" | "tests" | "ssh", Record<string, string[]>[]> & { tagOwners: object };
/** Without what people may do, which every host has. */
const grants = (...args: Parameters<typeof written>) =>
  parsed(...args).grants.filter(({ src }) => src![0] !== "autogroup:admin");

describe("tags", () => {
  test.each([
    ["its name where it has no role", { name: "pi5-alpha", roles: [] }, ["tag:pi5-alpha"]],
    [
      "its roles, the main one first",
      { name: "a", roles: ["web", "agent_pool", "web"] },
      ["tag:web", "tag:agent-pool"],
    ],
    ["a role that no tag can be called", { name: "a", roles: ["4k_TV"] }, ["tag:role-4k-tv"]],
  ])("a host has %s", (_, of, tags) => expect(tagsOf(of)).toEqual(tags));
});

test("the file is readable: each line says why it is there", () => {
  expect(written([web(), db], { document: '{\n  // BlackRoad\n  "nodeAttrs": [],\n}' })).toBe(`{
  // BlackRoad
  "nodeAttrs": [],
  "tagOwners": {
    "tag:database": ["autogroup:admin"],
    "tag:web": ["autogroup:admin"],
  },
  "grants": [
    // alpha/api needs gamma/postgresql
    {"src": ["tag:web"], "dst": ["tag:database"], "ip": ["tcp:5432"]},
    // people who look after tag:web
    {"src": ["autogroup:admin"], "dst": ["tag:web"], "ip": ["tcp:22"]},
    // people who look after tag:database
    {"src": ["autogroup:admin"], "dst": ["tag:database"], "ip": ["tcp:22", "tcp:5432"]},
  ],
  "tests": [
    {"src": "tag:web", "proto": "tcp", "accept": ["tag:database:5432"], "deny": ["tag:web:22", "tag:database:22"]},
    {"src": "tag:database", "proto": "tcp", "accept": [], "deny": ["tag:web:22", "tag:database:22", "tag:database:5432"]},
  ],
}
`);
});

test.each<[what: string, hosts: Host[], grants: object[]]>([
  ["nothing where nothing depends on anything", [web([]), db], []],
  [
    "nothing on one host",
    [host("one", [], [sketch("db", { ports: [tcp(1, "mesh")] }), sketch("api", { dependsOn: ["db"] })])],
    [],
  ],
  [
    "nothing of what is only planned",
    [host("alpha", ["web"], [planned(sketch("api", { dependsOn: ["gamma/postgresql"] }))]), db],
    [],
  ],
  [
    "no port that is not in the mesh",
    [web(["gamma/x"]), host("gamma", [], [sketch("x", { ports: [tcp(80), udp(9, "private")] })])],
    [],
  ],
  [
    "two ports, and ranges, of two protocols",
    [web(["g/x"]), host("g", [], [sketch("x", { ports: [udp(53, "mesh"), tcp({ from: 80, to: 90 }, "mesh")] })])],
    [{ src: ["tag:web"], dst: ["tag:g"], ip: ["udp:53", "tcp:80-90"] }],
  ],
  [
    "once what two hosts of a role need",
    [web(), host("beta", ["web"], [sketch("job", { dependsOn: ["gamma/postgresql"] })]), db],
    [{ src: ["tag:web"], dst: ["tag:database"], ip: ["tcp:5432"] }],
  ],
  [
    "SSH from a jump host",
    [host("bastion", []), host("inner", [], [], { jump: "bastion", sshPort: 2222 })],
    [{ src: ["tag:bastion"], dst: ["tag:inner"], ip: ["tcp:2222"] }],
  ],
])("grants %s", (_, hosts, expected) => expect(grants(hosts)).toEqual(expected));

test("open is one word: everyone reaches everything, and what the derived policy would be is there to be shown", () => {
  const open = parsed([web(), db], { policy: "open" });
  expect(open.grants).toEqual([{ src: ["*"], dst: ["*"], ip: ["*"] }]);
  expect(open.tests).toBeUndefined();
  expect(written([web(), db], { policy: "open" }, "derived")).toBe(written([web(), db]));
});

test("Tailscale's SSH is in the policy when hosts run it", () => {
  expect(parsed([db]).ssh).toBeUndefined();
  expect(parsed([host("a", [], [], { user: "pi" }), db], { ssh: true, admins: ["group:ops"] }).ssh).toEqual([
    { action: "accept", src: ["group:ops"], dst: ["tag:a", "tag:database"], users: ["pi", "root"] },
  ]);
});
