import { expect, test } from "vitest";
import type { Host } from "../../src/model/host.ts";
import { meshServices } from "../../services/wireguard/mesh.ts";
import { refsOf, type Text } from "../../src/model/text.ts";
import { udp } from "../../src/model/port.ts";
import { findings, fleetOf, server, sketch } from "../model/fixtures.ts";
import { contextOf } from "../../src/model/host.ts";

const mesh = { type: "wireguard", network: "10.84.0.0/24", hub: "zurich" } as const;
const hub = (more = {}) =>
  server("zurich", { mesh: "10.84.0.1", ipv4: "192.0.2.1", publicPorts: ["51820/udp"], ...more });
const spoke = (name: string, last: number, more = {}) => server(name, { mesh: `10.84.0.${last}`, ...more });

const show = (text: Text) =>
  typeof text === "string"
    ? text
    : text.parts.map((p) => (typeof p === "string" ? p : `<${p.ref} ${p.name}>`)).join("");
/** Host → the lines of its peers. */
const peersOf = (hosts: Host[], of: object = mesh) =>
  Object.fromEntries(
    [...meshServices(fleetOf({ hosts, mesh: of as typeof mesh }))].map(([host, services]) => [
      host.name,
      services.map((s) =>
        show(s.render(contextOf(host)).files["/etc/fleet/wireguard-peers.conf"]!.content)
          .split("\n")
          .slice(1, -1),
      ),
    ]),
  );

test.each<[string, Host[], object, object]>([
  [
    "the hub lists exactly the active spokes, each spoke its hub",
    [hub(), spoke("tokyo", 22), spoke("paris", 8), spoke("later", 9, { status: "planned" }), server("outside")],
    mesh,
    {
      zurich: [["tokyo 10.84.0.22/32 - <mesh-key tokyo>", "paris 10.84.0.8/32 - <mesh-key paris>"]],
      tokyo: [["zurich 10.84.0.1/32 <address zurich>:51820 <mesh-key zurich>"]],
      paris: [["zurich 10.84.0.1/32 <address zurich>:51820 <mesh-key zurich>"]],
      later: [["zurich 10.84.0.1/32 <address zurich>:51820 <mesh-key zurich>"]],
    },
  ],
  [
    "another port is dialled",
    [hub(), spoke("tokyo", 22)],
    { ...mesh, port: 4242 },
    {
      zurich: [["tokyo 10.84.0.22/32 - <mesh-key tokyo>"]],
      tokyo: [["zurich 10.84.0.1/32 <address zurich>:4242 <mesh-key zurich>"]],
    },
  ],
  [
    "a person's device is in the hub's list alone, by the key that its file gives",
    [hub(), spoke("tokyo", 22)],
    { ...mesh, peers: [{ name: "laptop", address: "10.84.0.30", publicKey: `${"A".repeat(43)}=` }] },
    {
      zurich: [["tokyo 10.84.0.22/32 - <mesh-key tokyo>", `laptop 10.84.0.30/32 - ${"A".repeat(43)}=`]],
      tokyo: [["zurich 10.84.0.1/32 <address zurich>:51820 <mesh-key zurich>"]],
    },
  ],
  ["a hub alone", [hub()], mesh, { zurich: [[]] }],
  ["nothing without a hub", [spoke("tokyo", 22)], mesh, {}],
  ["nothing in a planned mesh", [hub(), spoke("tokyo", 22)], { ...mesh, status: "planned" }, {}],
  ["nothing in a mesh of Tailscale", [hub({ mesh: "100.64.0.1" })], { type: "tailscale" }, {}],
])("%s", (_, hosts, of, expected) => expect(peersOf(hosts, of)).toEqual(expected));

test("the rules see them as they see a host's own services", () => {
  const fleet = (...hosts: Host[]) => findings({ hosts, mesh });
  const ssh = sketch("ssh", { dependsOn: ["wireguard"] });
  expect(fleet(hub(), spoke("tokyo", 22, { services: [ssh] }))).toEqual([]);
  expect(fleet(hub({ publicPorts: [] }))).toEqual([
    "public-port: zurich/wireguard listens on 51820/udp for the public, but zurich doesn't open it",
  ]);
  expect(fleet(hub({ services: [sketch("game", { ports: [udp(51820)] })] }))).toEqual([
    "port-clash: zurich/game (51820/udp, public) and zurich/wireguard (51820/udp, public) listen on the same port",
  ]);
  expect(fleet(hub({ services: [sketch("wireguard")] }))).toEqual([
    'unique-name: the service on zurich "wireguard" is there 2 times',
  ]);
  expect(fleet(hub(), spoke("tokyo", 22, { os: "macos" }))).toEqual([
    expect.stringMatching("^platform: tokyo/wireguard can't run on tokyo"),
  ]);
});

test("what each of them refers to is what a deployment has to resolve", () => {
  const [[, [service]]] = [...meshServices(fleetOf({ hosts: [hub(), spoke("tokyo", 22)], mesh }))].slice(1) as [
    [Host, ReturnType<typeof sketch>[]],
  ];
  expect(
    refsOf(service!.render(contextOf(spoke("tokyo", 22))).files["/etc/fleet/wireguard-peers.conf"]!.content),
  ).toEqual([
    { ref: "address", name: "zurich" },
    { ref: "mesh-key", name: "zurich" },
  ]);
});
