import { describe, expect, test } from "vitest";
import { wireguard } from "../../services/wireguard/index.ts";
import { fileText, host, unitText } from "./render.ts";

const PEERS = "/etc/fleet/wireguard-peers.conf";
const hub = wireguard({
  address: "10.84.0.1/24",
  listen: 51820,
  peers: [
    { name: "tokyo", address: "10.84.0.22" },
    { name: "paris", address: "10.84.0.8" },
  ],
});
const spoke = wireguard({ address: "10.84.0.22/24", peers: [{ name: "zurich", address: "10.84.0.1", dial: 51820 }] });
const alone = wireguard({ address: "10.84.0.1/24", listen: 51820, peers: [] });
const TITLE = "# name, address, endpoint, key, next key while it gets one\n";

test.each([
  [
    "a hub has a line for each spoke and dials none",
    hub,
    "tokyo 10.84.0.22/32 - <mesh-key tokyo>\nparis 10.84.0.8/32 - <mesh-key paris>\n",
  ],
  [
    "a spoke has its hub alone, so that no spoke reaches another",
    spoke,
    "zurich 10.84.0.1/32 <address zurich>:51820 <mesh-key zurich>\n",
  ],
  ["a hub without spokes has no line", alone, ""],
])("%s", (_, service, lines) => expect(fileText(service, PEERS)).toBe(TITLE + lines));

describe("what it listens on and waits for", () => {
  test.each([
    [
      "a hub is dialled by anyone, and waits for nobody",
      hub,
      [{ protocol: "udp", range: { from: 51820, to: 51820 }, exposure: "public" }],
      [],
      [{ kind: "udp", port: 51820, within: 30 }],
    ],
    [
      "a spoke is dialled by nobody, and waits until its hub knows it",
      spoke,
      [],
      ["zurich/wireguard"],
      [{ kind: "command", command: expect.stringContaining("latest-handshakes"), within: 30 }],
    ],
  ])("%s", (_, service, ports, dependsOn, checks) => {
    expect(service.ports).toEqual(ports);
    expect(service.dependsOn).toEqual(dependsOn);
    expect(service.render(host()).checks).toEqual(checks);
  });
});

test("changed peers are a reload, and the private key is in no file of the bundle", () => {
  const { files, units, packages } = spoke.render(host());
  expect(Object.keys(files)).toEqual(["/etc/fleet/wireguard.sh", PEERS]);
  expect(units["wireguard.service"]).toMatchObject({ enabled: true, active: true, onChange: "reload" });
  expect(packages).toEqual(["wireguard-tools"]);
});

test("the unit says the host's own address, and the port only where it is dialled", () => {
  const ofHub = unitText(hub, "wireguard.service"),
    ofSpoke = unitText(spoke, "wireguard.service");
  expect(ofHub).toContain("Environment=ADDRESS=10.84.0.1/24\nEnvironment=PORT=51820\n");
  expect(ofSpoke).toContain("Environment=ADDRESS=10.84.0.22/24\nExecStart=/bin/sh /etc/fleet/wireguard.sh up\n");
  expect(ofSpoke).toContain("Environment=PATH=/run/current-system/sw/bin:");
  expect(ofHub.replace(/ADDRESS=.*|Environment=PORT.*\n/g, "")).toBe(ofSpoke.replace(/ADDRESS=.*/g, ""));
});

test.each([
  ["an address without the size of its network", { address: "10.84.0.1", peers: [] }, "wireguard.address"],
  ["a port that is none", { address: "10.84.0.1/24", listen: 0, peers: [] }, "wireguard.listen"],
  [
    "a peer that is no host",
    { address: "10.84.0.1/24", peers: [{ name: "a b", address: "10.84.0.2" }] },
    "wireguard.peers[0].name",
  ],
  [
    "a peer with a network",
    { address: "10.84.0.1/24", peers: [{ name: "a", address: "10.84.0.2/32" }] },
    "wireguard.peers[0].address",
  ],
])("%s is refused", (_, args, field) => expect(() => wireguard(args)).toThrow(field));
