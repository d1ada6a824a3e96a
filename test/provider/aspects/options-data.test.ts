import { expect, test } from "vitest";
import { Secret } from "../../../src/plugin/types.ts";
import { dataOf, dataText, readData } from "../../../src/provider/aspects/options/data.ts";
import { NOTHING } from "../../../src/provider/aspects/shape.ts";
import { shape } from "../fixtures.ts";

const nothing = { packages: [], groups: [], users: {}, files: {}, units: {}, sysctl: {}, options: [] };
const nixos = (bundle: object) => shape({ os: "nixos", ...bundle });
const unit = (text: string, more: object = {}) => ({ units: { "a.service": { text, ...more } } });
const installed = (text: string, wantedBy: string[] = [], requiredBy: string[] = [], aliases: string[] = []) => ({
  units: { "a.service": { text, dropIns: {}, wantedBy, requiredBy, aliases } },
});

test.each<[string, object, object | undefined]>([
  ["nothing", {}, undefined],
  [
    "what only others can read, lies elsewhere, or is no configuration",
    {
      files: { "/etc/key": { content: new Secret("x") }, "/srv/a": { content: "a" } },
      directories: { "/etc/a": {} },
      artifacts: { "/etc/b": { url: "https://example.com/b", sha256: "0".repeat(64) } },
      units: { "sshd.service": {} },
      checks: [{ kind: "tcp", port: 1 }],
      validations: [{ command: "true" }],
    },
    undefined,
  ],
  ["packages", { packages: ["curl", "sqlite"] }, { packages: ["curl", "sqlite"] }],
  [
    "accounts",
    { groups: { ops: {} }, users: { app: { home: "/srv", groups: ["ops"] } } },
    {
      groups: ["ops"],
      users: { app: { system: true, home: "/srv", shell: "/usr/sbin/nologin", groups: ["ops"] } },
    },
  ],
  [
    "a file",
    { files: { "/etc/a/b": { content: "b\n", mode: "0640", group: "app" } } },
    { files: { "/etc/a/b": { text: "b\n", mode: "0640", owner: "root", group: "app" } } },
  ],
  [
    "a unit that is wanted",
    unit("[Service]\n[Install]\nWantedBy=multi-user.target b.target\nRequiredBy=c.target\nAlias=d.service\n"),
    installed(
      "[Service]\n[Install]\nWantedBy=multi-user.target b.target\nRequiredBy=c.target\nAlias=d.service\n",
      ["multi-user.target", "b.target"],
      ["c.target"],
      ["d.service"],
    ),
  ],
  [
    "a unit that is not enabled",
    unit("[Install]\nWantedBy=x.target\n", { enabled: false, active: false }),
    installed("[Install]\nWantedBy=x.target\n"),
  ],
  [
    "WantedBy= of another section",
    unit("[Unit]\nWantedBy=x.target\n[Install]\n"),
    installed("[Unit]\nWantedBy=x.target\n[Install]\n"),
  ],
  [
    "a unit that no switch may restart",
    unit("[Service]\n", { onChange: "nothing" }),
    installed("[Service]\n\n[Service]\nX-RestartIfChanged=false\n"),
  ],
  ["a unit that is reloaded", unit("[Service]\n", { onChange: "reload" }), installed("[Service]\n")],
  [
    "a drop-in for a unit of NixOS",
    { units: { "a.service": { dropIns: { nice: "[Service]\nNice=1\n" } } } },
    { units: { "a.service": { dropIns: { nice: "[Service]\nNice=1\n" }, wantedBy: [], requiredBy: [], aliases: [] } } },
  ],
  [
    "kernel settings and the time zone",
    { sysctl: { "net.ipv4.ip_forward": "1" }, timeZone: "Europe/Berlin" },
    { sysctl: { "net.ipv4.ip_forward": "1" }, timeZone: "Europe/Berlin" },
  ],
  [
    "options",
    { options: { "a.b": [1], 'boot.kernel.sysctl."net.core.x"': true } },
    {
      options: [
        { path: ["a", "b"], value: [1] },
        { path: ["boot", "kernel", "sysctl", "net.core.x"], value: true },
      ],
    },
  ],
])("data of %s", (_, bundle, expected) =>
  expect(dataOf(nixos(bundle))).toEqual(expected && { ...nothing, ...expected }),
);

test("one text for one data, whatever the order; and it reads back", () => {
  const files = { "/etc/a": { content: "a" }, "/etc/b": { content: "b" } };
  const options = { "a.c": 1, "a.b": { d: 2, e: 3 } };
  const text = dataText(nixos({ files, options, sysctl: { b: "1", a: "2" } }))!;
  expect(
    dataText(
      nixos({
        sysctl: { a: "2", b: "1" },
        options: { "a.b": { e: 3, d: 2 }, "a.c": 1 },
        files: Object.fromEntries(Object.entries(files).reverse()),
      }),
    ),
  ).toBe(text);
  expect(readData(text)).toEqual(dataOf(nixos({ files, options, sysctl: { a: "2", b: "1" } })));
  expect(dataText(NOTHING)).toBeUndefined();
});

test.each([undefined, "", "{", "[]", "null", '{"packages":'])("%j holds nothing", (text) =>
  expect(readData(text)).toEqual(nothing),
);
