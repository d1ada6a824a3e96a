/** What a look and the plan that follows make of a world: equal by meaning is no change, and what is left is put right. */
import { expect, test } from "vitest";
import { diffService } from "../../../src/provider/service/diff.ts";
import { isEmpty, NOTHING, propertiesOf, union, type Shape } from "../../../src/provider/aspects/shape.ts";
import { only, type Step } from "../../../src/provider/aspects/steps.ts";
import { Claims } from "../../../src/provider/service/claims.ts";
import type { Before } from "../../../src/provider/remote/journal.ts";
import { inPlace } from "../../../src/provider/systems/in-place.ts";
import { lookScript, readLook } from "../../../src/provider/systems/look.ts";
import { planService, type Known } from "../../../src/provider/systems/plan.ts";
import { KNOWN, shape } from "../fixtures.ts";
import { answer, EMPTY, worldOf, type World } from "../world.ts";

const target = { host: "h", service: "web", connection: {} };

/** The drift by property path, and what is planned, in a world as declared but for some of it. */
function turn(declared: object, over: Partial<World>, previous: Shape = shape(declared)) {
  const desired = shape(declared);
  const expectations = [{ service: "web", shape: union(previous, desired) }];
  const world = { ...worldOf("web", desired), ...over };
  const [seen] = readLook(answer(lookScript(expectations, "run"), world), expectations);
  expect(seen!.unknown).toEqual([]);
  const known: Known = { ...KNOWN, before: seen!.before, lacks: seen!.lacks };
  const steps = planService(inPlace, desired, seen!.found, known);
  const drift = Object.keys(diffService(propertiesOf(target, seen!.found), propertiesOf(target, desired)).detailed);
  return { drift, steps, words: steps.flatMap(words) };
}

const words = (step: Step): string[] => {
  switch (step.do) {
    case "unit":
    case "retire":
      return step.verbs.map((verb) => `${verb} ${step.unit}`);
    case "refuse":
      return [`refuse ${step.reason}`];
    case "expect-active":
    case "check":
    case "remember":
    case "reread-units":
      return [];
    default:
      return [
        [
          step.do,
          ...("path" in step
            ? [step.path]
            : "key" in step
              ? [step.key, step.value]
              : "zone" in step
                ? [step.zone]
                : []),
        ].join(" "),
      ];
  }
};

const unit = (name = "caddy.service", more: object = {}) => ({ units: { [name]: more } });
const units = (properties: Record<string, string>, name = "caddy.service") => ({ units: { [name]: properties } });
const file = (path: string, text = "[Service]\n") => ({ files: { [path]: { text } } });
const ETC = "/etc/systemd/system";

const image = (digest: string) => `ghcr.io/owner/api@sha256:${digest.repeat(64)}`;
const api = (more: object = {}) => ({
  units: { "api.service": {} },
  containers: {
    api: { engine: "podman", image: image("a"), ports: { "80/tcp": "127.0.0.1:8000" }, health: "healthy", ...more },
  },
});
/** A container that is otherwise than it is declared. */
const found = (more: object, declared: object = api()) => ({
  containers: { api: { ...worldOf("web", shape(declared)).containers.api, ...more } },
});

