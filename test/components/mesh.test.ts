import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { DeployedFleet } from "../../src/components/fleet/fleet.ts";
import { meshConnection } from "../../src/components/mesh/mesh.ts";
import { fleet } from "../../src/model/fleet.ts";
import { aws, vps, type Host } from "../../src/model/host.ts";
import { sshMesh } from "../../services/ssh-mesh/index.ts";
import { register } from "./mocks.ts";

const hub = vps({ name: "zurich", os: "debian", ipv4: "203.0.113.1", mesh: "10.84.0.1", publicPorts: ["51820/udp"] });
const spoke = (name: string, last: number) =>
  vps({ name, os: "debian", ipv4: `203.0.113.${last}`, mesh: `10.84.0.${last}` });
const mesh = { type: "wireguard", network: "10.84.0.0/24", hub: "zurich" } as const;

const deploy = (hosts: Host[], more: object = { mesh }, firstBoot: string[] = []) => {
  const args = {
    fleet: fleet({ name: "test", hosts, ...more }),
    secrets: () => pulumi.secret(""),
    view: { existing: {}, adopt: [], asFound: false, firstBoot },
    operatorKeys: ["ssh-ed25519 AAAA"],
    standIns: false,
    scriptOf: () => "",
  };
  return register(() => void new DeployedFleet("test", args));
};
const shown = (all: Awaited<ReturnType<typeof deploy>>) =>
  all
    .map(({ type, name }) => `${type.split(":").slice(1).join(":")} ${name}`)
    .filter((s) => !/Fleet|Machine/.test(s))
    .sort();
const peersOf = (all: Awaited<ReturnType<typeof deploy>>, name: string) => {
  const { files } = all.find((r) => r.name === `${name}/wireguard`)!.inputs;
  const { content } = (files as Record<string, { content: string }>)["/etc/fleet/wireguard-peers.conf"]!;
  return content.split("\n").slice(1, -1);
};

test("every host of a mesh gets its key and its service, and they know one another", async () => {
  const all = await deploy([hub, spoke("tokyo", 22), spoke("paris", 8)]);
  expect(shown(all)).toEqual([
    "host:Service paris/wireguard",
    "host:Service tokyo/wireguard",
    "host:Service zurich/wireguard",
    "mesh:Key paris-mesh-key",
    "mesh:Key tokyo-mesh-key",
    "mesh:Key zurich-mesh-key",
    "mesh:WireGuard mesh",
  ]);
  expect(peersOf(all, "zurich")).toEqual([
    "tokyo 10.84.0.22/32 - public-of-tokyo-mesh-key",
    "paris 10.84.0.8/32 - public-of-paris-mesh-key",
  ]);
  expect(peersOf(all, "tokyo")).toEqual(["zurich 10.84.0.1/32 203.0.113.1:51820 public-of-zurich-mesh-key"]);
  expect(all.find((r) => r.name === "tokyo-mesh-key")!.inputs).toMatchObject({
    host: "tokyo",
    connection: { address: "203.0.113.22", user: "root" },
  });
});

test("no mesh, nothing of it", async () => expect(shown(await deploy([hub, spoke("tokyo", 22)], {}))).toEqual([]));

test("over the mesh a host is reached at its address there, through the hub, and at once", () => {
  const own = {
    address: "203.0.113.22",
    port: 22,
    user: "root",
    hostKey: "ssh-ed25519 AAAA",
    bootSeconds: 180,
    machine: "aws:x/i-1",
  };
  const ofHub = { address: "203.0.113.1", user: "root" };
  expect(meshConnection(spoke("tokyo", 22), own, { name: "zurich", connection: ofHub })).toEqual({
    ...own,
    address: "10.84.0.22",
    jump: "zurich",
    jumpConnection: ofHub,
    bootSeconds: 0,
  });
  expect(() =>
    meshConnection(vps({ name: "osaka", os: "debian" }), own, { name: "zurich", connection: ofHub }),
  ).toThrow("host osaka is to be reached over the mesh, but is not in it: give mesh in its host file");
});

test.each<[string, string[], object, string[]]>([
  ["a first boot at its public address", ["oslo"], { address: "203.0.113.10", bootSeconds: 300 }, ["203.0.113.1/32"]],
  ["later at its address in the mesh", [], { address: "10.84.0.9", bootSeconds: 0 }, []],
])(
  "who takes SSH in the mesh alone is reached through the hub and lets in nobody else: %s",
  async (_, first, at, from) => {
    const oslo = aws({
      name: "oslo",
      type: "t4g.nano",
      region: "eu-north-1",
      ami: "ami-0abc",
      os: "nixos",
      mesh: "10.84.0.9",
      services: [sshMesh({})],
    });
    const all = await deploy([hub, oslo], { mesh }, first);
    expect(all.find(({ name }) => name === "oslo-mesh-key")!.inputs.connection).toMatchObject({
      ...at,
      jump: "zurich",
      jumpConnection: { address: "203.0.113.1" },
    });
    const { ingress } = all.find(({ name }) => name === "oslo-firewall")!.inputs as {
      ingress: { cidrBlocks: string[] }[];
    };
    expect(ingress.flatMap(({ cidrBlocks }) => cidrBlocks)).toEqual(from);
  },
);
