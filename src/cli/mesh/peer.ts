import { encodeQR } from "qr";
import { openStack } from "../../deploy/stack.ts";
import { readState } from "../../engine/read-state.ts";
import { meshMembers } from "../../model/mesh-members.ts";
import { CliError, out, say, sayStyle } from "../../terminal/output.ts";
import { hostAddresses } from "../host-addresses.ts";
import { deviceConfiguration, deviceEntry, makeKeyPair, newDevice } from "./device.ts";

/**
 * Makes a key pair for a person's device and prints, this once, how the device joins: the configuration on stdout, the
 * same as a QR code beside it, and the line for the fleet's file. The private key is kept nowhere.
 */
export async function peer(name: string, device: string, options: { lab?: boolean; address?: string }): Promise<void> {
  const stack = await openStack(name, options);
  const { fleet } = stack;
  const { privateKey, publicKey } = makeKeyPair();
  const joining = newDevice(fleet, { name: device, publicKey, address: options.address });
  const { hub } = meshMembers(fleet);
  const key = (await readState(stack.target)).find(
    ({ type, outputs }) => type === "fleet:mesh:Key" && outputs?.host === hub?.name,
  )?.outputs?.publicKey;
  const at = hub && (await hostAddresses(stack))[hub.name];
  if (fleet.mesh?.type !== "wireguard" || !hub || typeof key !== "string" || at === undefined)
    throw new CliError(`the hub of ${name}'s mesh has no key yet: run up first`);

  const text = deviceConfiguration(joining, privateKey, {
    publicKey: key,
    endpoint: `${at}:${fleet.mesh.port}`,
    address: hub.mesh,
  });
  out(text.trimEnd());
  say(encodeQR(text, "ascii"));
  say(`Scan it with WireGuard's app on ${device}, or import the text. ${sayStyle("bold", "It is shown this once.")}`);
  say(`Then put this into peers of the mesh in stacks/${name}/fleet.ts, and run up:\n  ${deviceEntry(joining)},`);
}
