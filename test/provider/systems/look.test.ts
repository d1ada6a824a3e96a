import { expect, test } from "vitest";
import { lookScript, readLook } from "../../../src/provider/systems/look.ts";
import { cronText, parseCron } from "../../../src/provider/aspects/cron/text.ts";
import type { Shape } from "../../../src/provider/aspects/shape.ts";
import { shape } from "../fixtures.ts";
import { answer, worldOf, type World } from "../world.ts";

/** What is found of a declaration in a world that is as declared but for some of it. */
function find(declared: Shape, over: Partial<World> = {}): Shape {
  const expectations = [{ service: "web", shape: declared }];
  const world = { ...worldOf("web", declared), ...over };
  const [seen] = readLook(answer(lookScript(expectations, "run"), world), expectations);
  expect(seen!.unknown).toEqual([]);
  return seen!.found;
}

const running = shape({ units: { "a.service": {} } });
const job = shape({ units: { "a.service": { enabled: false, active: false } } });

test.each<[string, Shape, Record<string, string>, object | undefined]>([
  ["running", running, {}, { enabled: true, active: true }],
  ["stopped", running, { ActiveState: "inactive" }, { active: false }],
  ["failed", running, { ActiveState: "failed" }, { active: "failed" }],
  ["crashing again and again", running, { ActiveState: "activating", SubState: "auto-restart" }, { active: "failed" }],
  ["reloading", running, { ActiveState: "reloading" }, { active: true }],
  ["disabled", running, { UnitFileState: "disabled" }, { enabled: false }],
  ["masked", running, { UnitFileState: "masked", LoadState: "masked" }, { enabled: "masked" }],
  ["without [Install]", running, { UnitFileState: "static" }, { enabled: true }],
  ["older than its file", running, { NeedDaemonReload: "yes" }, { needsReload: true }],
  ["not there", running, { LoadState: "not-found" }, undefined],
  [
    "a job that runs right now",
    job,
    { UnitFileState: "static", ActiveState: "activating", SubState: "start" },
    { enabled: false, active: false },
  ],
  ["a job whose last run failed", job, { UnitFileState: "disabled", ActiveState: "failed" }, { active: false }],
  ["a job that someone keeps running", job, { UnitFileState: "disabled" }, { active: true }],
])("a unit that is %s", (_, declared, properties, expected) => {
  const units: World["units"] = properties.LoadState === "not-found" ? {} : { "a.service": properties };
  const found = find(declared, { units }).units["a.service"];
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(expected);
  expect(found?.needsReload).toBe(properties.NeedDaemonReload === "yes" ? true : undefined);
});

test("units keep their places when one answers under another name", () => {
  const two = shape({ units: { "alias.service": {}, "b.service": {} } });
  const found = find(two, {
    units: {
      "alias.service": { Id: "real.service", Names: "real.service alias.service" },
      "b.service": { ActiveState: "failed" },
    },
  });
  expect(found.units["alias.service"]).toMatchObject({ active: true, dropIns: {} });
  expect(found.units["b.service"]!.active).toBe("failed");
});

const listening = shape({
  units: { "a.service": {} },
  checks: [
    { kind: "tcp", port: 8080 },
    { kind: "udp", port: 3478 },
    { kind: "tcp", address: "10.0.0.9", port: 1 },
    { kind: "command", command: "true" },
  ],
});
test.each<[string, Shape, Record<string, string>, string[], (string | undefined)[]]>([
  ["that are all listened on", listening, {}, ["tcp 8080", "udp 3478"], []],
  [
    "that nothing listens on while the unit runs",
    listening,
    {},
    ["udp 8080"],
    ["nothing listens on tcp port 8080", "nothing listens on udp port 3478"],
  ],
  ["of a unit that does not run", listening, { ActiveState: "failed" }, [], []],
  [
    "of a service that is never restarted",
    shape({ ...listening, units: { "a.service": { onChange: "nothing" } } }),
    {},
    [],
    [],
  ],
  [
    "that were closed at the last look",
    { ...listening, checks: listening.checks.map((check) => ({ ...check, problem: "x" })) },
    {},
    ["tcp 8080", "udp 3478"],
    [],
  ],
])("ports %s", (_, declared, properties, ports, expected) => {
  const { checks } = find(declared, { units: { "a.service": properties }, ports });
  expect(checks.flatMap(({ problem }) => problem ?? [])).toEqual(expected);
});

test("accounts: order does not matter, an extra group does", () => {
  const declared = shape({ users: { web: { home: "/srv", shell: "/bin/sh", groups: ["video", "adm"] } } });
  const groups = (adm: string[], sudo: string[]) => ({
    web: { gid: "900", members: [] },
    adm: { gid: "4", members: adm },
    video: { gid: "44", members: ["web"] },
    sudo: { gid: "27", members: sudo },
  });
  expect(find(declared, { groups: groups(["syslog", "web"], []) }).users).toEqual(declared.users);
  expect(find(declared, { groups: groups([], ["web"]) }).users.web!.groups).toEqual(["sudo", "video"]);
});

test("a kernel setting counts only when it outlives a reboot", () => {
  const declared = shape({ sysctl: { "net.core.rmem_max": "4 5" } });
  const settings = { "net.core.rmem_max": "4\t5" };
  const file = (text: string) => ({ "/etc/sysctl.d/60-fleet-web.conf": { text } });
  const found = (over: Partial<World>) => find(declared, { settings, ...over }).sysctl["net.core.rmem_max"];
  expect(found({})).toBe("4 5");
  expect(found({ files: {} })).toBe("4 5 (not kept over a reboot)");
  expect(found({ files: file("net.core.rmem_max = 4\t 5\n") })).toBe("4 5");
  expect(found({ files: file("net.core.rmem_max = 4\n") })).toBe("4 5 (not kept over a reboot)");
});

test.each([
  ["/usr/bin/sync --all >/dev/null 2>&1", "/usr/bin/sync --all >/dev/null 2>&1"],
  ["date +%F", "date +\\%F"],
  ["echo 100%", "echo 100\\%"],
  ["printf 'a\\\\%s'", "printf 'a\\\\\\%s'"],
  ["echo \\a %% \\n", "echo \\a \\%\\% \\n"],
])("the cron command %s is written as %s and read back", (command, written) => {
  const entry = { schedule: "*/5 3 * * 1-5", user: "root", command };
  expect((cronText(entry) as string).split("\n")[1]).toBe(`*/5 3 * * 1-5 root ${written}`);
  expect(parseCron(cronText(entry) as string)).toEqual(entry);
});

test("cron entries made by hand are read, or shown as their text", () => {
  expect(parseCron("0 3\t* * * root  true\n")).toEqual({ schedule: "0 3 * * *", user: "root", command: "true" });
  for (const text of [
    "",
    "MAILTO=x\n0 3 * * * root true\n",
    "0 3 * * * root a\n0 4 * * * root b\n",
    "0 3 * * * root true",
    "@daily root true\n",
    "0 3 * * * root mail%body\n",
    "0 3 * * * Root true\n",
  ]) {
    expect(parseCron(text)).toBe(text);
  }
});

test("an answer that was cut short is no answer", () => {
  expect(() => readLook("#fleet:paths\nfound\t81a4\troot\troot\t10\t/etc/x/\n", [])).toThrow("cut short");
});
