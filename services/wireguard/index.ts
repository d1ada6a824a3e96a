import { z } from "zod";
import { hostNameSchema } from "../../src/model/host-schema.ts";
import { aptSystems } from "../../src/model/platform.ts";
import { udp } from "../../src/model/port.ts";
import { wireguardKey } from "../../src/model/mesh.ts";
import { service } from "../../src/model/service.ts";
import { addressOf, joinText, meshKeyOf, text, type Text } from "../../src/model/text.ts";
import { INTERFACE } from "./interface.ts";
import { PEERS, SCRIPT, wireguardScript } from "./script.ts";
import { wireguardUnit } from "./unit.ts";

const port = z.int().min(1).max(65535);
const peerSchema = z.strictObject({
  /** A host of the fleet, or a person's device. */
  name: hostNameSchema,
  /** Its address in the mesh: all that it may send from. */
  address: z.ipv4(),
  /** The UDP port at its public address where it is dialled; whoever has none dials. */
  dial: port.optional(),
  /** The public key of a device; a host's own is read from it. */
  key: wireguardKey.optional(),
});

/**
 * One host's end of the WireGuard mesh, hub and spoke alike. It is not put into host files: meshServices() gives every
 * host of a mesh its own.
 */
export const wireguard = service("wireguard", {
  args: z.strictObject({
    /** The host's own address with the mesh's size: "10.84.0.22/24". */
    address: z.cidrv4(),
    /** UDP port where others dial it. */
    listen: port.optional(),
    peers: z.array(peerSchema),
  }),
  runsOn: { os: [...aptSystems, "fedora", "nixos"] },
  ports: (a) => (a.listen === undefined ? [] : [udp(a.listen)]),
  // The hub must know a spoke before that can shake hands.
  dependsOn: (a) => a.peers.filter((peer) => peer.dial !== undefined).map((peer) => `${peer.name}/wireguard`),
  render: (a) => ({
    packages: ["wireguard-tools"],
    files: {
      [SCRIPT]: { content: wireguardScript, mode: "0755" },
      [PEERS]: {
        content: joinText(["# name, address, endpoint, key, next key while it gets one\n", ...a.peers.map(peerLine)]),
      },
    },
    units: { "wireguard.service": { text: wireguardUnit(a.address, a.listen), onChange: "reload" } },
    // Peers that somebody added by hand are in no file: only the interface knows of them.
    records: { [SCRIPT]: { [`interface ${INTERFACE}`]: { unlisted: [] } } },
    checks: a.listen === undefined ? [{ kind: "command", command: SHAKEN }] : [{ kind: "udp", port: a.listen }],
  }),
});

/** Someone has shaken hands. */
const SHAKEN = `wg show ${INTERFACE} latest-handshakes | grep -qv '\t0$'`;

const peerLine = ({ name, address, dial, key }: z.output<typeof peerSchema>): Text =>
  text`${name} ${address}/32 ${dial === undefined ? "-" : text`${addressOf(name)}:${dial}`} ${key ?? meshKeyOf(name)}\n`;
