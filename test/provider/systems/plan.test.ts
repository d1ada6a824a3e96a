import { expect, test } from "vitest";
import { NOTHING, type Shape } from "../../../src/provider/aspects/shape.ts";
import { planService } from "../../../src/provider/systems/plan.ts";
import type { Step } from "../../../src/provider/aspects/steps.ts";
import { inPlace } from "../../../src/provider/systems/in-place.ts";
import { KNOWN, shape } from "../fixtures.ts";

const desired = shape({
  packages: ["nginx"],
  groups: { web: {} },
  users: { web: { groups: ["www-data"] } },
  directories: { "/srv/web/data": {}, "/srv/web": { owner: "web" } },
  files: { "/etc/fleet/web.conf": { content: "a\n" } },
  artifacts: { "/opt/web": { url: "https://example.com/web", sha256: "a".repeat(64) } },
  units: {
    "web.service": { text: "[Service]\nUser=web\n" },
    "nginx.service": { onChange: "reload", dropIns: { limits: "[Service]\nNice=1\n" } },
    "job.timer": { text: "[Timer]\n" },
    "job.service": { text: "[Service]\nUser=web\n", enabled: false, active: false },
  },
  records: { "/opt/keeper": { tokyo: { interval: 30 }, osaka: { interval: 30 } } },
  cron: { sync: { schedule: "0 3 * * *", command: "true" } },
  sysctl: { "vm.swappiness": "1" },
  timeZone: "Europe/Berlin",
  validations: [{ command: "nginx -t" }],
  checks: [{ kind: "tcp", port: 80 }],
});
type Plain = Record<string, any>;
const found = (change: (found: Plain) => void): Shape => {
  const copy = structuredClone(desired) as Plain;
  change(copy);
  return copy as Shape;
};
/** A host that has nothing of it; its kernel has settings all the same. */
const BARE: Shape = { ...NOTHING, sysctl: { "vm.swappiness": "0" } };
/** A step in a few words, what is done to a unit one by one; what every plan that is not empty waits for is left out. */
const brief = (step: Step): string[] =>
  step.do === "unit" ? step.verbs.map((verb) => `${verb} ${step.unit}`) : [words(step)];
const words = (step: Step): string =>
  [
    step.do,
    ...("unit" in step
      ? [step.unit]
      : "path" in step
        ? [step.path]
        : "name" in step
          ? [step.name]
          : "verb" in step
            ? [step.verb, ...Object.keys(step.records)]
            : []),
  ].join(" ");
const plan = (from: Shape, to: Shape = desired) =>
  planService(inPlace, to, from, KNOWN)
    .flatMap(brief)
    .filter((words) => !/^(check|expect-active|need-packages)/.test(words));

test.each<[string, (found: Plain) => void, string[]]>([
  ["nothing", () => {}, []],
  [
    "an edited file",
    (f) => (f.files["/etc/fleet/web.conf"].content = "b\n"),
    [
      "write /etc/fleet/web.conf",
      "restart web.service",
      "reload nginx.service",
      "records write tokyo osaka",
      "validate",
    ],
  ],
  [
    "a loosened mode",
    (f) => (f.files["/etc/fleet/web.conf"].mode = "0666"),
    ["attributes /etc/fleet/web.conf", "validate"],
  ],
  [
    "a program with other bytes",
    (f) => (f.artifacts["/opt/web"].sha256 = "b".repeat(64)),
    ["fetch /opt/web", "restart web.service", "reload nginx.service", "records write tokyo osaka", "validate"],
  ],
  [
    "a program that is gone",
    (f) => delete f.artifacts["/opt/web"],
    ["fetch /opt/web", "restart web.service", "reload nginx.service", "records write tokyo osaka", "validate"],
  ],
  ["a program anyone may write", (f) => (f.artifacts["/opt/web"].mode = "0777"), ["attributes /opt/web", "validate"]],
  ["a program that came from another URL", (f) => (f.artifacts["/opt/web"].url = "https://example.com/other"), []],
  ["a stopped unit", (f) => (f.units["web.service"].active = false), ["restart web.service"]],
  [
    "a failed unit",
    (f) => (f.units["web.service"].active = "failed"),
    ["reset-failed web.service", "restart web.service"],
  ],
  ["a disabled timer", (f) => (f.units["job.timer"].enabled = false), ["enable job.timer"]],
  [
    "a masked unit",
    (f) => Object.assign(f.units["nginx.service"], { enabled: "masked", active: false }),
    ["unmask nginx.service", "enable nginx.service", "restart nginx.service"],
  ],
  ["a job that someone enabled", (f) => (f.units["job.service"].enabled = true), ["disable job.service"]],
  [
    "an edited unit",
    (f) => (f.units["job.service"].text = "x"),
    ["write /etc/systemd/system/job.service", "verify /etc/systemd/system/job.service", "reread-units", "validate"],
  ],
  [
    "an edited drop-in",
    (f) => (f.units["nginx.service"].dropIns.limits = "x"),
    ["write /etc/systemd/system/nginx.service.d/limits.conf", "reread-units", "restart nginx.service", "validate"],
  ],
  [
    "a drop-in made by hand",
    (f) => (f.units["nginx.service"].dropIns.override = "x"),
    ["remove /etc/systemd/system/nginx.service.d/override.conf", "reread-units", "restart nginx.service", "validate"],
  ],
  ["a unit that is not reloaded", (f) => (f.units["web.service"].needsReload = true), ["reread-units"]],
  ["a record with another field", (f) => (f.records["/opt/keeper"].tokyo.interval = 60), ["records write tokyo"]],
  ["a record that is gone", (f) => delete f.records["/opt/keeper"].osaka, ["records write osaka"]],
  ["a record that left the bundle", (f) => (f.records["/opt/keeper"].nara = { interval: 30 }), ["records remove nara"]],
  ["a deleted cron entry", (f) => delete f.cron.sync, ["write /etc/cron.d/sync", "validate"]],
  [
    "a cron entry anyone may write",
    (f) => (f.cron.sync.attributes = "0666 root:root"),
    ["attributes /etc/cron.d/sync", "validate"],
  ],
  [
    "a kernel setting",
    (f) => (f.sysctl["vm.swappiness"] = "0"),
    ["write /etc/sysctl.d/60-fleet-web.conf", "set-kernel", "validate"],
  ],
  ["another time zone", (f) => (f.timeZone = "Etc/UTC"), ["set-time-zone"]],
  [
    "a service that does not listen",
    (f) => (f.checks[0].problem = "x"),
    ["restart web.service", "restart nginx.service"],
  ],
  ["a missing package", (f) => (f.packages = []), ["install"]],
  ["a user in another group", (f) => (f.users.web.groups = ["www-data", "video"]), ["correct-user web"]],
  ["a directory of another owner", (f) => (f.directories["/srv/web"].owner = "root"), ["directory /srv/web"]],
])("%s", (_, change, expected) => {
  expect(plan(found(change))).toEqual(expected);
});

