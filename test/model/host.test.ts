import { describe, expect, test } from "vitest";
import { assumed } from "../../src/model/assumed.ts";
import { ModelError } from "../../src/model/errors.ts";
import {
  aws,
  bareMetal,
  contextOf,
  digitalocean,
  hetzner,
  jetson,
  mac,
  miniPc,
  parseHost,
  pi,
  releaseOf,
  vps,
} from "../../src/model/host.ts";
import { labelsOf, tagsOf } from "../../src/model/labels.ts";
import { showPort } from "../../src/model/port.ts";
import { server } from "./fixtures.ts";

describe("hosts of every kind", () => {
  test.each([
    [
      "hetzner",
      hetzner({ name: "h", os: "debian", type: "cx43", location: "hel1" }),
      { kind: "hetzner", arch: "amd64", protect: false },
    ],
    ["hetzner on ARM", hetzner({ name: "h", os: "debian", type: "cax21", location: "hel1" }), { arch: "arm64" }],
    [
      "digitalocean",
      digitalocean({ name: "h", os: "ubuntu", size: "s-1vcpu-1gb", region: "nyc3" }),
      { kind: "digitalocean", arch: "amd64" },
    ],
    [
      "aws on Graviton",
      aws({ name: "h", os: "nixos", type: "t4g.nano", region: "eu-west-2" }),
      { kind: "aws", arch: "arm64" },
    ],
    ["aws on Intel", aws({ name: "h", os: "nixos", type: "t3.nano", region: "eu-west-2" }), { arch: "amd64" }],
    ["aws with a GPU", aws({ name: "h", os: "ubuntu", type: "g5.xlarge", region: "eu-west-2" }), { arch: "amd64" }],
    ["pi", pi({ name: "h", os: "raspberry-pi-os" }), { kind: "static", hardware: "pi", arch: "arm64" }],
    ["jetson", jetson({ name: "h", os: "ubuntu" }), { hardware: "jetson", arch: "arm64" }],
    ["mac", mac({ name: "h" }), { hardware: "mac", os: "macos", arch: "arm64" }],
    ["an older mac", mac({ name: "h", arch: "amd64" }), { arch: "amd64" }],
    ["mini-pc", miniPc({ name: "h", os: "debian" }), { hardware: "mini-pc", arch: "amd64" }],
    ["vps", vps({ name: "h", os: "debian", provider: "hostkey" }), { hardware: "vps", provider: "hostkey" }],
    ["bare metal", bareMetal({ name: "h", os: "fedora" }), { hardware: "bare-metal" }],
  ])("%s", (_, host, expected) => expect(host).toMatchObject(expected));

  test("a host that says nothing more gets only defaults", () => {
    expect(server("plain")).toEqual({
      kind: "hetzner",
      name: "plain",
      os: "debian",
      arch: "amd64",
      type: "cx23",
      location: "hel1",
      status: "active",
      timeZone: "UTC",
      user: "root",
      sshPort: 22,
      roles: [],
      services: [],
      publicPorts: [],
      labels: {},
      assumptions: [],
      adopt: false,
      protect: false,
    });
  });

  test("checking a host again changes nothing", () => {
    const host = server("one", {
      publicPorts: ["443/tcp", "49152-65535/udp"],
      location: assumed("fsn1", "not said"),
      adopt: true,
    });
    expect(parseHost(host, "hosts/test/one.ts")).toEqual(host);
    expect(host.publicPorts.map(showPort)).toEqual(["443/tcp", "49152-65535/udp"]);
  });

  test("an adopted machine is protected unless it says otherwise", () => {
    expect(server("one", { adopt: true }).protect).toBe(true);
    expect(server("one", { adopt: true, protect: false }).protect).toBe(false);
  });

  test("an assumed value is used like any other, and its reason is kept", () => {
    const host = server("one", { location: assumed("fsn1", "the document names no region"), timeZone: "UTC" });
    expect(host.location).toBe("fsn1");
    expect(host.assumptions).toEqual([{ field: "location", value: "fsn1", why: "the document names no region" }]);
    expect(server("one").assumptions).toEqual([]);
  });

  test("a render is told of the host's addresses", () => {
    expect(contextOf(server("one", { ipv4: "192.0.2.1", mesh: "10.84.0.2" })).addresses).toEqual({
      ipv4: "192.0.2.1",
      mesh: "10.84.0.2",
      ipv6: undefined,
      private: undefined,
    });
  });
});

