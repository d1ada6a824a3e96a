import { expect, test } from "vitest";
import { parseFacts } from "../../../src/provider/service/facts.ts";
import { foundShape, recallTexts } from "../../../src/provider/service/found.ts";
import { cronText, parseCron } from "../../../src/provider/service/managed.ts";
import { sha256 } from "../../../src/provider/service/facts.ts";
import type { Shape } from "../../../src/provider/aspects/shape.ts";
import { shape } from "../fixtures.ts";

const unit = (properties: Record<string, string>) =>
  Object.entries({
    LoadState: "loaded",
    ActiveState: "active",
    SubState: "running",
    UnitFileState: "enabled",
    NeedDaemonReload: "no",
    ...properties,
  })
    .map(([key, value]) => `${key}=${value}`)
    .join("\n");

function find(declared: Shape, output: string): Shape {
  const facts = parseFacts(`${output}\n#fleet:end`);
  recallTexts(facts, [{ service: "web", shape: declared }]);
  return foundShape({ service: "web", shape: declared }, facts);
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
  const found = find(declared, `#fleet:units a.service\n${unit(properties)}`).units["a.service"];
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(expected);
  expect(found?.needsReload).toBe(properties.NeedDaemonReload === "yes" ? true : undefined);
});

test("units keep their places when one answers under another name", () => {
  const two = shape({ units: { "alias.service": {}, "b.service": {} } });
  const found = find(
    two,
    `#fleet:units alias.service b.service\nId=real.service\n${unit({})}\n\n${unit({ ActiveState: "failed" })}\n`,
  );
  expect(found.units["alias.service"]!.active).toBe(true);
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
test.each<[string, Shape, Record<string, string>, string, (string | undefined)[]]>([
  ["that are all listened on", listening, {}, "tcp 1F90\nudp 0D96", []],
  [
    "that nothing listens on while the unit runs",
    listening,
    {},
    "udp 1F90",
    ["nothing listens on tcp port 8080", "nothing listens on udp port 3478"],
  ],
  ["of a unit that does not run", listening, { ActiveState: "failed" }, "", []],
  [
    "of a service that is never restarted",
    shape({ ...listening, units: { "a.service": { onChange: "nothing" } } }),
    {},
    "",
    [],
  ],
  [
    "that were closed at the last look",
    { ...listening, checks: listening.checks.map((check) => ({ ...check, problem: "x" })) },
    {},
    "tcp 1F90\nudp 0D96",
    [],
  ],
])("ports %s", (_, declared, properties, ports, expected) => {
  const { checks } = find(declared, `#fleet:units a.service\n${unit(properties)}\n#fleet:ports\n${ports}`);
  expect(checks.flatMap(({ problem }) => problem ?? [])).toEqual(expected);
});

test("accounts: order does not matter, an extra group does", () => {
  const declared = shape({ users: { web: { home: "/srv", shell: "/bin/sh", groups: ["video", "adm"] } } });
  const output = (adm: string) =>
    `#fleet:passwd\nweb:x:999:999::/srv:/bin/sh\n#fleet:group\nadm:x:4:${adm}\nvideo:x:44:web\n` +
    `sudo:x:27:${adm === "" ? "web" : ""}`;
  expect(find(declared, output("syslog,web")).users).toEqual(declared.users);
  expect(find(declared, output("")).users.web!.groups).toEqual(["sudo", "video"]);
});

test("a kernel setting counts only when it outlives a reboot", () => {
  const declared = shape({ sysctl: { "net.core.rmem_max": "4 5" } });
  const text = "# Managed by fleet: changes made here are put back.\nnet.core.rmem_max = 4 5\n";
  const live = "#fleet:sysctl net.core.rmem_max\n4\t5";
  const file =
    "#fleet:stat\n81a4 root root 10 /etc/sysctl.d/60-fleet-web.conf\n#fleet:hash\n" +
    `${sha256(text)}  /etc/sysctl.d/60-fleet-web.conf\n`;
  expect(find(declared, file + live).sysctl).toEqual(declared.sysctl);
  expect(find(declared, live).sysctl).toEqual({ "net.core.rmem_max": "4 5 (not kept over a reboot)" });
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
  expect(() => parseFacts("#fleet:stat\n81a4 root root 10 /etc/x\n")).toThrow("cut short");
});
