import type { PortRange } from "../../src/model/port.ts";
import { type Ref, text, type Text } from "../../src/model/text.ts";

/**
 * Addresses that a relay must never reach: whatever is not the public internet (RFC 6890). Not "::": coturn reads it as
 * any address.
 */
export const deniedPeers = [
  "0.0.0.0-0.255.255.255",
  "10.0.0.0-10.255.255.255",
  "100.64.0.0-100.127.255.255",
  "127.0.0.0-127.255.255.255",
  "169.254.0.0-169.254.255.255",
  "172.16.0.0-172.31.255.255",
  "192.0.0.0-192.0.0.255",
  "192.168.0.0-192.168.255.255",
  "198.18.0.0-198.19.255.255",
  "240.0.0.0-255.255.255.255",
  "::1",
  "::ffff:0.0.0.0-::ffff:255.255.255.255",
  "64:ff9b::-64:ff9b::ffff:ffff",
  "fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

/** A folder of its own, made by systemd. */
export const runtime = "/run/turnserver";

/**
 * /etc/turnserver.conf. Without a relay address coturn takes whatever addresses the machine has, private ones among
 * them.
 */
export const turnserverConf = (
  { realm, relay, relayAddress, secret }: { realm: string; relay: PortRange; relayAddress?: string; secret: Ref },
  listen: { plain: number; tls: number },
): Text => text`# Written by fleet (services/coturn).
listening-port=${listen.plain}
tls-listening-port=${listen.tls}${relayAddress ? `\nrelay-ip=${relayAddress}` : ""}
min-port=${relay.from}
max-port=${relay.to}
realm=${realm}
fingerprint
use-auth-secret
static-auth-secret=${secret}
cert=${runtime}/cert.pem
pkey=${runtime}/key.pem
no-tlsv1
no-tlsv1_1
no-cli
no-tcp-relay
no-multicast-peers
${deniedPeers.map((range) => `denied-peer-ip=${range}`).join("\n")}
syslog
`;
