import { generateKeyPairSync } from "node:crypto";
import { CliError } from "../../terminal/output.ts";
import { fleet, type Fleet } from "../../model/fleet.ts";
import { nextMeshAddress } from "../../model/mesh-address.ts";
import { checkFleet, showFinding } from "../../rules/check.ts";

/** A key pair of WireGuard (X25519, RFC 7748), in base64. */
export interface KeyPair {
  privateKey: string;
  publicKey: string;
}

export function makeKeyPair(): KeyPair {
  const { privateKey } = generateKeyPairSync("x25519");
  const { d = "", x = "" } = privateKey.export({ format: "jwk" });
  const base64 = (text: string) => Buffer.from(text, "base64url").toString("base64");
  return { privateKey: base64(d), publicKey: base64(x) };
}

/** A person's device as the fleet's file has it. */
export interface Device {
  name: string;
  address: string;
  publicKey: string;
}

/**
 * A new device of a mesh: at this address, or the next free one.
 * @throws CliError when there is no mesh of WireGuard, or the fleet could not be deployed with it
 */
export function newDevice(
  declared: Fleet,
  { name, publicKey, address }: Partial<Device> & Omit<Device, "address">,
): Device {
  const { mesh } = declared;
  if (mesh?.type !== "wireguard") throw new CliError(`${declared.name} has no mesh of WireGuard`);
  const free = address ?? nextMeshAddress(declared);
  if (free === undefined) throw new CliError(`${mesh.network} is full: no address is left for ${name}`);
  const device = { name, address: free, publicKey };
  const findings = checkFleet(fleet({ ...declared, mesh: { ...mesh, peers: [...mesh.peers, device] } }));
  if (findings.length > 0) throw new CliError(findings.map(showFinding).join("\n"));
  return device;
}

/** How a device joins: what WireGuard's apps import and wg-quick reads. Through the tunnel it reaches the hub alone. */
export const deviceConfiguration = (
  device: Pick<Device, "name" | "address">,
  privateKey: string,
  hub: { publicKey: string; endpoint: string; address: string },
): string => `# ${device.name}
[Interface]
PrivateKey = ${privateKey}
Address = ${device.address}/32

[Peer]
PublicKey = ${hub.publicKey}
Endpoint = ${hub.endpoint}
AllowedIPs = ${hub.address}/32
PersistentKeepalive = 25
`;

/** The entry of `mesh.peers` in the fleet's file. */
export const deviceEntry = ({ name, address, publicKey }: Device): string =>
  `{ name: ${JSON.stringify(name)}, address: ${JSON.stringify(address)}, publicKey: ${JSON.stringify(publicKey)} }`;