describe("wrong hosts name the file, the field, the value and the remedy", () => {
  test.each<[string, unknown, string]>([
    [
      "a name in capitals",
      { name: "Ghost" },
      'name: must be lower-case letters, digits and hyphens, at most 63 (found "Ghost")',
    ],
    ["no location", { location: undefined }, "location: is missing: give a string"],
    ["a misspelt field", { adpot: true }, 'unknown field "adpot": check the spelling or remove it'],
    ["an unknown OS", { os: "windows" }, '(found "windows")'],
    [
      "an address that is none",
      { ipv4: "300.1.1.1" },
      'ipv4: must be an IPv4 address such as "203.0.113.7" (found "300.1.1.1")',
    ],
    [
      "a time zone that is none",
      { timeZone: "Mars/Base" },
      'timeZone: must be an IANA time zone such as "UTC" or "Europe/Helsinki" (found "Mars/Base")',
    ],
    [
      "a port without protocol",
      { publicPorts: ["443"] },
      'publicPorts[0]: must be a port such as "443/tcp" or a range, the lower port first, ' +
        'such as "49152-65535/udp" (found "443")',
    ],
    ["a port range the wrong way round", { publicPorts: ["90-80/tcp"] }, "publicPorts[0]: must be a port"],
    [
      "something that is no service",
      { services: [{ name: "nginx" }] },
      "services[0]: must be made by a service function, such as nginx({…})",
    ],
    [
      "an id without adopt",
      { id: "4711" },
      "id: only a machine that exists has an id: add adopt: true, or remove the id",
    ],
    [
      "an arch that its type is not",
      { arch: "arm64" },
      'arch: "arm64" does not fit: a machine of this type is amd64; remove the field',
    ],
    [
      "a release that fleet does not know",
      { release: 11 },
      "release: must be a release of Debian that fleet knows: 12 or 13 (found 11)",
    ],
    [
      "a release of Debian with another system",
      { os: "ubuntu", release: 12 },
      'release: 12 is a release of Debian, and this host\'s os is "ubuntu": remove it',
    ],
    [
      "a release that its image is not of",
      { release: 13, image: "debian-12" },
      "release: 13 does not fit the image, which is of Debian 12: remove one of the two",
    ],
    [
      "a private key for a host key",
      { hostKey: "ssh-rsa AAAA" },
      'hostKey: must be a public key as "ssh-ed25519 AAAA…"',
    ],
    ["a price in pounds", { monthlyCost: { gbp: 3 } }, "monthlyCost: must be a monthly price such as {eur: 17}"],
    [
      "an unknown kind",
      { kind: "hetznr" },
      "kind: must be an object whose kind is hetzner, digitalocean, aws or static",
    ],
    ["a label that clouds refuse", { labels: { team: "a b" } }, "labels.team: must be letters, digits"],
  ])("%s", (_, change, message) => {
    const input = { kind: "hetzner", name: "one", os: "debian", type: "cx23", location: "hel1", ...(change as object) };
    expect(() => parseHost(input, "hosts/test/one.ts")).toThrow(ModelError);
    expect(() => parseHost(input, "hosts/test/one.ts")).toThrow(/^hosts\/test\/one\.ts: host ".*" is not valid\n/);
    expect(() => parseHost(input, "hosts/test/one.ts")).toThrow(message);
  });

  test.each([undefined, null, 1, "host", [], {}, () => 1])("a default export that is no host: %s", (value) => {
    expect(() => parseHost(value, "hosts/test/one.ts")).toThrow(
      /hosts\/test\/one\.ts: the default export is not valid\n {2}must be a host, such as hetzner/,
    );
  });
});

test.each([
  ["named", server("one", { release: 12 }), 12],
  ["of its image", server("one", { image: "debian-12" }), 12],
  ["left out", server("one"), 13],
  ["left out, on another machine", pi({ name: "one", os: "debian" }), 13],
  ["of another system", pi({ name: "one", os: "raspberry-pi-os" }), undefined],
])("a release that is %s", (_, host, release) => expect(releaseOf(host)).toBe(release));

describe("labels", () => {
  test("say whose it is and what for, and win over the owner's own", () => {
    const host = server("one", { roles: ["primary", "relay"], labels: { team: "ops", fleet: "other" } });
    expect(labelsOf("test", host)).toEqual({
      team: "ops",
      fleet: "test",
      host: "one",
      role: "primary",
      "managed-by": "fleet",
    });
    expect(tagsOf({ fleet: "test", host: "one" })).toEqual(["fleet:test", "host:one"]);
    expect(tagsOf({ version: "1.2" })).toEqual(["version:1_2"]);
  });
  test("a host without a role has no role label", () =>
    expect(labelsOf("test", server("one"))).not.toHaveProperty("role"));
});