test.each<[string, object, Partial<World>]>([
  [
    "a kernel setting with tabs",
    { sysctl: { "net.ipv4.tcp_rmem": "4096 131072 6291456" } },
    { settings: { "net.ipv4.tcp_rmem": "4096\t131072\t6291456" } },
  ],
  ["kernel settings in another order", { sysctl: { "vm.b": "1", "vm.a": "2" } }, {}],
  ["groups in another order", { groups: { a: {}, b: {} }, users: { app: { groups: ["b", "a"] } } }, {}],
  ["a package twice", { packages: ["curl", "curl"] }, {}],
  [
    "a cron line with other spaces",
    { cron: { a: { schedule: "0 3 * * *", command: "true" } } },
    file("/etc/cron.d/a", "# x\n\n 0  3\t* * *  root\ttrue\n"),
  ],
  ["a container as it is declared, with its image's own command", api(), {}],
  [
    "a container of Docker",
    api({ engine: "docker", command: ["serve"], mounts: { "/data": "data", "/c": "/etc/c:ro" } }),
    {},
  ],
  [
    "a container that answers over HTTP",
    api({ healthUrl: "http://127.0.0.1:8000/health" }),
    found({ health: "", answered: "204" }),
  ],
  [
    "a container with a volume that its image asks for",
    api(),
    found({ mounts: [{ Type: "volume", Name: "0".repeat(64), Source: "/v", Destination: "/var/lib/x", RW: true }] }),
  ],
  ["a static unit", unit(), units({ UnitFileState: "static" })],
  ["a generated unit", unit(), units({ UnitFileState: "generated" })],
  [
    "a masked unit that must neither run nor start",
    unit("caddy.service", { enabled: false, active: false }),
    units({
      UnitFileState: "masked",
      LoadState: "masked",
      ActiveState: "inactive",
      FragmentPath: `${ETC}/caddy.service`,
    }),
  ],
  [
    "a drop-in for all services by whoever boots containers",
    unit(),
    units({ DropInPaths: "/run/systemd/system/service.d/zzz-lxc-service.conf" }),
  ],
  ["a drop-in of a package", unit(), units({ DropInPaths: "/usr/lib/systemd/system/caddy.service.d/x.conf" })],
])("%s is no difference", (_, declared, over) => {
  expect(turn(declared, over)).toMatchObject({ drift: [], words: [] });
});

test("a group named twice, as states from before that was refused have it, is no difference", () => {
  const declared = shape({ groups: { a: {}, b: {} }, users: { app: { groups: ["b", "a"] } } });
  const twice: Shape = { ...declared, users: { app: { ...declared.users.app!, groups: ["b", "a", "b"] } } };
  const expectations = [{ service: "web", shape: twice }];
  const [seen] = readLook(answer(lookScript(expectations, "run"), worldOf("web", declared)), expectations);
  expect(seen!.found).toEqual(twice);
});

test.each<[string, object, Partial<World>, string[], string[]]>([
  [
    "a container by another digest",
    api(),
    found({ image: image("b") }),
    ["containers.api.image"],
    ["restart api.service", "prune-images"],
  ],
  [
    "a container that was started by its tag",
    api(),
    found({ image: "ghcr.io/owner/api:1", digest: `sha256:${"b".repeat(64)}` }),
    ["containers.api.image"],
    ["restart api.service", "prune-images"],
  ],
  [
    "a container with another command",
    api({ command: ["serve"] }),
    found({ command: ["serve", "--debug"] }),
    ["containers.api.command"],
    ["restart api.service"],
  ],
  [
    "a container with a folder of the host",
    api(),
    found({ mounts: [{ Type: "bind", Source: "/", Destination: "/host", RW: true }] }),
    ['containers.api.mounts["/host"]'],
    ["restart api.service"],
  ],
  [
    "a container whose port is open to all",
    api(),
    found({ ports: { "80/tcp": [{ HostIp: "", HostPort: "8000" }] } }),
    ['containers.api.ports["80/tcp"]'],
    ["restart api.service"],
  ],
  [
    "a container that writes to its own files",
    api({ readOnly: true }),
    found({ readOnly: false }),
    ["containers.api.readOnly"],
    ["restart api.service"],
  ],
  [
    "a container that is not healthy",
    api(),
    found({ health: "unhealthy" }),
    ["containers.api.health"],
    ["restart api.service"],
  ],
  [
    "a container that answers 500",
    api({ healthUrl: "http://127.0.0.1:8000/health" }),
    found({ answered: "500" }),
    ["containers.api.health"],
    ["restart api.service"],
  ],
  ["a container that is paused", api(), found({ state: "paused" }), ["containers.api.state"], ["restart api.service"]],
  [
    "a container that is gone while its unit runs",
    api(),
    { containers: {} },
    ["containers.api"],
    ["restart api.service"],
  ],
  ["an engine that is gone", api(), { engines: {}, containers: {} }, ["containers.api"], ["restart api.service"]],
  [
    "a unit that Quadlet has not written yet is started, and is not enabled by systemctl",
    api(),
    { containers: {}, units: {} },
    ["containers.api", 'units["api.service"]'],
    ["restart api.service"],
  ],
])("%s is drift, and its unit is started anew", (_, declared, over, paths, planned) => {
  const { drift, words } = turn(declared, over);
  expect(drift.sort()).toEqual(paths);
  expect(words).toEqual(["guard", ...planned]);
});

