import { describe, expect, test } from "vitest";
import { baselineFor } from "../../../src/audit/baseline.ts";
import { declaredOn } from "../../../src/audit/host/declared.ts";
import { findingsOn } from "../../../src/audit/host/findings.ts";
import { fingerprintsIn } from "../../../src/clouds/fingerprint.ts";
import { hostLines } from "../../../src/audit/host/lines.ts";
import type { HostFacts, Listener } from "../../../src/audit/host/read.ts";
import type { BundleInput } from "../../../src/model/bundle.ts";
import { bundleSchema } from "../../../src/model/bundle.ts";
import { hetzner } from "../../../src/model/host.ts";
import { tcp, type Port } from "../../../src/model/port.ts";
import type { Service } from "../../../src/model/service.ts";
import { publicKey } from "../../clouds/hetzner-client.ts";

const service = (bundle: BundleInput, ports: Port[] = [], status: "active" | "planned" = "active"): Service => ({
  kind: "x",
  name: "x",
  runsOn: {},
  ports,
  dependsOn: [],
  status,
  render: () => bundleSchema.parse(bundle),
  probes: () => [],
});
const host = (services: Service[] = []) =>
  hetzner({
    name: "web",
    type: "cx23",
    location: "hel1",
    os: "debian",
    user: "ops",
    publicPorts: ["80/tcp", "50000-50100/udp"],
    services,
  });
const operator = publicKey("operator");

const nothing: HostFacts = {
  systems: ["debian"],
  ephemeral: [32768, 60999],
  listeners: [],
  units: [],
  accounts: [],
  containers: [],
  cron: [],
  keys: [],
  unknown: [],
};
const listener = (protocol: "tcp" | "udp", port: number, more: Partial<Listener> = {}): Listener => ({
  protocol,
  address: "0.0.0.0",
  port,
  program: "p",
  unit: "p.service",
  ...more,
});
const job = { path: "/etc/cron.d/sync", schedule: "* * * * *", user: "root", command: "/srv/sync" };
const account = (name: string, shell = "/bin/bash") => ({
  name,
  uid: 1000,
  home: `/home/${name}`,
  shell,
  groups: [],
  password: false,
});
const key = (path: string, text = publicKey("eve")) => ({
  path,
  fingerprint: fingerprintsIn(text)[0]!,
  type: "ssh-ed25519",
  comment: "eve",
  options: [],
});

const stateOf = (inputs: object) => ({ urn: "", type: "fleet:host:Service", inputs: { ...inputs } });
const found = (facts: Partial<HostFacts>, services: Service[] = [], state: object = {}) =>
  findingsOn(
    "web",
    { ...nothing, ...facts },
    declaredOn(host(services), [stateOf(state)], { standIns: false, operatorKeys: operator }),
    baselineFor("debian", ["debian"]),
    hostLines("hosts/x/web.ts"),
  ).map(({ kind, name }) => `${kind} ${name}`);

const unit = { "p.service": { text: "[Service]\n" } };

