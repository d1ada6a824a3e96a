import { expect, test } from "vitest";
import { checkService } from "../../../src/provider/service/check.ts";
import { Secret, UNKNOWN } from "../../../src/plugin/types.ts";
import { madeUp } from "../fixtures.ts";

const base = { host: "ghost-01", service: "web", connection: { address: "192.0.2.1" } };
const check = (bundle: object) => checkService({ ...base, ...bundle });

test("a right bundle passes and gets its defaults; what holds nothing is left out", () => {
  const { inputs, failures } = check({
    files: { "/etc/x": { content: "x" } },
    units: { "x.service": {} },
    cron: {},
    packages: [],
  });
  expect(failures).toEqual([]);
  expect(inputs).toEqual({
    ...base,
    files: { "/etc/x": { content: "x", mode: "0644", owner: "root", group: "root" } },
    units: { "x.service": { enabled: true, active: true, onChange: "restart", dropIns: {} } },
  });
});

test.each<[string, object, string, RegExp]>([
  [
    "a mode that is not octal",
    { files: { "/etc/x": { content: "", mode: "640" } } },
    'files["/etc/x"].mode',
    /four octal digits, such as "0640" \(found "640"\)/,
  ],
  [
    "a path that is not absolute",
    { files: { "etc/x": { content: "" } } },
    'files["etc/x"]',
    /must be an absolute path/,
  ],
  ["a path that climbs", { files: { "/etc/../root/x": { content: "" } } }, 'files["/etc/../root/x"]', /plain path/],
  ["a path with a line feed", { directories: { "/etc/a\nb": {} } }, 'directories["/etc/a\\nb"]', /plain path/],
  [
    "an artifact from a file",
    { artifacts: { "/opt/x": { url: "file:///x", sha256: "0".repeat(64) } } },
    'artifacts["/opt/x"].url',
    /http or https/,
  ],
  [
    "an artifact with half a hash",
    { artifacts: { "/opt/x": { url: "https://example.com/x", sha256: "0".repeat(32) } } },
    'artifacts["/opt/x"].sha256',
    /64 hexadecimal digits/,
  ],
  [
    "an artifact at a path that climbs",
    { artifacts: { "/opt/../x": { url: "https://example.com/x", sha256: "0".repeat(64) } } },
    'artifacts["/opt/../x"]',
    /plain path/,
  ],
  [
    "a reference that nobody resolved",
    { files: { "/etc/x": { content: { parts: [{ ref: "secret", name: 3 }] } } } },
    'files["/etc/x"].content',
    /references resolved/,
  ],
  ["a unit without suffix", { units: { nginx: {} } }, "units.nginx", /with its suffix/],
  [
    "a field that does not exist",
    { units: { "x.service": { enable: true } } },
    'units["x.service"]',
    /has no enable: correct or remove it/,
  ],
  [
    "a cron line with six fields",
    { cron: { sync: { schedule: "0 0 3 * * *", command: "true" } } },
    "cron.sync.schedule",
    /five|6/,
  ],
  ["a cron word", { cron: { sync: { schedule: "@reboot", command: "true" } } }, "cron.sync.schedule", /@reboot/],
  [
    "a cron command escaped by hand",
    { cron: { sync: { schedule: "0 3 * * *", command: "date +\\%F" } } },
    "cron.sync.command",
    /write % alone/,
  ],
  [
    "a cron name that cron ignores",
    { cron: { "a.b": { schedule: "0 3 * * *", command: "true" } } },
    'cron["a.b"]',
    /ignores files with dots/,
  ],
  ["a template that runs", { units: { "b@.service": {} } }, 'units["b@.service"]', /"b@one\.service"/],
  ["a package that is a removal", { packages: ["nginx-"] }, "packages[0]", /write nginx \(found "nginx-"\)/],
  ["a group twice", { users: { app: { groups: ["a", "a"] } } }, "users.app.groups", /names a more than once/],
  ["a port that is none", { checks: [{ kind: "tcp", port: 70000 }] }, "checks[0].port", /65535/],
  [
    "a pattern of kernel settings",
    { sysctl: { "net.ipv4.conf.*.rp_filter": "1" } },
    'sysctl["net.ipv4.conf.*.rp_filter"]',
    /write each out/,
  ],
  ["a host key that is none", { connection: { hostKey: "AAAA" } }, "connection.hostKey", /ssh-ed25519/],
  [
    "a jump host's key that is none",
    { connection: { jump: "hub", jumpConnection: { hostKey: "AAAA" } } },
    "connection.jumpConnection.hostKey",
    /ssh-ed25519/,
  ],
  ["a name that climbs", { service: "../x" }, "service", /name of letters/],
  ["an option on another system", { options: { "a.b": 1 } }, 'options["a.b"]', /option of NixOS/],
  ["an option that is null", { os: "nixos", options: { "a.b": [null] } }, 'options["a.b"]', /Invalid input/],
  [
    "a cron entry on NixOS",
    { os: "nixos", cron: { sync: { schedule: "0 3 * * *", command: "true" } } },
    "cron.sync",
    /must be a timer/,
  ],
  [
    "a secret unit on NixOS",
    { os: "nixos", units: { "x.service": { text: new Secret("x") } } },
    'units["x.service"].text',
    /readable by everyone/,
  ],
  [
    "a secret option",
    { os: "nixos", options: { "a.b": [new Secret("x")] } },
    'options["a.b"][0]',
    /readable by everyone/,
  ],
  ["text with NUL", { files: { "/etc/x": { content: "a\0b" } } }, 'files["/etc/x"].content', /without NUL/],
])("%s is refused", (_, bundle, property, reason) => {
  const { failures } = check(bundle);
  expect(failures).toHaveLength(1);
  expect(failures[0]).toEqual({ property, reason: expect.stringMatching(reason) });
});

