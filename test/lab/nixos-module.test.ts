/** The module and the data of hosts with NixOS under the real Nix, with stand-ins for nixpkgs' own modules. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dataText } from "../../src/provider/aspects/options/data.ts";
import { shape } from "../provider/fixtures.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const MODULE = join(ROOT, "src/provider/aspects/options/module.nix");
const EVALUATE = join(ROOT, "src/lab/machines/nixos/nixpkgs/eval.nix");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-nixos-"));
  await mkdir(join(folder, "fleet/services"), { recursive: true });
  await cp(MODULE, join(folder, "fleet/module.nix"));
  await writeFile(
    join(folder, "configuration.nix"),
    '{ modulesPath, ... }: { imports = [ "${modulesPath}/virtualisation/amazon-image.nix" ]; }',
  );
});
afterEach(() => rm(folder, { recursive: true }));

interface System {
  etc: Record<string, { text: string; mode: string; user: string; group: string }>;
  units: Record<string, { text: string; wantedBy: string[] }>;
  dropIns: { path: string; text: string }[];
  packages: { name: string }[];
  users: Record<string, { home: string; isSystemUser: boolean; extraGroups: string[] }>;
  groups: object;
  sysctl: object;
  timeZone: string | null;
}

/** What a host is made of with these services. @throws Error with Nix' own words */
async function systemOf(services: Record<string, object>): Promise<System> {
  for (const [name, bundle] of Object.entries(services))
    await writeFile(join(folder, `fleet/services/${name}.json`), dataText(shape({ os: "nixos", ...bundle })) ?? "{}");
  const { stdout } = await run("nix-instantiate", [
    "--eval",
    "--strict",
    "--json",
    "--store",
    "dummy://",
    "--arg",
    "configuration",
    join(folder, "fleet/module.nix"),
    EVALUATE,
  ]);
  return JSON.parse(stdout) as System;
}

test("the module parses", async () => {
  await expect(run("nix-instantiate", ["--parse", MODULE])).resolves.toBeDefined();
});

test("no service at all: the machine's own configuration", async () => {
  const system = await systemOf({});
  expect(Object.keys(system.units)).toEqual(["firewall.service", "systemd-timesyncd.service"]);
  expect([system.packages, system.users, system.groups, system.sysctl, system.timeZone]).toEqual([
    [],
    {},
    {},
    {},
    null,
  ]);
  expect(system.etc["ssh/sshd_config.d/00-nixos.conf"]!.text).toContain("Port 22\n");
});

const odd = "it's ${100} % \"odd\" $HOME ''quoted'' \\n ü\n\n";
test("every part of a service becomes an option of NixOS, to the letter", async () => {
  const service = {
    packages: ["sqlite", "wireguard-tools"],
    groups: { ops: {} },
    users: { app: { home: "/var/lib/app", groups: ["ops"] } },
    files: { "/etc/app/odd.conf": { content: odd, mode: "0640", group: "app" } },
    units: {
      "app.service": {
        text: "[Service]\nExecStart=/bin/app ${X}\n[Install]\nWantedBy=multi-user.target\n",
        dropIns: { nice: "[Service]\nNice=1\n" },
      },
    },
    sysctl: { "net.ipv4.ip_forward": "1" },
    timeZone: "Europe/Berlin",
  };
  const system = await systemOf({ app: service });
  expect(system.packages.map(({ name }) => name)).toEqual(["sqlite", "wireguard-tools"]);
  expect(system.users.app).toMatchObject({ home: "/var/lib/app", isSystemUser: true, extraGroups: ["ops"] });
  expect(Object.keys(system.groups)).toEqual(["app", "ops"]);
  expect(system.etc["app/odd.conf"]).toEqual({ text: odd, mode: "0640", user: "root", group: "app" });
  expect(system.units["app.service"]).toMatchObject({
    text: service.units["app.service"].text,
    wantedBy: ["multi-user.target"],
  });
  expect(system.dropIns).toEqual([{ path: "app.service.d/nice.conf", text: "[Service]\nNice=1\n" }]);
  expect([system.sysctl, system.timeZone]).toEqual([service.sysctl, "Europe/Berlin"]);
  expect(system.etc["fleet/services/app.json"]!.text).toBe(dataText(shape({ os: "nixos", ...service })));
});

test("services join their lists, and share what they declare alike", async () => {
  const user = {
    users: { web: { groups: ["ops"] } },
    groups: { ops: {} },
    files: { "/etc/shared": { content: "s\n" } },
  };
  const system = await systemOf({
    a: {
      ...user,
      packages: ["curl"],
      options: {
        "networking.firewall.allowedTCPPorts": [80],
        "services.openssh.listenAddresses": [{ addr: "10.84.0.2" }],
      },
    },
    b: {
      ...user,
      packages: ["curl"],
      options: {
        "networking.firewall.allowedTCPPorts": [443],
        "networking.firewall.interfaces.wg0.allowedTCPPorts": [22],
        "services.openssh.openFirewall": false,
      },
    },
  });
  expect(system.packages.map(({ name }) => name)).toEqual(["curl"]);
  expect(system.etc.shared!.text).toBe("s\n");
  expect(system.etc["nixos-firewall.nft"]!.text).toMatch(
    /^ +tcp dport \{ 80, 443 \} accept$[^]*^ +iifname "wg0" tcp dport \{ 22 \} accept$/m,
  );
  expect(system.etc["ssh/sshd_config.d/00-nixos.conf"]!.text).toContain("ListenAddress 10.84.0.2:22\n");
});

test.each<[string, Record<string, object>, RegExp]>([
  [
    "an option that nobody declares",
    { a: {}, b: { options: { "services.apache.enable": true } } },
    /The option `services\.apache' does not exist[^]*fleet\/services\/b\.json/,
  ],
  [
    "a value of another type",
    { b: { options: { "services.openssh.ports": ["22"] } } },
    /`services\.openssh\.ports\.\*' is not of type `16 bit unsigned integer[^]*b\.json/,
  ],
  ["a value for a set of options", { b: { options: { networking: true } } }, /`networking'.*set of options[^]*b\.json/],
  [
    "two values for one option",
    { a: { options: { "nix.gc.dates": "daily" } }, b: { options: { "nix.gc.dates": "weekly" } } },
    /`nix\.gc\.dates' has conflicting definition values[^]*[ab]\.json/,
  ],
  ["a package that there is not", { b: { packages: ["no-such-thing"] } }, /nixpkgs has no package no-such-thing/],
])("%s is refused, by its name and file", async (_, services, message) => {
  await expect(systemOf(services)).rejects.toThrow(message);
});

test("data that is no JSON is refused", async () => {
  await writeFile(join(folder, "fleet/services/c.json"), '{"packages": [');
  await expect(systemOf({})).rejects.toThrow(/parse error/);
});
