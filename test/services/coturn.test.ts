import { describe, expect, test } from "vitest";
import { coturn } from "../../services/coturn/index.ts";
import { ports, showPort } from "../../src/model/port.ts";
import { privateKey, secret } from "../../src/model/text.ts";
import { fileText, host, show } from "./render.ts";

const good = {
  realm: "example.com",
  relay: ports(49152, 65535),
  secret: secret("TURN_SECRET"),
  certificate: "turn.example.com",
};
const conf = (context = host()) => fileText(coturn(good), "/etc/turnserver.conf", context).split("\n");

test("the configuration has the realm, the relay range and the secret by reference", () => {
  expect(conf()).toEqual(
    expect.arrayContaining([
      "realm=example.com",
      "min-port=49152",
      "max-port=65535",
      "use-auth-secret",
      "static-auth-secret=<secret TURN_SECRET>",
      "no-tcp-relay",
      "no-cli",
      "fingerprint",
      "relay-ip=192.0.2.1",
    ]),
  );
});

test("a host without a known address leaves the relay address to coturn", () => {
  expect(conf(host({ addresses: {} })).filter((l) => l.startsWith("relay-ip"))).toEqual([]);
});

test("only root and coturn read the configuration, and only root the certificate's key", () => {
  const bundle = coturn(good).render(host());
  expect(bundle.files["/etc/turnserver.conf"]).toMatchObject({ mode: "0640", owner: "root", group: "turnserver" });
  const dropIn = show(bundle.units["coturn.service"]!.dropIns.fleet);
  expect(dropIn).toMatch(
    /^ExecStartPre=\+\/usr\/bin\/install -o turnserver .* -m 0400 \S+\/cert\.pem \/etc\/ssl\/fleet\/turn\.example\.com\/key\.pem /m,
  );
  expect(dropIn).toContain("RuntimeDirectoryMode=0700\n");
});

describe("relaying is refused", () => {
  const number = (ip: string) => ip.split(".").reduce((n, part) => n * 256 + Number(part), 0);
  const ranges = conf()
    .filter((l) => /^denied-peer-ip=\d+\./.test(l))
    .map((l) => l.slice("denied-peer-ip=".length).split("-").map(number));
  const denied = (ip: string) => ranges.some(([from, to]) => number(ip) >= from! && number(ip) <= to!);
  test.each([
    ["0.0.0.0", true],
    ["10.0.0.1", true],
    ["10.255.255.255", true],
    ["100.64.0.1", true],
    ["100.128.0.1", false],
    ["127.0.0.1", true],
    ["169.254.169.254", true],
    ["172.15.255.255", false],
    ["172.16.0.1", true],
    ["172.31.255.255", true],
    ["172.32.0.0", false],
    ["192.168.1.1", true],
    ["192.169.0.1", false],
    ["198.18.0.1", true],
    ["255.255.255.255", true],
    ["8.8.8.8", false],
    ["46.62.149.145", false],
  ])("%s: %s", (ip, expected) => expect(denied(ip)).toBe(expected));

  test("IPv6 likewise, and never by a bare ::, which coturn reads as any address", () => {
    const six = conf().filter((l) => l.startsWith("denied-peer-ip=") && l.includes(":"));
    expect(six.map((l) => l.slice("denied-peer-ip=".length).split("-")[0])).toEqual([
      "::1",
      "::ffff:0.0.0.0",
      "64:ff9b::",
      "fc00::",
      "fe80::",
    ]);
  });
});

test("ports and probes follow from the arguments", () => {
  const service = coturn(good);
  expect(service.ports.map(showPort)).toEqual([
    "3478/udp",
    "3478/tcp",
    "5349/tcp",
    "49152-65535/udp",
    "5349/udp",
    "3479/tcp",
    "3479/udp",
    "5350/tcp",
    "5350/udp",
  ]);
  expect(service.ports.filter((port) => port.exposure === "public").map(showPort)).toEqual([
    "3478/udp",
    "3478/tcp",
    "5349/tcp",
    "49152-65535/udp",
  ]);
  expect(service.probes(host())).toContainEqual({
    kind: "turn",
    port: 3478,
    realm: "example.com",
    secret: secret("TURN_SECRET"),
  });
  expect(service.probes(host())).toContainEqual({
    kind: "turn",
    port: 3478,
    realm: "example.com",
    secret: secret("TURN_SECRET"),
    refusedPeer: "10.0.0.1",
  });
  expect(service.dependsOn).toEqual(["certificate-turn.example.com"]);
});

test.each([
  ["a realm that is no name", { realm: "not a name" }, 'coturn.realm: must be a domain name such as "example.com"'],
  [
    "a relay range the wrong way round",
    { relay: { from: 65535, to: 49152 } },
    'coturn.relay: port range {"from":65535,"to":49152} is the wrong way round',
  ],
  [
    "a relay range over its own ports",
    { relay: { from: 3000, to: 4000 } },
    "coturn.relay: must not reach over the listening ports 3478 to 5350",
  ],
  ["a secret that is not one", { secret: privateKey("x") }, 'coturn.secret: must be secret("NAME")'],
  ["an option that does not exist", { tcpRelay: true }, 'unknown field "tcpRelay"'],
])("%s is refused", (_, change, message) => {
  expect(() => coturn({ ...good, ...change })).toThrow(message);
});
