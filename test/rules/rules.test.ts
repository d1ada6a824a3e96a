import { describe, expect, test } from "vitest";
import { bundleSchema, type BundleInput } from "../../src/model/bundle.ts";
import { a, cname, mx, txt, zone } from "../../src/model/dns.ts";
import { edge } from "../../src/model/edge.ts";
import { aws, hetzner, pi } from "../../src/model/host.ts";
import { ports, tcp, udp } from "../../src/model/port.ts";
import { checkFleet, showFinding } from "../../src/rules/check.ts";
import { declareSecret } from "../../src/model/secret.ts";
import { planned } from "../../src/model/status.ts";
import { addressOf, secret, text } from "../../src/model/text.ts";
import { findings, fleetOf, server, sketch } from "../model/fixtures.ts";

/** A public key of WireGuard. */
const KEY = `${"A".repeat(43)}=`;

const token = (status: "active" | "planned" = "active") =>
  declareSecret({ name: "TOKEN", format: { kind: "token" }, usedBy: ["a test"], make: "ask", status });
const usesToken = sketch("app", { bundle: { files: { "/etc/app": { content: text`t=${secret("TOKEN")}` } } } });

test("a sound fleet, and an empty one, have no findings", () => {
  expect(findings({})).toEqual([]);
  expect(
    findings({
      hosts: [
        server("one", {
          services: [usesToken, sketch("web", { ports: [tcp(443)], dependsOn: ["app"] })],
          publicPorts: ["443/tcp"],
          ipv4: "192.0.2.1",
        }),
        server("two", { jump: "one" }),
      ],
      zones: [zone({ name: "example.com", records: [a("@", addressOf("one")), txt("@", "one"), txt("@", "two")] })],
      secrets: [token()],
      budget: { eur: 10 },
    }),
  ).toEqual([]);
});

describe("ports", () => {
  const hosts = (...services: ReturnType<typeof sketch>[]) => ({
    hosts: [server("one", { services, publicPorts: ["1-65535/tcp", "1-65535/udp"] })],
  });
  test.each([
    ["the same port", tcp(80), tcp(80), true],
    ["loopback against public", tcp(80, "loopback"), tcp(80), true],
    ["inside a range", udp(51820), udp(ports(49152, 65535)), true],
    ["ranges that touch", udp(ports(1, 10)), udp(ports(10, 20)), true],
    ["ranges side by side", udp(ports(1, 9)), udp(ports(10, 20)), false],
    ["ranges side by side, the higher one first", udp(ports(10, 20)), udp(ports(1, 9)), false],
    ["another protocol", tcp(3478), udp(3478), false],
    ["different addresses of the host", tcp(22, "loopback"), tcp(22, "mesh"), false],
  ])("%s", (_, one, other, clash) => {
    expect(findings(hosts(sketch("left", { ports: [one] }), sketch("right", { ports: [other] })))).toHaveLength(
      clash ? 1 : 0,
    );
  });
  test("a planned service takes no port", () =>
    expect(
      findings(hosts(sketch("left", { ports: [tcp(80)] }), planned(sketch("right", { ports: [tcp(80)] })))),
    ).toEqual([]));
  test("services of different hosts don't clash", () => {
    expect(
      findings({
        hosts: ["one", "two"].map((name) =>
          server(name, { services: [sketch("web", { ports: [tcp(80)] })], publicPorts: ["80/tcp"] }),
        ),
      }),
    ).toEqual([]);
  });
  test("a public port must be asked for, all of it", () => {
    const relay = sketch("relay", { ports: [udp(ports(49152, 65535)), tcp(5000, "loopback")] });
    expect(
      findings({ hosts: [server("one", { services: [relay], publicPorts: ["49152-65534/udp", "49152-65535/tcp"] })] }),
    ).toEqual(["public-port: one/relay listens on 49152-65535/udp for the public, but one doesn't open it"]);
    expect(findings({ hosts: [server("one", { services: [relay], publicPorts: ["49152-65535/udp"] })] })).toEqual([]);
  });
});