const set = `${ETC}.control/caddy.service.d/50-Memory.conf`;
test.each<[string, object, Partial<World>, string[], (string | RegExp)[]]>([
  [
    "a unit that is masked until the next boot",
    unit(),
    units({
      UnitFileState: "masked-runtime",
      LoadState: "masked",
      ActiveState: "inactive",
      FragmentPath: "/run/systemd/system/caddy.service",
    }),
    ["enabled", "active"],
    ["unmask-runtime caddy.service", "enable caddy.service", "restart caddy.service"],
  ],
  [
    "a unit that is enabled until the next boot",
    unit(),
    units({ UnitFileState: "enabled-runtime" }),
    ["enabled"],
    ["disable-runtime caddy.service", "enable caddy.service"],
  ],
  [
    "one that must not be enabled and is until the next boot",
    unit("caddy.service", { enabled: false }),
    units({ UnitFileState: "enabled-runtime" }),
    ["enabled"],
    ["disable-runtime caddy.service"],
  ],
  [
    "a drop-in until the next boot",
    unit(),
    {
      ...units({ DropInPaths: "/run/systemd/system/caddy.service.d/x.conf" }),
      ...file("/run/systemd/system/caddy.service.d/x.conf"),
    },
    ['dropIns["/run/systemd/system/caddy.service.d/x.conf"]'],
    ["remove /run/systemd/system/caddy.service.d/x.conf", "restart caddy.service"],
  ],
  [
    "a property that was set",
    unit(),
    { ...units({ DropInPaths: set }), ...file(set) },
    [`dropIns["${set}"]`],
    ["guard", `remove ${set}`, "restart caddy.service"],
  ],
  [
    "a drop-in that systemd has not read yet",
    unit(),
    file(`${ETC}/caddy.service.d/x.conf`),
    ["dropIns.x"],
    [`remove ${ETC}/caddy.service.d/x.conf`, "restart caddy.service"],
  ],
  [
    "a whole unit in the place of the package's",
    unit(),
    {
      ...units({ FragmentPath: `${ETC}/caddy.service` }),
      files: { [`${ETC}/caddy.service`]: { text: "x" }, "/usr/lib/systemd/system/caddy.service": { text: "y" } },
    },
    ["text"],
    [`remove ${ETC}/caddy.service`, "restart caddy.service"],
  ],
  [
    "one that systemd has not read yet",
    unit(),
    { files: { [`${ETC}/caddy.service`]: { text: "x" }, "/usr/lib/systemd/system/caddy.service": { text: "y" } } },
    ["text"],
    [`remove ${ETC}/caddy.service`, "restart caddy.service"],
  ],
  [
    "a file that goes before the unit's own",
    unit("caddy.service", { text: "[Service]\n" }),
    {
      ...units({ FragmentPath: `${ETC}.control/caddy.service` }),
      files: { [`${ETC}/caddy.service`]: { text: "[Service]\n" }, [`${ETC}.control/caddy.service`]: { text: "x" } },
    },
    ["readFrom"],
    ["guard", `remove ${ETC}.control/caddy.service`, "restart caddy.service"],
  ],
  [
    "a unit that is another one's name and is disabled",
    unit("sshd.service"),
    {
      ...units(
        {
          Id: "ssh.service",
          Names: "sshd.service ssh.service",
          UnitFileState: "disabled",
          DropInPaths: `${ETC}/ssh.service.d/x.conf`,
        },
        "sshd.service",
      ),
      ...file(`${ETC}/ssh.service.d/x.conf`),
    },
    ["enabled"],
    [/^refuse units\["sshd.service"\] is another name of ssh.service.*declare units\["ssh.service"\]/],
  ],
])("%s is named, and put right", (_, declared, over, paths, planned) => {
  const name = Object.keys((declared as { units: object }).units)[0];
  const { drift, words } = turn(declared, over);
  expect(drift.sort()).toEqual(paths.map((path) => `units["${name}"].${path}`).sort());
  expect(words.filter((word) => word !== "validate")).toEqual(
    planned.map((one): unknown => (typeof one === "string" ? one : expect.stringMatching(one))),
  );
});