test("a kernel setting's value is kept in the form in which it is compared, secret or not", () => {
  const value = madeUp();
  expect(check({ sysctl: { "a.b": "1\t2", "a.c": new Secret(`${value}\t1`) } })).toMatchObject({
    inputs: { sysctl: { "a.b": "1 2", "a.c": new Secret(`${value} 1`) } },
    failures: [],
  });
});

test("secrets stay secret, also inside messages", () => {
  const value = madeUp();
  const right = check({ files: { "/root/s": { content: new Secret(value), mode: "0600" } } });
  expect(right.failures).toEqual([]);
  expect(right.inputs).toMatchObject({ files: { "/root/s": { content: new Secret(value), mode: "0600" } } });
  const wrong = check({ files: { "/root/s": { content: new Secret({ no: value }) } } });
  expect(wrong.failures.map(({ property }) => property)).toEqual(['files["/root/s"].content']);
  const wrongMode = check({ files: { "/root/s": { content: "", mode: new Secret(value) } } });
  expect(wrongMode.failures.map(({ property }) => property)).toEqual(['files["/root/s"].mode']);
  const beside = check({ units: { "b@.service": {} }, packages: new Secret([value]) });
  expect(beside.failures.map(({ property }) => property)).toEqual(['units["b@.service"]']);
  const misspelt = check({ users: { app: { home: new Secret(`/${value}/`) } } });
  expect(misspelt.failures).toEqual([{ property: "users.app.home", reason: "users.app.home: must be a plain path" }]);
  expect(JSON.stringify([wrong.failures, wrongMode.failures, beside.failures])).not.toContain(value);
});

test("a record that holds a secret is refused, and does not show it", () => {
  const value = madeUp();
  const { failures } = check({ records: { "/opt/keeper": { tokyo: { token: new Secret(value) } } } });
  expect(failures).toEqual([
    { property: 'records["/opt/keeper"].tokyo.token', reason: expect.stringContaining("must hold no secret") },
  ]);
  expect(check({ records: { "/opt/keeper": { tokyo: { interval: 30, tags: ["a"] } } } }).failures).toEqual([]);
});

test("a branch that is secret as a whole gets its defaults too", () => {
  const value = madeUp();
  const { inputs } = check({ files: new Secret({ "/root/s": { content: value } }) });
  expect((inputs.files as Secret).value).toEqual({
    "/root/s": { content: value, mode: "0644", owner: "root", group: "root" },
  });
});

test("what a preview does not know is let through", () => {
  const { inputs, failures } = check({
    files: { "/etc/x": { content: UNKNOWN } },
    timeZone: UNKNOWN,
    connection: { address: UNKNOWN, port: UNKNOWN },
  });
  expect(failures).toEqual([]);
  expect(inputs).toMatchObject({ files: { "/etc/x": { content: UNKNOWN } }, timeZone: UNKNOWN });
});