describe("a firewall leaves the way in", () => {
  const firewall = sketch("firewall");
  const closed = (port: number) => `way-in: one/firewall closes SSH (${port}/tcp), by which the fleet reaches one`;
  test.each([
    ["SSH is open", { services: [firewall], publicPorts: ["22/tcp"] }, []],
    ["SSH at another port, in a range", { services: [firewall], sshPort: 2222, publicPorts: ["2000-3000/tcp"] }, []],
    ["SSH in the mesh", { services: [firewall, sketch("ssh-mesh")] }, []],
    ["no firewall", {}, []],
    ["a firewall that is only planned", { services: [planned(firewall)] }, []],
    ["nothing is open", { services: [firewall] }, [closed(22)]],
    ["SSH at another port", { services: [firewall], sshPort: 2222, publicPorts: ["22/tcp"] }, [closed(2222)]],
    ["the same number of UDP", { services: [firewall], publicPorts: ["22/udp"] }, [closed(22)]],
  ] as const)("%s", (_, changes, expected) =>
    expect(findings({ hosts: [server("one", changes as Partial<Parameters<typeof hetzner>[0]>)] })).toEqual(expected),
  );
});

describe("DNS", () => {
  const zoneOf = (...records: Parameters<typeof zone>[0]["records"] & object) => zone({ name: "example.com", records });
  const a1 = a("x", "192.0.2.1");
  const atEdge = edge({ workers: [{ name: "w", hostnames: ["x.example.com"] }] });
  test.each([
    ["two addresses under one name", [a1, a("x", "192.0.2.2")], undefined, 0],
    ["the same record twice, but for the proxy", [a1, a("x", "192.0.2.1", { proxied: true })], undefined, 1],
    ["the same name in capitals", [a1, a("X", "192.0.2.1")], undefined, 1],
    ["the same text with quotation marks", [txt("x", "v=spf1 -all"), txt("x", '"v=spf1 -all"')], undefined, 1],
    ["the same target in capitals", [cname("x", "example.net"), cname("X", "Example.NET")], undefined, 1],
    [
      "the same mail server with two priorities",
      [mx("x", "mx.example.net", { priority: 10 }), mx("x", "mx.example.net", { priority: 20 })],
      undefined,
      0,
    ],
    ["a CNAME beside an address", [a1, cname("x", "example.net")], undefined, 1],
    ["a CNAME beside text", [txt("x", "hello"), cname("x", "example.net")], undefined, 1],
    ["two CNAMEs", [cname("x", "example.org"), cname("x", "example.net")], undefined, 1],
    ["a planned record takes no name", [a1, cname("x", "example.net", { status: "planned" })], undefined, 0],
    ["a record beside a Worker of that name", [a1], atEdge, 1],
    ["text beside a Worker of that name", [txt("x", "hello")], atEdge, 0],
    [
      "a Worker and a bucket of one name",
      [],
      edge({
        workers: [{ name: "w", hostnames: ["x.example.com"] }],
        buckets: [{ name: "bkt", customDomains: ["X.example.com"] }],
      }),
      1,
    ],
    [
      "a tunnel in standby takes no name",
      [a1],
      edge({
        tunnels: [
          {
            name: "t",
            hosts: ["one"],
            standby: true,
            ingress: [{ hostname: "x.example.com", service: "http://localhost:1" }],
          },
        ],
      }),
      0,
    ],
    ["a Worker under a zone that isn't there", [], edge({ workers: [{ name: "w", hostnames: ["x.example.org"] }] }), 1],
    ["a record that repeats its zone", [a("www.example.com", "192.0.2.1")], undefined, 1],
  ])("%s", (_, records, edge, count) =>
    expect(
      findings({ hosts: [server("one")], zones: [zoneOf(...records)], edge }).filter((f) => f.startsWith("dns-")),
    ).toHaveLength(count),
  );
});