test("from nothing, everything is made and each unit starts once", () => {
  const steps = plan(BARE);
  expect(steps.filter((words) => /^(restart|enable)/.test(words))).toEqual([
    "enable web.service",
    "restart web.service",
    "enable nginx.service",
    "restart nginx.service",
    "enable job.timer",
    "restart job.timer",
  ]);
  expect(steps.filter((words) => words.startsWith("directory"))).toEqual([
    "directory /srv/web",
    "directory /srv/web/data",
  ]);
  expect(steps).not.toContain("reset-failed web.service");
});

test("nothing is done before the packages are there", () => {
  const kinds = planService(inPlace, desired, BARE, KNOWN).map((step) => step.do);
  expect(kinds.slice(0, 2)).toEqual(["install", "need-packages"]);
});

test("a plan that changes something ends with the health checks", () => {
  expect(
    planService(
      inPlace,
      desired,
      found((f) => (f.timeZone = "Etc/UTC")),
      KNOWN,
    ).at(-1),
  ).toMatchObject({ do: "check", check: { kind: "tcp", port: 80 } });
});

test("to nothing, what is ours goes; packages, users and what is full stay", () => {
  expect(plan(desired, NOTHING)).toEqual([
    "remove-directory /srv/web/data",
    "remove-directory /srv/web",
    "remove /opt/web",
    "remove /etc/fleet/web.conf",
    "remove /etc/cron.d/sync",
    "remove /etc/sysctl.d/60-fleet-web.conf",
    "retire web.service",
    "retire nginx.service",
    "retire job.timer",
    "retire job.service",
    "reread-units",
    "records remove tokyo osaka",
  ]);
  // Folders go when what was in them has gone.
  const steps = planService(inPlace, NOTHING, desired, KNOWN);
  const script = inPlace.body([{ n: 0, service: "web", steps }], { token: "t", confirmSeconds: 1 });
  const line = (words: RegExp) => script.findIndex((text) => words.test(text));
  const order = [
    /^run 0 .* files_0$/,
    /^systemctl stop/,
    /^run 0 .* retire_0$/,
    /drop_folder \/srv\/web\/data \/srv\/web/,
  ].map(line);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
});

test("the way in to a host is never stopped, and another service's unit neither", () => {
  const units = shape({ packages: ["openssh-server"], units: { "ssh.service": { dropIns: { a: "" } } } });
  expect(planService(inPlace, NOTHING, units, { ...KNOWN, service: "ssh" })).toContainEqual(
    expect.objectContaining({ do: "retire", unit: "ssh.service", verbs: [] }),
  );
  const foreign = shape({ units: { "cron.service": {} } });
  expect(planService(inPlace, NOTHING, foreign, KNOWN)).toEqual([]);
});