describe("what is declared is no finding, what is not is one", () => {
  test.each<[string, Partial<HostFacts>, Service[], object, string[]]>([
    ["nothing", {}, [], {}, []],
    ["a port", { listeners: [listener("tcp", 9999)] }, [], {}, ["port 9999/tcp"]],
    [
      "a port that the host file opens",
      { listeners: [listener("tcp", 80), listener("udp", 50050), listener("tcp", 22)] },
      [],
      {},
      [],
    ],
    ["the same number of the other protocol", { listeners: [listener("udp", 80)] }, [], {}, ["port 80/udp"]],
    ["a port of a service", { listeners: [listener("tcp", 8200)] }, [service({}, [tcp(8200, "loopback")])], {}, []],
    [
      "a port that a check asks",
      { listeners: [listener("tcp", 8080)] },
      [service({ checks: [{ kind: "http", url: "http://127.0.0.1:8080/" }] })],
      {},
      [],
    ],
    [
      "a port that a check asks elsewhere",
      { listeners: [listener("tcp", 8080)] },
      [service({ checks: [{ kind: "http", url: "http://10.0.0.1:8080/" }] })],
      {},
      ["port 8080/tcp"],
    ],
    [
      "another port of a declared unit",
      { listeners: [listener("tcp", 9999)] },
      [service({ units: unit })],
      {},
      ["port 9999/tcp"],
    ],
    [
      "one that it has for the host alone, or to ask others",
      { listeners: [listener("tcp", 9999, { address: "127.0.0.1" }), listener("udp", 40000)] },
      [service({ units: unit })],
      {},
      [],
    ],
    ["a port of a unit that the last up knows", { listeners: [listener("tcp", 9999)] }, [], { units: unit }, []],
    [
      "one port on two addresses, once",
      { listeners: [listener("tcp", 9999), listener("tcp", 9999, { address: "::" })] },
      [],
      {},
      ["port 9999/tcp"],
    ],
    ["a package", { listeners: [listener("tcp", 80, { package: "lighttpd" })] }, [], {}, ["package lighttpd"]],
    [
      "a package that is declared",
      { listeners: [listener("tcp", 80, { package: "lighttpd" })] },
      [service({ packages: ["lighttpd"] })],
      {},
      [],
    ],
    ["an interpreter", { listeners: [listener("tcp", 80, { package: "python3.13-minimal" })] }, [], {}, []],
    [
      "a unit",
      { units: ["extra.service", "getty@tty1.service", "systemd-evil.service"] },
      [],
      {},
      ["unit extra.service", "unit systemd-evil.service"],
    ],
    [
      "a unit of the program, and of the last up",
      { units: ["p.service", "q.service"] },
      [service({ units: unit }, [], "planned")],
      { units: { "q.service": {} } },
      [],
    ],
    [
      "a cron entry",
      { cron: [job, { ...job, path: "/var/spool/cron/crontabs/bob" }] },
      [],
      {},
      ["cron /etc/cron.d/sync", "cron /var/spool/cron/crontabs/bob"],
    ],
    [
      "a cron entry that is declared",
      { cron: [job] },
      [service({ cron: { sync: { schedule: "* * * * *", command: "/srv/sync" } } })],
      {},
      [],
    ],
    [
      "one of the system, and another line beside it",
      {
        cron: [
          { ...job, path: "/etc/crontab", command: "cd / && run-parts --report /etc/cron.hourly" },
          { ...job, path: "/etc/crontab" },
        ],
      },
      [],
      {},
      ["cron /etc/crontab"],
    ],
    [
      "a container that is declared, and one beside it",
      {
        containers: ["api", "extra"].map((name) => ({ engine: "podman", name, image: "ghcr.io/a/b:1", ports: "" })),
      },
      [service({ containers: { api: { engine: "podman", image: "ghcr.io/a/b@sha256:0" } } })],
      {},
      ["container extra"],
    ],
    [
      "one of that name by another engine",
      { containers: [{ engine: "docker", name: "api", image: "x", ports: "" }] },
      [service({ containers: { api: { engine: "podman", image: "ghcr.io/a/b@sha256:0" } } })],
      {},
      ["container api"],
    ],
    [
      "a key",
      { keys: [key("/root/.ssh/authorized_keys")] },
      [],
      {},
      [expect.stringMatching(/^authorized-key SHA256:/) as string],
    ],
    [
      "an operator's key, and one in a declared file",
      { keys: [key("/root/.ssh/authorized_keys", operator), key("/home/x/.ssh/authorized_keys")] },
      [service({ files: { "/home/x/.ssh/authorized_keys": { content: "" } } })],
      {},
      [],
    ],
    [
      "a key of an option",
      { keys: [key("/etc/ssh/authorized_keys.d/root", operator)] },
      [service({ options: { "users.users.root.openssh.authorizedKeys.keys": [operator] } })],
      {},
      [],
    ],
    [
      "an account with a shell",
      { accounts: [account("bob"), account("eve", ""), account("www", "/usr/sbin/nologin"), account("root")] },
      [],
      {},
      ["user bob", "user eve"],
    ],
    [
      "declared accounts, and the one that the fleet logs in as",
      { accounts: [account("bob"), account("ops")] },
      [service({ users: { bob: {} } })],
      {},
      [],
    ],
  ])("%s", (_, facts, services, state, expected) => expect(found(facts, services, state)).toEqual(expected));
});

test("details tell what helps to decide, and nothing secret", () => {
  const declared = declaredOn(host(), [], { standIns: false, operatorKeys: "" });
  const facts = {
    ...nothing,
    cron: [{ ...job, command: "TOKEN=hunter2 /srv/sync" }],
    accounts: [{ ...account("bob"), groups: ["sudo"], password: true }],
    listeners: [listener("tcp", 9999, { package: "lighttpd", address: "192.0.2.7" })],
  };
  const findings = findingsOn("web", facts, declared, baselineFor("debian", ["debian"]), hostLines("hosts/x/web.ts"));
  expect(findings.map(({ detail, lines }) => [detail, lines?.text])).toEqual([
    ["p in p.service of package lighttpd, on 192.0.2.7", undefined],
    ["holds 9999/tcp open", '"lighttpd",'],
    [
      "* * * * * as root: … /srv/sync",
      '"sync": { schedule: "* * * * *", user: "root", command: ' +
        '"… /srv/sync" }, // what … stands for is not copied here: it may be secret',
    ],
    [
      "uid 1000, /bin/bash, in sudo, with a password",
      '"bob": { system: false, home: "/home/bob", shell: "/bin/bash", groups: ["sudo"] },',
    ],
  ]);
  expect(JSON.stringify(findings)).not.toContain("hunter2");
});

test("lines are only written for what the model takes", () => {
  const lines = hostLines("hosts/x/web.ts");
  expect(lines.unit("a b.service")).toBeUndefined();
  expect(lines.cron({ ...job, schedule: "@reboot" })).toBeUndefined();
  expect(lines.user({ ...account("Bob"), name: "Böb" })).toBeUndefined();
  expect(lines.unit("extra.service")).toEqual({
    file: "hosts/x/web.ts",
    within: "a service of it, in its render: units: { … }",
    text: '"extra.service": {},',
  });
});