describe("references", () => {
  const one = (services: ReturnType<typeof sketch>[], more = {}) => server("one", { services, ...more });
  test.each<[string, Parameters<typeof findings>[0], string[]]>([
    [
      "a secret that isn't declared",
      { hosts: [one([usesToken])] },
      ['unknown-reference: one/app refers to the secret "TOKEN", which is not declared'],
    ],
    [
      "a planned secret",
      { hosts: [one([usesToken])], secrets: [token("planned")] },
      ['planned-reference: one/app is active but needs the secret "TOKEN", which is only planned'],
    ],
    ["a planned secret of a planned service", { hosts: [one([planned(usesToken)])], secrets: [token("planned")] }, []],
    [
      "a secret that only a probe uses",
      {
        hosts: [
          one([
            sketch("app", {
              probes: [{ kind: "turn", port: 1, realm: "r", secret: { ref: "secret", name: "TOKEN" } }],
            }),
          ]),
        ],
      },
      ['unknown-reference: one/app refers to the secret "TOKEN", which is not declared'],
    ],
    [
      "a service that isn't there",
      { hosts: [one([sketch("app", { dependsOn: ["nginx"] })])] },
      ['unknown-reference: one/app refers to the service "one/nginx", which is not declared (there is one/app)'],
    ],
    [
      "a service of another host",
      { hosts: [one([sketch("app", { dependsOn: ["two/db"] })]), server("two", { services: [sketch("db")] })] },
      [],
    ],
    [
      "a service of a planned host",
      {
        hosts: [
          one([sketch("app", { dependsOn: ["two/db"] })]),
          server("two", { services: [sketch("db")], status: "planned" }),
        ],
      },
      ['planned-reference: one/app is active but needs the service "two/db", which is only planned'],
    ],
    [
      "a jump host that isn't there",
      { hosts: [one([], { jump: "two" })] },
      ['unknown-reference: one refers to the host "two", which is not declared (there is one)'],
    ],
    [
      "a record to a host that isn't there",
      { zones: [zone({ name: "example.com", records: [a("@", addressOf("two"))] })] },
      ['unknown-reference: the A record @ of example.com refers to the host "two", which is not declared'],
    ],
    [
      "a record to a planned host",
      {
        hosts: [server("two", { status: "planned" })],
        zones: [zone({ name: "example.com", records: [a("@", addressOf("two"))] })],
      },
      ['planned-reference: the A record @ of example.com is active but needs the host "two", which is only planned'],
    ],
    [
      "a planned record to a planned host",
      {
        hosts: [server("two", { status: "planned" })],
        zones: [zone({ name: "example.com", records: [a("@", addressOf("two"), { status: "planned" })] })],
      },
      [],
    ],
    [
      "a record to a static host without address",
      {
        hosts: [pi({ name: "two", os: "debian" })],
        zones: [zone({ name: "example.com", records: [a("@", addressOf("two"))] })],
      },
      ["unknown-address: the A record @ of example.com needs the public address of two, which has none"],
    ],
    [
      "a binding",
      { edge: edge({ workers: [{ name: "w", bindings: { STORE: { kv: "store" } } }] }) },
      ['unknown-reference: the Worker w refers to the kv "store", which is not declared'],
    ],
    [
      "a tunnel's host",
      { edge: edge({ tunnels: [{ name: "t", hosts: ["two"], status: "planned" }] }) },
      ['unknown-reference: the tunnel t refers to the host "two", which is not declared'],
    ],
    [
      "a mesh hub",
      { mesh: { type: "wireguard", network: "10.84.0.0/24", hub: "two" } },
      ['unknown-reference: the mesh refers to the host "two", which is not declared'],
    ],
  ])("%s", (_, parts, expected) => expect(findings(parts)).toEqual(expected));
});

test("a cycle is printed, through services and through jump hosts", () => {
  expect(
    findings({
      hosts: [
        server("one", {
          services: [sketch("web", { dependsOn: ["app"] }), sketch("app", { dependsOn: ["two/db"] })],
          jump: "two",
        }),
        server("two", { services: [sketch("db", { dependsOn: ["one/web"] })], jump: "one" }),
      ],
    }),
  ).toEqual([
    "cycle: these wait for each other: one/web → one/app → two/db → one/web",
    "cycle: these wait for each other: one → two → one",
  ]);
});

test.each([
  ["{ // mine\n}", []],
  ["{ acls: }", ["tailnet-policy: mesh.document is no HuJSON: InvalidSymbol at its line 1"]],
])("what the owner writes of a tailnet's policy can be read: %j", (document, expected) =>
  expect(findings({ mesh: { type: "tailscale", document } })).toEqual(expected),
);

test("one address belongs to one machine", () => {
  const mesh = {
    type: "wireguard",
    network: "10.84.0.0/24",
    hub: "one",
    peers: [{ name: "laptop", address: "10.84.0.2", publicKey: KEY }],
  } as const;
  const hub = server("one", { mesh: "10.84.0.1", ipv4: "192.0.2.1", publicPorts: ["51820/udp"] });
  expect(
    findings({ mesh: { ...mesh, peers: [] }, hosts: [hub, server("two", { mesh: "10.84.0.2", ipv4: "192.0.2.2" })] }),
  ).toEqual([]);
  expect(
    findings({
      mesh: { ...mesh, peers: [...mesh.peers] },
      hosts: [hub, server("two", { mesh: "10.84.0.2", ipv4: "192.0.2.1" })],
    }),
  ).toEqual([
    "duplicate-address: the address 192.0.2.1 belongs to one (ipv4) and two (ipv4)",
    "duplicate-address: the address 10.84.0.2 belongs to two (mesh) and laptop (mesh)",
  ]);
});

