import { describe, expect, test } from "vitest";
import { audit, auditHost, hostsOf, type AuditInput } from "../../src/audit/audit.ts";
import { auditScript } from "../../src/audit/host/script.ts";
import { fleet } from "../../src/model/fleet.ts";
import { hetzner, mac, pi } from "../../src/model/host.ts";
import { planned } from "../../src/model/status.ts";
import { Fake, type FakeAnswer } from "../../src/transport/fake.ts";
import { Pool } from "../../src/transport/pool.ts";
import { answer } from "./host/answer.ts";

const clean = answer({ system: "ID=debian\n", passwd: "root:x:0:0::/root:/bin/bash\n" });
const input: AuditInput = {
  fleet: fleet({
    name: "x",
    hosts: [
      pi({ name: "one", os: "debian" }),
      pi({ name: "two", os: "debian" }),
      planned(pi({ name: "later", os: "debian" })),
    ],
  }),
  files: { one: "hosts/x/one.ts" },
  state: [
    {
      urn: "urn:pulumi:x::fleet::fleet:index:Fleet$fleet:hetzner:Server$fleet:host:Service::gone/web",
      type: "fleet:host:Service",
      parent: "urn:pulumi:x::fleet::fleet:index:Fleet$fleet:hetzner:Server::gone",
      inputs: { host: "gone", service: "web", units: { "web.service": {} } },
    },
  ],
  env: {},
  standIns: false,
  operatorKeys: "",
  connectionTo: (host) => ({ address: `${host}.example`, bootSeconds: 300 }),
};
async function looked(reply: FakeAnswer, of: AuditInput = input, unreachable: [string, string][] = []) {
  const transport = new Fake(reply);
  for (const [host, reason] of unreachable) transport.unreachable.set(host, reason);
  const pool = new Pool(transport);
  const places = await audit(of, pool);
  await pool.close();
  return {
    transport,
    pool,
    told: places.map(({ place, findings, unknown }) => [
      place,
      ...findings.map(({ kind, name }) => `${kind} ${name}`),
      ...unknown.map(({ reason }) => reason),
    ]),
  };
}

test("hosts that exist or are left in the stack are looked at, with one connection and one script each, at once or not at all", async () => {
  const { transport, told } = await looked(() => clean);
  expect(told).toEqual([["gone"], ["one"], ["two"]]);
  expect(
    transport.handshakes
      .map(({ host, connection }) => [host, connection.bootSeconds])
      .sort((a, b) => (String(a) < String(b) ? -1 : 1)),
  ).toEqual([
    ["gone", 0],
    ["one", 0],
    ["two", 0],
  ]);
  expect(transport.runs.map(({ script }) => script)).toEqual([auditScript(), auditScript(), auditScript()]);
  expect(transport.sessions).toBe(0);
});

test("what was taken out of the program and is in the stack is not nobody's", async () =>
  expect((await looked(() => answer({ units: "wanted web.service\nwanted extra.service\n" }))).told).toEqual([
    ["gone", "unit extra.service"],
    ["one", "unit extra.service", "unit web.service"],
    ["two", "unit extra.service", "unit web.service"],
  ]));

describe("a host that could not be looked at is unknown, and the others are told", () => {
  test("it does not answer", async () =>
    expect((await looked(() => clean, input, [["one", "no route"]])).told).toEqual([
      ["gone"],
      ["one", "one is unreachable: no route"],
      ["two"],
    ]));
  test("its answer is cut short", async () =>
    expect(
      (
        await looked(({ host }) =>
          host === "one" ? { exitCode: 1, stdout: "#fleet:system\n", stderr: "sh: killed" } : clean,
        )
      ).told[1],
    ).toEqual(["one", "the host's answer was cut short: sh: killed"]));
  test("it runs macOS", async () => {
    const { transport, told } = await looked(() => clean, {
      ...input,
      state: [],
      fleet: fleet({ name: "x", hosts: [mac({ name: "studio" })] }),
    });
    expect(told).toEqual([["studio", "it runs macOS, and only Linux is looked at"]]);
    expect(transport.handshakes).toEqual([]);
  });
});

test("one host alone: no other is connected to, no provider asked", async () => {
  const transport = new Fake(() => clean);
  expect(await auditHost(input, new Pool(transport), "two")).toEqual({
    place: "two",
    host: "two",
    findings: [],
    unknown: [],
  });
  expect(transport.handshakes.map(({ host }) => host)).toEqual(["two"]);
});

test("a machine that the fleet is still to make is not there to be looked at, one that it adopts or has made is", () => {
  const machine = (name: string, more: object = {}) =>
    hetzner({ name, type: "cx23", location: "hel1", os: "debian", ipv4: "203.0.113.1", ...more });
  const state = [
    { urn: "urn:pulumi:x::fleet::fleet:index:Fleet$fleet:hetzner:Server::made", type: "fleet:hetzner:Server" },
  ];
  expect(
    hostsOf({
      state,
      fleet: fleet({ name: "x", hosts: [machine("unmade"), machine("made"), machine("adopted", { adopt: true })] }),
    }),
  ).toEqual(["adopted", "made"]);
});

test("a fleet without hosts, zones and accounts has no places", async () => {
  expect((await looked(() => clean, { ...input, state: [], fleet: fleet({ name: "x" }) })).told).toEqual([]);
  expect(hostsOf({ state: [], fleet: fleet({ name: "x" }) })).toEqual([]);
});