test.each([
  ["/etc/sysctl.d/99-x.conf", "net.ipv4.ip_forward=0", true],
  ["/etc/sysctl.d/99-sysctl.conf", "net/ipv4/ip_forward = 0", true],
  ["/usr/lib/sysctl.d/99-x.conf", "-net.ipv4.ip_forward = 0", true],
  ["/etc/sysctl.d/10-x.conf", "net.ipv4.ip_forward=0", false],
  ["/etc/sysctl.d/99-x.conf", "net.ipv4.ip_forward = 1", false],
  ["/etc/sysctl.d/99-x.conf", "# net.ipv4.ip_forward = 0", false],
  ["/etc/sysctl.d/99-x.conf", "net.ipv4.ip_forwarding = 0", false],
])("what %s says (%s) takes the kernel setting back at boot: %j", (path, text, takesBack) => {
  const own = worldOf("web", shape({ sysctl: { "net.ipv4.ip_forward": "1" } })).files;
  const { drift, words } = turn(
    { sysctl: { "net.ipv4.ip_forward": "1" } },
    { files: { ...own, ...file(path, text).files } },
  );
  expect(drift).toEqual(takesBack ? ['sysctl["net.ipv4.ip_forward"]'] : []);
  expect(words).toEqual(takesBack ? [expect.stringContaining(`${path} is read later`)] : []);
});

test("a file that takes a kernel setting back may be put right by the service that has the setting", () => {
  const path = "/etc/sysctl.d/60-fleet-x.conf";
  const declared = { sysctl: { "vm.swappiness": "1" }, files: { [path]: { content: "vm.swappiness = 1\n" } } };
  const files = { ...worldOf("web", shape(declared)).files, [path]: { text: "vm.swappiness = 9\n" } };
  expect(turn(declared, { files }).words).toEqual([
    `write ${path}`,
    "write /etc/sysctl.d/60-fleet-web.conf",
    "set-kernel vm.swappiness 1",
  ]);
});

/** What becomes of something by what is written down of the time before. */
const everything = {
  directories: { "/srv/web": {} },
  files: { "/etc/fleet/web.conf": { content: "a" } },
  units: { "caddy.service": { text: "[Service]\n" }, "nginx.service": {} },
  sysctl: { "vm.swappiness": "1" },
  timeZone: "Europe/Berlin",
};
const folder = { mode: "0700", owner: "root", group: "root" };
const idle = { enabled: false, active: false };
test.each<[string, Before[] | undefined, string[]]>([
  [
    "nothing is known",
    undefined,
    [
      "remove-directory /srv/web",
      "remove /etc/fleet/web.conf",
      "remove /etc/sysctl.d/60-fleet-web.conf",
      "stop caddy.service",
      "disable caddy.service",
    ],
  ],
  ["nothing was changed", [], ["forget"]],
  [
    "nothing was there",
    [
      { directory: "/srv/web", was: "absent" },
      { file: "/etc/fleet/web.conf", was: "absent" },
      { file: `${ETC}/caddy.service`, was: "absent" },
      { unit: "caddy.service", was: "absent" },
      { unit: "nginx.service", was: idle },
      { kernel: "vm.swappiness", was: "60" },
      { timeZone: "local", was: "" },
    ],
    [
      "forget",
      "remove-directory /srv/web",
      "remove /etc/fleet/web.conf",
      "set-kernel vm.swappiness 60",
      "stop caddy.service",
      "disable caddy.service",
      "disable nginx.service",
      "stop nginx.service",
    ],
  ],
  [
    "all was there",
    [
      { directory: "/srv/web", was: folder },
      { file: "/etc/fleet/web.conf", was: "kept" },
      { file: `${ETC}/caddy.service`, was: "kept" },
      { unit: "caddy.service", was: { enabled: true, active: true } },
      { unit: "nginx.service", was: { enabled: "masked", active: false } },
      { kernel: "vm.swappiness", was: "1" },
      { timeZone: "local", was: "Etc/UTC" },
    ],
    [
      "forget",
      "directory /srv/web",
      "bring-back /etc/fleet/web.conf",
      "set-kernel vm.swappiness 1",
      "set-time-zone Etc/UTC",
      "disable nginx.service",
      "mask nginx.service",
      "stop nginx.service",
    ],
  ],
])("a service that goes, where %s", (_, before, expected) => {
  const found = shape(everything);
  const steps = planService(inPlace, NOTHING, found, { ...KNOWN, before });
  expect(steps.flatMap(words).sort()).toEqual([...expected].sort());
  const retired = only(steps, "retire").find(({ unit: name }) => name === "caddy.service");
  const kept = before?.some(
    (record) => "file" in record && record.file === `${ETC}/caddy.service` && record.was === "kept",
  );
  if (kept) expect(retired).toMatchObject({ remove: [], bringBack: [`${ETC}/caddy.service`] });
});