describe("mesh", () => {
  const fleet = (address: string | undefined, mesh: object = {}) =>
    findings({
      mesh: { type: "wireguard", network: "10.84.0.0/24", hub: "one", ...mesh },
      hosts: [server("one", { mesh: address, ipv4: "192.0.2.1", publicPorts: ["51820/udp"] })],
    });
  test.each<[string, string | undefined, object, string[]]>([
    ["an address inside it", "10.84.0.1", {}, []],
    [
      "an address outside of it",
      "10.85.0.1",
      {},
      ["mesh-address: one has the mesh address 10.85.0.1, which is outside of 10.84.0.0/24"],
    ],
    [
      "the network itself",
      "10.84.0.0",
      {},
      [
        "mesh-address: one has the mesh address 10.84.0.0, which is the network 10.84.0.0/24 itself or its " +
          "broadcast address",
      ],
    ],
    [
      "the broadcast address",
      "10.84.0.255",
      {},
      [
        "mesh-address: one has the mesh address 10.84.0.255, which is the network 10.84.0.0/24 itself or its " +
          "broadcast address",
      ],
    ],
    ["an address like those, in a larger network", "10.84.0.255", { network: "10.84.0.0/16" }, []],
    [
      "a peer outside of it",
      "10.84.0.1",
      { peers: [{ name: "laptop", address: "10.85.0.9", publicKey: KEY }] },
      ["mesh-address: laptop has the mesh address 10.85.0.9, which is outside of 10.84.0.0/24"],
    ],
    [
      "peers of one name, and of one key",
      "10.84.0.1",
      {
        peers: [
          { name: "one", address: "10.84.0.8", publicKey: KEY },
          { name: "phone", address: "10.84.0.9", publicKey: KEY },
        ],
      },
      [
        'unique-name: the member of the mesh "one" is there 2 times',
        `unique-name: the key of a peer "${KEY}" is there 2 times`,
      ],
    ],
    ["a hub that is not in it", undefined, {}, ["mesh-hub: one is the hub of the mesh, but has no address in it"]],
    ["a hub that is not in a planned one", undefined, { status: "planned" }, []],
  ])("%s", (_, address, mesh, expected) => expect(fleet(address, mesh)).toEqual(expected));
});

test("the budget counts what is active, estimates at their upper end", () => {
  const hosts = [
    server("one", { monthlyCost: { eur: [4, 6] } }),
    server("two", { monthlyCost: { eur: 100 }, status: "planned" }),
  ];
  expect(findings({ hosts, budget: { eur: 6 } })).toEqual([]);
  expect(findings({ hosts, budget: { eur: 5 } })).toEqual([
    "budget: the fleet costs €4–6/month, more than its budget of €5/month",
  ]);
  expect(findings({ hosts, budget: { usd: 100 } })).toEqual([
    "budget: €4–6/month cannot be compared with the budget of $100: two currencies",
  ]);
});

test("before a go the budget counts the first stage alone, and an instance with its address and its disk", () => {
  const spoke = (name: string, last: number) =>
    aws({
      name,
      type: "t4g.nano",
      region: "eu-west-2",
      os: "nixos",
      mesh: `10.84.0.${last}`,
      diskGb: 10,
      monthlyCost: { usd: 3 },
    });
  const parts = { hosts: [spoke("a", 2), spoke("b", 3), spoke("c", 4)], budget: { usd: 10 } };
  const rollout = { pilot: ["a"], batches: 1 };
  const go = { by: "ada", on: "2026-11-29", pilot: "0123456789ab" };
  expect(findings({ ...parts, rollout })).toEqual([]);
  expect(findings({ ...parts, rollout: { ...rollout, go } })).toEqual([
    "budget: the fleet costs $22.35–24.51/month, more than its budget of $10/month",
  ]);
});

test("a service on a system or processor that it can't run on", () => {
  const cuda = sketch("vllm", { runsOn: { os: ["ubuntu"], arch: ["arm64"] } });
  expect(findings({ hosts: [server("one", { services: [cuda] })] })).toEqual([
    "platform: one/vllm can't run on one: its os is debian, the service needs ubuntu",
    "platform: one/vllm can't run on one: its arch is amd64, the service needs arm64",
  ]);
  expect(findings({ hosts: [pi({ name: "one", os: "ubuntu", services: [cuda] })] })).toEqual([]);
});

