import { expect, test } from "vitest";
import { Secret } from "../../../src/plugin/types.ts";
import { builtDataPaths, dataPath, dataText, MODULE, moduleText } from "../../../src/provider/aspects/options/data.ts";
import { foundOnNixos } from "../../../src/provider/aspects/options/found.ts";
import type { Shape } from "../../../src/provider/aspects/shape.ts";
import { madeUp, shape } from "../fixtures.ts";

const secret = madeUp();
const declared = shape({
  os: "nixos",
  packages: ["curl"],
  groups: { ops: {} },
  users: { app: {} },
  files: { "/etc/app.conf": { content: "a\n" }, "/etc/app.key": { content: new Secret(secret), mode: "0600" } },
  units: {
    "app.service": { text: "[Install]\nWantedBy=multi-user.target\n", dropIns: { nice: "n" } },
    "sshd.service": {},
  },
  sysctl: { "net.ipv4.ip_forward": "1" },
  timeZone: "Europe/Berlin",
  options: { "networking.firewall.allowedTCPPorts": [80] },
});
const [boot, running] = builtDataPaths("web") as [string, string];
const disk = dataPath("web");
const right = {
  [MODULE]: moduleText(),
  [disk]: dataText(declared)!,
  [boot]: dataText(declared)!,
  [running]: dataText(declared)!,
};

/** What is found when files hold these texts, and everything else on the host is as declared. */
const find = (texts: Record<string, string>): Shape => foundOnNixos("web", declared, declared, (path) => texts[path]);
type Data = Record<string, any>;
const changed = (change: (data: Data) => void): string => {
  const data = JSON.parse(dataText(declared)!) as Data;
  change(data);
  return JSON.stringify(data);
};

test("with the right data everywhere, what was found on the host stands", () => {
  const found = { ...declared, files: {}, timeZone: "Etc/UTC" };
  expect(foundOnNixos("web", declared, found, (path) => right[path])).toEqual(found);
  expect(find(right)).toEqual(declared);
});

test.each<[string, (data: Data) => void, (found: Data) => unknown, unknown]>([
  [
    "an option with another value",
    (d) => (d.options[0].value = [22]),
    (f) => f.options,
    { "networking.firewall.allowedTCPPorts": [22] },
  ],
  [
    "an option more",
    (d) => d.options.push({ path: ["boot", "kernel", "sysctl", "a.b"], value: 1 }),
    (f) => Object.keys(f.options),
    ["networking.firewall.allowedTCPPorts", 'boot.kernel.sysctl."a.b"'],
  ],
  ["an option less", (d) => (d.options = []), (f) => f.options, {}],
  ["another package", (d) => (d.packages = ["nmap"]), (f) => f.packages, ["nmap"]],
  ["no group", (d) => (d.groups = []), (f) => f.groups, {}],
  ["another home", (d) => (d.users.app.home = "/srv"), (f) => f.users.app.home, "/srv"],
  [
    "another text of a file",
    (d) => (d.files["/etc/app.conf"].text = "b\n"),
    (f) => f.files["/etc/app.conf"],
    { content: "b\n", mode: "0644", owner: "root", group: "root" },
  ],
  ["a file less", (d) => delete d.files["/etc/app.conf"], (f) => Object.keys(f.files), ["/etc/app.key"]],
  ["a unit less", (d) => delete d.units["app.service"], (f) => Object.keys(f.units), ["sshd.service"]],
  [
    "another text of a unit",
    (d) => (d.units["app.service"].text = "x"),
    (f) => f.units["app.service"],
    { ...declared.units["app.service"], text: "x" },
  ],
  [
    "another drop-in",
    (d) => (d.units["app.service"].dropIns = { other: "o" }),
    (f) => f.units["app.service"].dropIns,
    { other: "o" },
  ],
  [
    "a unit that nothing wants",
    (d) => (d.units["app.service"].wantedBy = []),
    (f) => f.units["app.service"],
    { ...declared.units["app.service"], enabled: false },
  ],
  [
    "another kernel setting",
    (d) => (d.sysctl["net.ipv4.ip_forward"] = "0"),
    (f) => f.sysctl,
    { "net.ipv4.ip_forward": "0" },
  ],
  ["no time zone", (d) => delete d.timeZone, (f) => f.timeZone, undefined],
  [
    "a secret in a text",
    (d) => (d.files["/etc/app.conf"].text = `x ${secret}`),
    (f) => f.files["/etc/app.conf"].content,
    new Secret(`x ${secret}`),
  ],
  [
    "a secret in an option",
    (d) => (d.options[0].value = [secret]),
    (f) => f.options["networking.firewall.allowedTCPPorts"],
    new Secret([secret]),
  ],
])("%s shows, wherever it lies", (_, change, pick, expected) => {
  for (const path of [disk, boot, running]) expect(pick(find({ ...right, [path]: changed(change) }))).toEqual(expected);
});

test.each([undefined, "{", "[]"])("data that is %j holds nothing", (text) => {
  const { [disk]: _, ...others } = right;
  const found = find(text === undefined ? others : { ...others, [disk]: text });
  expect([found.packages, Object.keys(found.files), found.options]).toEqual([[], ["/etc/app.key"], {}]);
});

test("the running system counts before the next boot's, and that before what lies there", () => {
  const withPackage = (name: string) => changed((data) => (data.packages = [name]));
  expect(
    find({ ...right, [disk]: withPackage("a"), [boot]: withPackage("b"), [running]: withPackage("c") }).packages,
  ).toEqual(["c"]);
});

test("another module shows as a file that should not be there, without its text", () => {
  expect(find({ ...right, [MODULE]: "{ }" }).files[MODULE]).toMatchObject({ content: "[another module]" });
});
