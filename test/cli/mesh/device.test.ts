import { createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { decodeQR } from "qr/decode.js";
import { encodeQR } from "qr";
import { expect, test } from "vitest";
import {
  deviceConfiguration,
  deviceEntry,
  type KeyPair,
  makeKeyPair,
  newDevice,
} from "../../../src/cli/mesh/device.ts";
import { vps } from "../../../src/model/host.ts";
import { fleetOf } from "../../model/fixtures.ts";

const hub = vps({ name: "hub", os: "debian", ipv4: "192.0.2.1", mesh: "10.84.0.1", publicPorts: ["51820/udp"] });
const laptop = { name: "laptop", address: "10.84.0.2", publicKey: `${"A".repeat(43)}=` };
const fleet = (network = "10.84.0.0/24") =>
  fleetOf({ hosts: [hub], mesh: { type: "wireguard", network, hub: "hub", peers: [laptop] } });
const phone = { name: "phone", publicKey: `${"B".repeat(42)}E=` };

test.each<[string, object, string]>([
  ["the next free address", {}, "10.84.0.3"],
  ["the one that was asked for", { address: "10.84.0.77" }, "10.84.0.77"],
])("a new device gets %s", (_, more, address) =>
  expect(newDevice(fleet(), { ...phone, ...more })).toEqual({ ...phone, address }),
);

test.each<[string, () => unknown, string]>([
  [
    "a taken name",
    () => newDevice(fleet(), { ...phone, name: "laptop" }),
    'the member of the mesh "laptop" is there 2',
  ],
  [
    "a host's name",
    () => newDevice(fleet(), { ...phone, name: "hub" }),
    'the member of the mesh "hub" is there 2 times',
  ],
  [
    "a taken address",
    () => newDevice(fleet(), { ...phone, address: "10.84.0.2" }),
    "10.84.0.2 belongs to laptop (mesh)",
  ],
  ["an address outside", () => newDevice(fleet(), { ...phone, address: "10.9.0.2" }), "outside of 10.84.0.0/24"],
  ["no address", () => newDevice(fleet(), { ...phone, address: "phone" }), "mesh.peers[1].address"],
  ["no name", () => newDevice(fleet(), { ...phone, name: "My phone" }), "mesh.peers[1].name"],
  ["a full mesh", () => newDevice(fleet("10.84.0.0/30"), phone), "10.84.0.0/30 is full"],
  ["no mesh", () => newDevice(fleetOf({ hosts: [hub] }), phone), "test has no mesh of WireGuard"],
])("%s is refused", (_, make, message) => expect(make).toThrow(message));

test("each key pair is another one, and its halves belong together", () => {
  const [one, two] = [makeKeyPair(), makeKeyPair()];
  expect(one.privateKey).not.toBe(two.privateKey);
  const url = (text: string) => Buffer.from(text, "base64").toString("base64url");
  const shared = (own: KeyPair, other: KeyPair) => {
    const jwk = { kty: "OKP", crv: "X25519", x: url(own.publicKey), d: url(own.privateKey) };
    const of = { kty: "OKP", crv: "X25519", x: url(other.publicKey) };
    return diffieHellman({
      privateKey: createPrivateKey({ key: jwk, format: "jwk" }),
      publicKey: createPublicKey({ key: of, format: "jwk" }),
    }).toString("hex");
  };
  expect(shared(one, two)).toBe(shared(two, one));
  expect(newDevice(fleet(), { name: "phone", publicKey: one.publicKey }).publicKey).toBe(one.publicKey);
});

test("the configuration dials the hub and reaches nothing else, and the QR code says the same", () => {
  const at = { publicKey: "HUB", endpoint: "192.0.2.1:51820", address: "10.84.0.1" };
  const text = deviceConfiguration({ name: "phone", address: "10.84.0.3" }, "SECRET", at);
  expect(text).toBe(
    "# phone\n[Interface]\nPrivateKey = SECRET\nAddress = 10.84.0.3/32\n\n" +
      "[Peer]\nPublicKey = HUB\nEndpoint = 192.0.2.1:51820\nAllowedIPs = 10.84.0.1/32\nPersistentKeepalive = 25\n",
  );
  const dots = encodeQR(text, "raw").map((row) => row.flatMap((dot) => Array<boolean>(4).fill(dot)));
  const image = dots.flatMap((row) => Array<boolean[]>(4).fill(row));
  const data = Uint8Array.from(image.flat().flatMap((dot) => [...Array<number>(3).fill(dot ? 0 : 255), 255]));
  expect(decodeQR({ width: image[0]!.length, height: image.length, data })).toBe(text);
});

test("the entry for the fleet's file holds no private key", () =>
  expect(deviceEntry(laptop)).toBe(`{ name: "laptop", address: "10.84.0.2", publicKey: "${laptop.publicKey}" }`));