describe("NixOS", () => {
  const on = (os: "debian" | "nixos", ...bundles: BundleInput[]) =>
    findings({
      hosts: [
        server("one", {
          os,
          services: [
            sketch("clock", { bundle: (host) => ({ timeZone: host.timeZone }) }),
            ...bundles.map((bundle, i) => sketch(`s${i}`, { bundle })),
          ],
        }),
      ],
      secrets: [token()],
    });
  const options = (value: unknown): BundleInput => ({ options: { "a.b": value as string } });
  const inUnit = { units: { "app.service": { text: text`[Service]\nEnvironment=T=${secret("TOKEN")}\n` } } };
  const timer = { schedule: "0 3 * * *" as const, command: "true" };
  test.each<[string, ReturnType<typeof findings>, string[]]>([
    ["options on it", on("nixos", options(true)), []],
    [
      "options elsewhere",
      on("debian", options(true)),
      ["nixos: one/s0 sets the NixOS option a.b, but one runs debian"],
    ],
    [
      "cron entries on it",
      on("nixos", { cron: { timer } }),
      ["nixos: one/s0 has the cron entry timer, but NixOS has no /etc/cron.d"],
    ],
    ["cron entries elsewhere", on("debian", { cron: { timer } }), []],
    [
      "a secret in a unit on it",
      on("nixos", inUnit),
      ["nixos: one/s0 puts a secret into the unit app.service, which everyone on a host with NixOS can read"],
    ],
    ["a secret in a unit elsewhere", on("debian", inUnit), []],
    [
      "a secret in an option",
      on("nixos", options([text`x${secret("TOKEN")}`])),
      ["nixos: one/s0 puts a secret into the option a.b, which everyone on a host with NixOS can read"],
    ],
    ["a secret in a file", on("nixos", { files: { "/etc/app": { content: text`x${secret("TOKEN")}` } } }), []],
    ["lists of two services", on("nixos", options([1]), options([2])), []],
    ["one value twice", on("nixos", options(1), options(1)), []],
    [
      "two values",
      on("nixos", options(1), options(2)),
      ["shared-thing: one/s0 and one/s1 both manage the NixOS option a.b, and not alike"],
    ],
    [
      "a list and a value",
      on("nixos", options([1]), options(1)),
      ["shared-thing: one/s0 and one/s1 both manage the NixOS option a.b, and not alike"],
    ],
    ["a name in quotation marks", on("nixos", { options: { 'boot.kernel.sysctl."net.ipv4.ip_forward"': 1 } }), []],
  ])("%s", (_, found, expected) => expect(found).toEqual(expected));
  test.each(["", "a.", ".a", "a b", 'a."', 'a."${b}"'])("%j is no path of an option", (path) =>
    expect(bundleSchema.safeParse({ options: { [path]: 1 } }).success).toBe(false),
  );
});

test("a render that fails is found before a deployment", () => {
  const broken = sketch("app", { bundle: { files: { "etc/app": { content: "" } } } });
  expect(findings({ hosts: [server("one", { services: [broken] })] })[0]).toMatch(
    /^render: one\/app cannot be rendered: [\s\S]*absolute path/,
  );
});

test.each<[string, BundleInput, BundleInput, string[]]>([
  [
    "a directory where another has a file",
    { files: { "/srv/a": { content: "" } } },
    { directories: { "/srv/a": {} } },
    ["shared-thing: one/left declares /srv/a as a file, and one/right /srv/a as a directory"],
  ],
  [
    "something below another's file",
    { directories: { "/srv/a/b": {} } },
    { files: { "/srv/a": { content: "" } } },
    ["shared-thing: one/right declares /srv/a as a file, and one/left /srv/a/b as a directory"],
  ],
  [
    "a file where another has a unit",
    { units: { "x.service": { text: "[Service]\n" } } },
    { files: { "/etc/systemd/system/x.service": { content: "" } } },
    [
      "shared-thing: one/left declares /etc/systemd/system/x.service as a unit, " +
        "and one/right /etc/systemd/system/x.service as a file",
    ],
  ],
  [
    "something in another's directory",
    { files: { "/srv/a/b": { content: "" } } },
    { directories: { "/srv/a": {} } },
    [],
  ],
  ["kernel settings that differ in white space", { sysctl: { "a.b": "1\t2" } }, { sysctl: { "a.b": "1 2" } }, []],
])("%s", (_, left, right, expected) => {
  const services = [sketch("left", { bundle: left }), sketch("right", { bundle: right })];
  expect(findings({ hosts: [server("one", { services })] })).toEqual(expected);
});

