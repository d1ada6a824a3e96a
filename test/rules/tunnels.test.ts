import { expect, test } from "vitest";
import { cloudflared } from "../../services/cloudflared/index.ts";
import { zone } from "../../src/model/dns.ts";
import { edge, tunnel } from "../../src/model/edge.ts";
import { pi } from "../../src/model/host.ts";
import { planned } from "../../src/model/status.ts";
import { findings } from "../model/fixtures.ts";

const www = [{ hostname: "www.example.com", service: "http://localhost:80" }];
const home = tunnel({ name: "home", hosts: ["one"], ingress: www });
const connector = cloudflared({ tunnel: "home" });
const fleetOf = (services: (typeof connector)[], ...tunnels: Parameters<typeof tunnel>[0][]) =>
  findings({
    hosts: [pi({ name: "one", os: "debian", services })],
    zones: [zone({ name: "example.com" })],
    edge: edge({ tunnels }),
  });

test.each<[string, string[], string[]]>([
  ["a host that carries its tunnel", fleetOf([connector], home), []],
  ["one without a connector", fleetOf([], home), ["tunnel-connector"]],
  ["one whose connector is only planned", fleetOf([planned(connector)], home), ["tunnel-connector"]],
  ["a tunnel that is only planned", fleetOf([], { ...home, status: "planned" }), []],
  ["a connector for a tunnel that is not there", fleetOf([connector]), ["unknown-reference"]],
  ["a name of two tunnels", fleetOf([connector], home, { ...home, name: "other" }), ["dns-clash", "tunnel-connector"]],
  [
    "a name of a tunnel and its standby, which somebody has to carry",
    fleetOf([connector], home, { ...home, name: "other", standby: true }),
    ["tunnel-connector"],
  ],
])("%s", (_, found, rules) => expect(found.map((line) => line.split(":")[0]!).sort()).toEqual(rules));

test.each<[string, string[], boolean]>([
  ["each name once", ["a.example.com", "b.example.com"], true],
  ["one name twice", ["a.example.com", "A.example.com"], false],
  ["a wildcard after what it covers", ["a.example.com", "*.example.com"], true],
  ["a wildcard before what it covers", ["*.example.com", "a.example.com"], false],
])("ingress with %s", (_, names, fits) => {
  const ingress = names.map((hostname) => ({ hostname, service: "http://localhost:80" }));
  const make = () => tunnel({ name: "t", hosts: ["one"], ingress });
  if (fits) expect(make().ingress).toHaveLength(names.length);
  else expect(make).toThrow("is never reached");
});
