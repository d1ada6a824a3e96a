import { expect, test } from "vitest";
import { type BundleInput, bundleSchema } from "../../src/model/bundle.ts";
import { problemsOf } from "../../src/model/errors.ts";
import { service } from "../../src/model/service.ts";
import { z } from "zod";
import { contextOf } from "../../src/model/host.ts";
import { server } from "./fixtures.ts";

const problems = (bundle: BundleInput) => {
  const { error } = bundleSchema.safeParse(bundle, { reportInput: true });
  return (error ? problemsOf(error) : []).map(({ field, message }) => `${field} ${message}`);
};
const file = { content: "" };
const artifact = { url: "https://example.com/x", sha256: "0".repeat(64) };
const text = "[Service]\nExecStart=/bin/true\n";
const off = { enabled: false, active: false };

test.each<[string, BundleInput]>([
  ["files in a directory", { directories: { "/srv/a": {} }, files: { "/srv/a/b": file, "/srv/a.b": file } }],
  ["a path that begins like a file", { files: { "/srv/a": file, "/srv/ab/c": file } }],
  ["a directory in a directory", { directories: { "/srv/a": {}, "/srv/a/b": {} } }],
  ["the keeper of records as a file", { files: { "/opt/keeper": file }, records: { "/opt/keeper": {} } }],
  ["modes with more than permissions", { directories: { "/srv/a": { mode: "2775" }, "/srv/b": { mode: "0000" } } }],
  ["a template that is off, with an instance", { units: { "b@.service": { text, ...off }, "b@one.service": {} } }],
  ["different groups", { users: { app: { groups: ["video", "render"] } } }],
  ["a unit with drop-ins", { units: { "x.service": { text, dropIns: { a: "" } } } }],
])("%s: right", (_, bundle) => expect(problems(bundle)).toEqual([]));

const TEMPLATE =
  'units["backup@.service"] is a template, which does not run itself: declare enabled: false and active: false, ' +
  'and an instance such as "backup@one.service"';
test.each<[string, BundleInput, string]>([
  ["a template that is on by default", { units: { "backup@.service": { text } } }, TEMPLATE],
  ["a template that is enabled", { units: { "backup@.service": { text, active: false } } }, TEMPLATE],
  ["a template that is active", { units: { "backup@.service": { text, enabled: false } } }, TEMPLATE],
  [
    "a group twice",
    { users: { app: { groups: ["video", "render", "video"] } } },
    "users.app.groups names video more than once: name it once",
  ],
  [
    "the user's own group",
    { users: { app: { groups: ["app", "app"] } } },
    "users.app.groups names app, which the user has as its own group: leave it out",
  ],
  [
    "a file and a directory",
    { files: { "/srv/a": file }, directories: { "/srv/a": {} } },
    'files["/srv/a"] is declared as a directory as well: leave it to one of them',
  ],
  [
    "a file and an artifact",
    { files: { "/srv/a": file }, artifacts: { "/srv/a": artifact } },
    'files["/srv/a"] is declared as an artifact as well: leave it to one of them',
  ],
  [
    "a file that is a unit",
    { files: { "/etc/systemd/system/x.service": file }, units: { "x.service": { text } } },
    'files["/etc/systemd/system/x.service"] is declared as a unit as well: leave it to one of them',
  ],
  [
    "a file that is a drop-in",
    { files: { "/etc/systemd/system/x.service.d/a.conf": file }, units: { "x.service": { dropIns: { a: "" } } } },
    'files["/etc/systemd/system/x.service.d/a.conf"] is declared as a drop-in as well: leave it to one of them',
  ],
  [
    "a file that is a cron entry",
    { files: { "/etc/cron.d/a": file }, cron: { a: { schedule: "0 3 * * *", command: "true" } } },
    'files["/etc/cron.d/a"] is declared as a cron entry as well: leave it to one of them',
  ],
  [
    "a directory in a file",
    { files: { "/srv/a": file }, directories: { "/srv/a/b/c": {} } },
    'directories["/srv/a/b/c"] lies in /srv/a, which is declared as a file: put one of them elsewhere',
  ],
  [
    "a file in an artifact",
    { artifacts: { "/srv/a": artifact }, files: { "/srv/a/b": file } },
    'files["/srv/a/b"] lies in /srv/a, which is declared as an artifact: put one of them elsewhere',
  ],
  [
    "a second spelling of a kernel setting",
    { sysctl: { "net.ipv4.ip_forward": "1", "net/ipv4/ip_forward": "0" } },
    'sysctl["net/ipv4/ip_forward"] has another spelling, and one thing has one name: write net.ipv4.ip_forward ' +
      '(found "net/ipv4/ip_forward")',
  ],
  [
    "a package that apt would remove",
    { packages: ["curl", "nginx-"] },
    'packages[1] must not end with -, which apt takes for a removal: write nginx (found "nginx-")',
  ],
  [
    "a home with a slash at its end",
    { users: { app: { home: "/srv/app/" } } },
    'users.app.home must be a plain path: write /srv/app (found "/srv/app/")',
  ],
])("%s is refused, with the field", (_, bundle, problem) => {
  expect(problems(bundle)).toEqual([problem]);
});

test("values of kernel settings have one form", () => {
  const { sysctl } = bundleSchema.parse({ sysctl: { "net.ipv4.tcp_rmem": "4096\t131072  6291456\n" } });
  expect(sysctl).toEqual({ "net.ipv4.tcp_rmem": "4096 131072 6291456" });
});

test("a service that renders something of the kind names its kind and the field", () => {
  const made = service("backup", { args: z.strictObject({}), render: () => ({ units: { "backup@.service": {} } }) })(
    {},
  );
  expect(() => made.render(contextOf(server("one")))).toThrow(
    'what services/backup renders is not valid\n  units["backup@.service"]: is a template',
  );
});
