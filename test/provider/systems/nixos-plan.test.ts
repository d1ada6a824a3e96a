import { expect, test } from "vitest";
import { Secret } from "../../../src/plugin/types.ts";
import { MODULE } from "../../../src/provider/aspects/options/data.ts";
import { planService } from "../../../src/provider/systems/plan.ts";
import type { Step } from "../../../src/provider/aspects/steps.ts";
import { NOTHING, type Shape } from "../../../src/provider/aspects/shape.ts";
import { nixos } from "../../../src/provider/systems/nixos.ts";
import { KNOWN, shape } from "../fixtures.ts";

const desired = shape({
  os: "nixos",
  packages: ["sqlite"],
  groups: { redis: {} },
  users: { app: {} },
  directories: { "/var/lib/app": {} },
  files: {
    "/etc/fleet/app.conf": { content: "a\n" },
    "/etc/fleet/app.key": { content: new Secret("k") },
    "/srv/app": { content: "s" },
  },
  artifacts: { "/opt/app": { url: "https://example.com/app", sha256: "a".repeat(64) } },
  units: {
    "app.service": { text: "[Service]\nUser=app\n", dropIns: { nice: "n" } },
    "job.service": { text: "[Service]\nUser=app\n", active: false },
  },
  sysctl: { "net.core.somaxconn": "9" },
  timeZone: "Europe/Berlin",
  options: { "nix.gc.automatic": true },
  validations: [{ command: "true" }],
  checks: [{ kind: "tcp", port: 80 }],
});
type Plain = Record<string, any>;
const found = (change: (found: Plain) => void): Shape => {
  const copy = structuredClone(desired) as Plain;
  copy.files["/etc/fleet/app.key"] = { ...desired.files["/etc/fleet/app.key"] };
  change(copy);
  return copy as Shape;
};
const known = { ...KNOWN, service: "app", os: "nixos" as const };
const brief = (step: Step): string[] =>
  step.do === "unit" ? step.verbs.map((verb) => `${verb} ${step.unit}`) : [words(step)];
const words = (step: Step): string =>
  [step.do, ...("unit" in step ? [step.unit] : "path" in step ? [step.path] : "name" in step ? [step.name] : [])].join(
    " ",
  );
const plan = (from: Shape, to: Shape = desired) =>
  planService(nixos, to, from, known)
    .flatMap(brief)
    .filter((words) => !/^(check|expect-active)/.test(words));

test.each<[string, (found: Plain) => void, string[]]>([
  ["nothing", () => {}, []],
  [
    "a file of NixOS' edited",
    (f) => (f.files["/etc/fleet/app.conf"].content = "b"),
    ["restart app.service", "switch", "validate"],
  ],
  ["a file of NixOS' loosened", (f) => (f.files["/etc/fleet/app.conf"].mode = "0666"), ["switch", "validate"]],
  [
    "a secret file edited",
    (f) => (f.files["/etc/fleet/app.key"].content = new Secret("x")),
    ["write /etc/fleet/app.key", "restart app.service", "validate"],
  ],
  [
    "a file elsewhere edited",
    (f) => (f.files["/srv/app"].content = "x"),
    ["write /srv/app", "restart app.service", "validate"],
  ],
  ["a file elsewhere loosened", (f) => (f.files["/srv/app"].mode = "0666"), ["attributes /srv/app", "validate"]],
  [
    "another program",
    (f) => (f.artifacts["/opt/app"].sha256 = "b".repeat(64)),
    ["fetch /opt/app", "restart app.service", "validate"],
  ],
  ["a directory that is gone", (f) => delete f.directories["/var/lib/app"], ["directory /var/lib/app"]],
  [
    "accounts that are gone",
    (f) => Object.assign(f, { users: {}, groups: {} }),
    ["make-group redis", "make-user app", "switch", "validate"],
  ],
  ["another home", (f) => (f.users.app.home = "/srv"), ["switch", "validate"]],
  ["a package that is gone", (f) => (f.packages = []), ["switch", "validate"]],
  ["a stopped unit", (f) => (f.units["app.service"].active = false), ["restart app.service"]],
  [
    "a unit that is gone",
    (f) => delete f.units["app.service"],
    ["reread-units", "restart app.service", "switch", "validate"],
  ],
  ["a unit that nothing wants", (f) => (f.units["app.service"].enabled = false), ["switch", "validate"]],
  [
    "an edited unit",
    (f) => (f.units["app.service"].text = "x"),
    ["reread-units", "restart app.service", "switch", "validate"],
  ],
  [
    "an edited drop-in",
    (f) => (f.units["app.service"].dropIns.nice = "x"),
    ["reread-units", "restart app.service", "switch", "validate"],
  ],
  [
    "a job that is new and must not run",
    (f) => delete f.units["job.service"],
    ["reread-units", "stop job.service", "switch", "validate"],
  ],
  [
    "a kernel setting made by hand",
    (f) => (f.sysctl["net.core.somaxconn"] = "1"),
    ["set-kernel", "switch", "validate"],
  ],
  ["another time zone", (f) => (f.timeZone = "Etc/UTC"), ["switch", "validate"]],
  ["another option", (f) => (f.options["nix.gc.automatic"] = false), ["switch", "validate"]],
  ["an option more", (f) => (f.options["nix.gc.dates"] = "daily"), ["switch", "validate"]],
  [
    "another module",
    (f) => (f.files[MODULE] = { content: "x", mode: "0644", owner: "root", group: "root" }),
    ["restart app.service", "switch", "validate"],
  ],
])("%s", (_, change, expected) => expect(plan(found(change))).toEqual(expected));

test("the data goes with the service", () => {
  const data = (steps: Step[]) => steps.flatMap((step) => (step.do === "switch" ? [step.data] : []));
  expect(data(planService(nixos, desired, { ...NOTHING, sysctl: { "net.core.somaxconn": "1" } }, known))).toEqual([
    expect.stringContaining('"nix"'),
  ]);
  expect(data(planService(nixos, NOTHING, desired, known))).toEqual([undefined]);
  expect(plan(desired, NOTHING)).toEqual([
    "remove-directory /var/lib/app",
    "remove /opt/app",
    "remove /etc/fleet/app.key",
    "remove /srv/app",
    "reread-units",
    "switch",
  ]);
});

test.each<[string, object, boolean]>([
  ["nix.gc.automatic", { "nix.gc.automatic": true }, false],
  ["networking.firewall.allowedTCPPorts", { "networking.firewall.allowedTCPPorts": [80] }, true],
  ["networking", { networking: { firewall: { enable: false } } }, true],
  ["services.openssh.listenAddresses", { "services.openssh.listenAddresses": [] as unknown[] }, true],
  ["services.opensshy", { "services.opensshy": 1 }, true],
  ["services.nginx.enable", { "services.nginx.enable": true }, false],
  ["users.users.root.openssh.authorizedKeys.keys", { "users.users.root.openssh.authorizedKeys.keys": ["x"] }, true],
  ["users.users.rooty.home", { "users.users.rooty.home": "/srv" }, false],
])("the option %s may cut the line: %#", (_, options, expected) => {
  const isGuarded = (from: object, to: object) =>
    planService(nixos, shape({ os: "nixos", options: to }), shape({ os: "nixos", options: from }), known).some(
      (step) => step.do === "guard",
    );
  expect([isGuarded({}, options), isGuarded(options, {}), isGuarded(options, options)]).toEqual([
    expected,
    expected,
    false,
  ]);
});