test("what was there before is written down once, also when there is nothing to do", () => {
  const found = shape(everything);
  const remembered = (from: Shape, known: Partial<Known>) =>
    only(planService(inPlace, found, from, { ...KNOWN, ...known }), "remember").map(({ before }) => before);
  expect(remembered(found, { previous: NOTHING })).toEqual([[]]);
  expect(remembered(found, { before: [] })).toEqual([]);
  expect(remembered(found, {})).toEqual([]);
  const changed = { ...found, files: {} };
  expect(remembered(changed, { previous: NOTHING })).toEqual([
    expect.arrayContaining([{ file: "/etc/fleet/web.conf", was: "absent" }]),
  ]);
  const before: Before[] = [{ file: "/etc/fleet/web.conf", was: "kept" }];
  expect(
    only(planService(inPlace, found, changed, { ...KNOWN, before }), "remember").flatMap((step) =>
      step.before.filter((record) => "file" in record),
    ),
  ).toEqual(before);
});

test("a drop-in that a unit had before its service comes back with it", () => {
  const path = `${ETC}/nginx.service.d/mine.conf`;
  const desired = shape(unit("nginx.service"));
  const found = shape(unit("nginx.service", { dropIns: { mine: "x" } }));
  const [{ before }] = only(
    planService(inPlace, desired, found, { ...KNOWN, previous: NOTHING }),
    "remember",
  ) as unknown as [{ before: Before[] }];
  expect(before).toContainEqual({ file: path, was: "kept" });
  expect(planService(inPlace, desired, found, { ...KNOWN, before })).toContainEqual({
    do: "remove",
    path,
    kind: "dropIn",
  });
  expect(planService(inPlace, NOTHING, desired, { ...KNOWN, before })).toContainEqual(
    expect.objectContaining({ do: "retire", bringBack: [path] }),
  );
});

test.each<[string, string[], string[]]>([
  ["a restart", ["restart caddy.service"], ["restart caddy.service"]],
  ["a reload", ["reload nginx.service"], ["reload nginx.service"]],
  ["records", ["write records"], ["records"]],
  ["a unit that is declared no more", ["restart gone.service"], []],
])("a change that was cut off before %s is finished, and named until then", (_, unfinished, expected) => {
  const declared = {
    units: { "caddy.service": {}, "nginx.service": { onChange: "reload" } },
    records: { "/opt/keeper": { a: {} } },
    validations: [{ command: "true" }],
  };
  const { drift, words } = turn(declared, { journal: { web: { unfinished, before: [] } } });
  expect(drift).toEqual(["unfinished"]);
  expect(words).toEqual(["finish", ...expected, "validate"]);
});

test("what another service declares by now is left to it", () => {
  const claims = new Claims();
  const moved = shape({ ...everything, users: {} });
  claims.make({ ...target, service: "other" }, moved);
  const found = claims.without(target, moved, NOTHING);
  expect(
    planService(inPlace, NOTHING, found, { ...KNOWN, before: [{ timeZone: "local", was: "Etc/UTC" }] }).flatMap(words),
  ).toEqual(["forget"]);
});

test("a bundle whose parts hold nothing is empty", () => {
  expect([isEmpty(shape({})), isEmpty(NOTHING), isEmpty(shape({ timeZone: "Etc/UTC" })), EMPTY.packages]).toEqual([
    true,
    true,
    false,
    [],
  ]);
});
