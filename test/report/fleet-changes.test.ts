import { describe, expect, test } from "vitest";
import { compareFleets } from "../../src/report/fleet-changes.ts";
import { describeFleet, parseBase } from "../../src/report/fleet-description.ts";
import { tcp } from "../../src/model/port.ts";
import { planned } from "../../src/model/status.ts";
import { checkFleet } from "../../src/rules/check.ts";
import { neverProxied } from "../../src/model/policies.ts";
import { a, zone } from "../../src/model/dns.ts";
import { policyResults } from "../../src/report/policies.ts";
import { fleetOf, server, sketch } from "../model/fixtures.ts";

const mesh = { type: "wireguard", network: "10.84.0.0/24", hub: "a", port: 51820 } as const;
const base = {
  hosts: [server("a", { mesh: "10.84.0.1", publicPorts: ["443/tcp"], monthlyCost: { eur: 4 } })],
  mesh,
  policies: { kept: "Keep it" },
};
const described = (parts: Parameters<typeof fleetOf>[0]) =>
  parseBase(JSON.stringify(describeFleet(fleetOf(parts), {})), "test");
const compared = (parts: Parameters<typeof fleetOf>[0]) => compareFleets(described(base), described(parts));
const unchanged = { cost: { before: "€4/month", after: "€4/month" }, ports: [], mesh: [], policies: [] };

describe("compareFleets", () => {
  const wider = sketch("db", { ports: [tcp(5432, "private"), tcp(9100, "mesh"), tcp(80, "loopback")] });
  test.each([
    ["nothing", base, unchanged],
    [
      "a dearer host",
      { ...base, hosts: [server("a", { mesh: "10.84.0.1", publicPorts: ["443/tcp"], monthlyCost: { eur: [5, 6] } })] },
      { ...unchanged, cost: { before: "€4/month", after: "€5–6/month" } },
    ],
    [
      "ports that open and close",
      { ...base, hosts: [server("a", { mesh: "10.84.0.1", publicPorts: ["80/tcp"], monthlyCost: { eur: 4 } })] },
      {
        ...unchanged,
        ports: [
          { host: "a", port: "80/tcp", to: "public", op: "opens" },
          { host: "a", port: "443/tcp", to: "public", op: "closes" },
        ],
      },
    ],
    [
      "ports inside the mesh and the private network",
      { ...base, hosts: [{ ...base.hosts[0]!, services: [wider] }] },
      {
        ...unchanged,
        ports: [
          { host: "a", port: "5432/tcp", to: "private", op: "opens" },
          { host: "a", port: "9100/tcp", to: "mesh", op: "opens" },
        ],
      },
    ],
    [
      "what is only planned",
      {
        ...base,
        hosts: [
          { ...base.hosts[0]!, services: [planned(wider)] },
          { ...server("b", { mesh: "10.84.0.2", publicPorts: ["22/tcp"] }), status: "planned" as const },
        ],
      },
      unchanged,
    ],
    [
      "a host that joins",
      { ...base, hosts: [...base.hosts, server("b", { mesh: "10.84.0.2" })] },
      { ...unchanged, mesh: [{ what: "member", name: "b", before: undefined, after: "10.84.0.2" }] },
    ],
    [
      "another port of the mesh, and a laptop",
      {
        ...base,
        mesh: {
          ...mesh,
          port: 51821,
          peers: [{ name: "laptop", address: "10.84.0.9", publicKey: `${"A".repeat(43)}=` }],
        },
      },
      {
        ...unchanged,
        mesh: [
          { what: "peer", name: "laptop", before: undefined, after: "10.84.0.9" },
          { what: "port", name: "", before: "51820", after: "51821" },
        ],
      },
    ],
    [
      "rules",
      { ...base, policies: { kept: "Keep it all", more: "More" } },
      {
        ...unchanged,
        policies: [
          { id: "kept", before: "Keep it", after: "Keep it all" },
          { id: "more", before: undefined, after: "More" },
        ],
      },
    ],
  ])("tells %s", (_what, parts, expected) => expect(compared(parts)).toEqual(expected));
});

describe("parseBase", () => {
  const description = describeFleet(fleetOf(base), {});
  test("reads what show and preview print", () => {
    expect(parseBase(JSON.stringify({ version: 1, declared: description }), "test")).toEqual(
      parseBase(JSON.stringify(description), "test"),
    );
  });
  test.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["null", "null"],
    ["something else", "[]"],
    ["less", JSON.stringify({ ...description, hosts: undefined })],
  ])("refuses %s", (_what, text) => {
    expect(() => parseBase(text, "test")).toThrow(
      "it is not what `fleet show test --json` or `fleet preview test --format json` prints",
    );
  });
  test("refuses another fleet", () =>
    expect(() => parseBase(JSON.stringify(description), "other")).toThrow('it describes the fleet "test", not other'));
});

test("policies are kept, broken, or words alone", () => {
  const fleet = fleetOf({
    zones: [
      zone({
        name: "example.com",
        records: [a("www", "192.0.2.1", { proxied: true }), a("@", "192.0.2.1", { proxied: true })],
      }),
    ],
    policies: { words: "Be kind", proxied: neverProxied("No proxy"), also: { text: "Nothing", check: () => [] } },
  });
  expect(
    policyResults(fleet, checkFleet(fleet)).map(({ id, result, breaches }) => [id, result, breaches.length]),
  ).toEqual([
    ["also", "kept", 0],
    ["proxied", "broken", 2],
    ["words", "in words", 0],
  ]);
});
