import { expect, test } from "vitest";
import { diffService } from "../../../src/provider/service/diff.ts";
import { Secret, UNKNOWN, type Properties } from "../../../src/plugin/types.ts";
import { inputsOf, madeUp } from "../fixtures.ts";

const value = madeUp();
const declared: Properties = {
  ...inputsOf({
    packages: ["nginx"],
    files: { "/etc/turnserver.conf": { content: "a\n", mode: "0640" }, "/root/s": { content: new Secret(value) } },
    units: { "nginx.service": {} },
    cron: { "traffic-sync": { schedule: "0 3 * * *", command: "true" } },
    checks: [{ kind: "tcp", port: 80 }],
  }),
  connection: { machine: "aws:eu-west-2/i-2" },
};
type Plain = Record<string, any>;
const found = (change: (state: Plain) => void): Properties => {
  const state = structuredClone({
    ...declared,
    files: { "/etc/turnserver.conf": (declared.files as Plain)["/etc/turnserver.conf"] },
  }) as Plain;
  state.files["/root/s"] = { ...(declared.files as Plain)["/root/s"] };
  change(state);
  return state;
};

test.each<[string, (state: Plain) => void, Record<string, string>]>([
  ["nothing", () => {}, {}],
  ["another way to the host", (s) => (s.connection = { ...s.connection, address: "192.0.2.9", port: 2222 }), {}],
  ["a machine that was not told yet", (s) => (s.connection = {}), {}],
  [
    "another machine of that name",
    (s) => (s.connection = { machine: "aws:eu-west-2/i-1" }),
    { "connection.machine": "update" },
  ],
  [
    "keys in another order, empty maps dropped",
    (s) => {
      s.units["nginx.service"] = Object.fromEntries(Object.entries(s.units["nginx.service"]).reverse());
      delete s.users;
    },
    {},
  ],
  [
    "edited text",
    (s) => (s.files["/etc/turnserver.conf"].content = "b\n"),
    { 'files["/etc/turnserver.conf"].content': "update" },
  ],
  ["a loosened mode", (s) => (s.files["/root/s"].mode = "0666"), { 'files["/root/s"].mode': "update" }],
  [
    "another secret",
    (s) => (s.files["/root/s"].content = new Secret("[differs]")),
    { 'files["/root/s"].content': "update" },
  ],
  ["a secret kept in the open", (s) => (s.files["/root/s"].content = value), { 'files["/root/s"].content': "update" }],
  ["a stopped unit", (s) => (s.units["nginx.service"].active = false), { 'units["nginx.service"].active': "update" }],
  [
    "a drop-in made by hand",
    (s) => (s.units["nginx.service"].dropIns = { override: "x" }),
    { 'units["nginx.service"].dropIns.override': "delete" },
  ],
  [
    "a unit that is not reloaded",
    (s) => (s.units["nginx.service"].needsReload = true),
    { 'units["nginx.service"].needsReload': "delete" },
  ],
  ["a deleted cron entry", (s) => delete s.cron["traffic-sync"], { 'cron["traffic-sync"]': "add" }],
  [
    "an edited cron entry",
    (s) => (s.cron["traffic-sync"].schedule = "0 4 * * *"),
    { 'cron["traffic-sync"].schedule': "update" },
  ],
  ["a missing package", (s) => (s.packages = []), { packages: "add" }],
  ["a port that nothing listens on", (s) => (s.checks[0].problem = "x"), { "checks[0].problem": "delete" }],
  ["another check", (s) => (s.checks = []), { checks: "add" }],
  ["another host", (s) => (s.host = "cx23"), { host: "update-replace" }],
  ["another name", (s) => (s.service = "old"), { service: "update-replace" }],
])("%s", (_, change, expected) => {
  const { detailed } = diffService(found(change), declared);
  expect(Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind]))).toEqual(expected);
});

test("what is not known yet counts as a change", () => {
  const news = {
    ...declared,
    files: {
      "/etc/turnserver.conf": { content: UNKNOWN, mode: "0640", owner: "root", group: "root" },
      "/root/s": (declared.files as Plain)["/root/s"],
    },
  };
  expect(Object.keys(diffService(declared, news as Properties).detailed)).toEqual([
    'files["/etc/turnserver.conf"].content',
  ]);
});

test("ignored paths are no changes, nor what lies in them", () => {
  const state = found((s) => {
    s.files["/root/s"].mode = "0666";
    s.packages = [];
  });
  expect(Object.keys(diffService(state, declared, ['files["/root/s"]']).detailed)).toEqual(["packages"]);
});
