import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { portRangeSchema, tcp, udp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { refSchema } from "../../src/model/text.ts";
import { systemdUnit } from "../../src/render/systemd.ts";
import { certificateFiles, certificateService } from "../certificate/files.ts";
import { runtime, turnserverConf } from "./turnserver-conf.ts";

const plain = 3478;
const tls = 5349;
/**
 * It opens the port after each too (RFC 5780), and TLS over UDP: nobody asks there, and the firewall lets nobody in.
 */
const besides = [
  udp(tls, "private"),
  ...[plain + 1, tls + 1].flatMap((port) => [tcp(port, "private"), udp(port, "private")]),
];

/** A TURN relay (coturn) for calls: time-limited HMAC credentials, UDP relay only, never towards private addresses. */
export const coturn = service("coturn", {
  args: z.strictObject({
    realm: z.hostname('must be a domain name such as "example.com"'),
    /** UDP ports of the relayed side. */
    relay: portRangeSchema.refine(
      (r) => r.to < plain || r.from > tls + 1,
      `must not reach over the listening ports ${plain} to ${tls + 1}`,
    ),
    /** What the credentials are made with; whoever hands out credentials to clients knows it too. */
    secret: refSchema.refine((r) => r.ref === "secret", 'must be secret("NAME")'),
    /** Name of the certificate for TURN over TLS. */
    certificate: z.string(),
  }),
  runsOn: { os: aptSystems },
  dependsOn: (a) => [certificateService(a.certificate)],
  ports: (a) => [udp(plain), tcp(plain), tcp(tls), udp(a.relay), ...besides],
  render: (a, host) => ({
    packages: ["coturn"],
    files: {
      "/etc/turnserver.conf": {
        content: turnserverConf({ ...a, relayAddress: host.addresses?.ipv4 }, { plain, tls }),
        mode: "0640",
        group: "turnserver",
      },
    },
    units: { "coturn.service": { dropIns: { fleet: dropIn(a.certificate) } } },
    checks: [
      { kind: "udp", port: plain },
      { kind: "tcp", port: plain },
      { kind: "tcp", port: tls },
    ],
  }),
  probes: (a) => [
    { kind: "turn", port: plain, realm: a.realm, secret: a.secret },
    ...["10.0.0.1", "172.16.0.1", "192.168.0.1", "127.0.0.1", "169.254.169.254"].map((refusedPeer) => ({
      kind: "turn" as const,
      port: plain,
      realm: a.realm,
      secret: a.secret,
      refusedPeer,
    })),
    { kind: "tcp", port: tls, open: true },
  ],
});

/**
 * Without an address coturn gives up at once. Root hands the certificate over, so that its own key stays readable by
 * root alone; a reload does so again and has coturn read it (SIGUSR2), which no call notices.
 */
const dropIn = (name: string): string => {
  const { certificate, key } = certificateFiles(name);
  const handOver = `+/usr/bin/install -o turnserver -g turnserver -m 0400 ${certificate} ${key} ${runtime}/`;
  return systemdUnit({
    Unit: { Wants: "network-online.target", After: ["network-online.target", `${certificateService(name)}.service`] },
    Service: {
      RuntimeDirectory: "turnserver",
      RuntimeDirectoryMode: "0700",
      ExecStartPre: handOver,
      ExecReload: [handOver, "/bin/kill -USR2 $MAINPID"],
    },
  });
};