test("two services may share what both declare alike", () => {
  const user = (home: string) => ({ users: { app: { home } } });
  const both = (left: string, right: string) =>
    findings({
      hosts: [
        server("one", { services: [sketch("left", { bundle: user(left) }), sketch("right", { bundle: user(right) })] }),
      ],
    });
  expect(both("/srv", "/srv")).toEqual([]);
  expect(both("/srv", "/opt")).toEqual([
    "shared-thing: one/left and one/right both manage the user app, and not alike",
  ]);
});

test.each([
  ["files", { "/etc/x": { content: "1" } }, { "/etc/x": { content: "2" } }],
  [
    "artifacts",
    { "/opt/x": { url: "https://example.com/x", sha256: "a".repeat(64) } },
    { "/opt/x": { url: "https://example.com/x", sha256: "b".repeat(64) } },
  ],
  ["directories", { "/srv/x": { mode: "0700" } }, { "/srv/x": {} }],
  ["units", { "x.service": { active: false } }, { "x.service": {} }],
  ["cron", { x: { schedule: "0 1 * * *", command: "a" } }, { x: { schedule: "0 1 * * *", command: "b" } }],
  ["sysctl", { "net.ipv4.ip_forward": "0" }, { "net.ipv4.ip_forward": "1" }],
])("two services that disagree about %s", (section, left, right) => {
  const clock = { timeZone: "UTC" };
  const found = findings({
    hosts: [
      server("one", {
        services: [
          sketch("left", { bundle: { ...clock, [section]: left } }),
          sketch("right", { bundle: { ...clock, [section]: right } }),
        ],
      }),
    ],
  });
  expect(found).toEqual([
    expect.stringMatching(/^shared-thing: one\/left and one\/right both manage the .* and not alike$/),
  ]);
});

describe("cron runs in the host's time zone", () => {
  const job = { cron: { nightly: { schedule: "30 2 * * *", command: "true" } } };
  const base = sketch("base", { bundle: (host) => ({ timeZone: host.timeZone }) });
  test.each([
    ["set by a service", [sketch("job", { bundle: job }), base], []],
    [
      "set by nobody",
      [sketch("job", { bundle: job })],
      [
        "time-zone: one/job has cron entries, but nothing sets the time zone of one: " +
          "they would run at the machine's own time",
      ],
    ],
    [
      "set to another",
      [sketch("job", { bundle: { ...job, timeZone: "UTC" } })],
      ["time-zone: one/job sets the time zone UTC, but one is declared to be in Europe/Oslo"],
    ],
    ["no cron entry", [sketch("job")], []],
  ])("%s", (_, services, expected) =>
    expect(findings({ hosts: [server("one", { services, timeZone: "Europe/Oslo" })] })).toEqual(expected),
  );
});

test("names are there once", () => {
  const host = server("one", { services: [sketch("app"), sketch("app")] });
  const files = new Map([[host, "hosts/test/a.ts"]]);
  const copy = hetzner({ name: "one", os: "debian", type: "cx23", location: "hel1" });
  const found = checkFleet(fleetOf({ hosts: [host, copy], secrets: [token(), token()] }), {
    hosts: new Map([...files, [copy, "hosts/test/b.ts"]]),
  });
  expect(found.map(showFinding)).toEqual([
    'hosts/test/a.ts, hosts/test/b.ts: the host "one" is there 2 times. To do: ' +
      "rename all but one, or remove what was copied by mistake.",
    'hosts/test/a.ts: the service on one "app" is there 2 times. To do: ' +
      "rename all but one, or remove what was copied by mistake.",
    'stacks/test/fleet.ts: the secret "TOKEN" is there 2 times. To do: ' +
      "rename all but one, or remove what was copied by mistake.",
  ]);
});

test("every finding names files and a remedy, and all are returned", () => {
  const one = server("one", {
    services: [sketch("left", { ports: [tcp(80)] }), sketch("right", { ports: [tcp(80)], dependsOn: ["nobody"] })],
    ipv4: "192.0.2.1",
  });
  const two = server("two", { ipv4: "192.0.2.1" });
  const found = checkFleet(fleetOf({ hosts: [one, two] }));
  expect(found.map((f) => f.rule)).toEqual([
    "unknown-reference",
    "port-clash",
    "public-port",
    "public-port",
    "duplicate-address",
  ]);
  expect(found[4]!.files).toEqual(["hosts/test/one.ts", "hosts/test/two.ts"]);
  for (const f of found) expect(f.remedy).not.toBe("");
});
