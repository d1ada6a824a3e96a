import { describe, expect, test } from "vitest";
import { timerAt, timerEvery } from "../../src/model/schedule.ts";
import { addressOf, secret, text } from "../../src/model/text.ts";
import { environment, execStart, systemdUnit, timerUnit } from "../../src/render/systemd.ts";

test("a unit, with repeated keys, switches and numbers", () => {
  expect(
    systemdUnit({
      Unit: { Description: "A thing", After: ["network.target", "nginx.service"], Documentation: undefined },
      Service: {
        Type: "simple",
        ExecStart: "/usr/bin/thing %i",
        RestartSec: 5,
        NoNewPrivileges: true,
        PrivateTmp: false,
      },
      Install: { WantedBy: "multi-user.target" },
    }),
  ).toBe(`[Unit]
Description=A thing
After=network.target
After=nginx.service

[Service]
Type=simple
ExecStart=/usr/bin/thing %i
RestartSec=5
NoNewPrivileges=yes
PrivateTmp=no

[Install]
WantedBy=multi-user.target
`);
});

test.each([
  ["no section", {}],
  ["an empty section", { Unit: {} }],
  ["a section of nothing", { Unit: { After: undefined, Wants: [] } }],
])("%s is an empty text", (_, sections) => expect(systemdUnit(sections)).toBe(""));

test("an empty value stays: it takes back what a drop-in replaces", () => {
  expect(systemdUnit({ Service: { ExecStart: ["", "/usr/bin/thing"] } })).toBe(
    "[Service]\nExecStart=\nExecStart=/usr/bin/thing\n",
  );
});

test("a reference stays a reference", () => {
  expect(systemdUnit({ Service: { ExecStart: text`/usr/bin/ping ${addressOf("one")}` } })).toEqual({
    parts: ["[Service]\nExecStart=/usr/bin/ping ", { ref: "address", name: "one" }, "\n"],
  });
});

test.each<[string, () => unknown, string]>([
  [
    "a line break",
    () => systemdUnit({ Service: { ExecStart: "/bin/true\nUser=root" } }),
    "[Service] ExecStart: a value with a line break would break the file: remove it",
  ],
  [
    "a line break in a list",
    () => systemdUnit({ Service: { Environment: ["A=1", "B=2\rC=3"] } }),
    "[Service] Environment: a value with a line break",
  ],
  [
    "a line break beside a reference",
    () => systemdUnit({ Service: { ExecStart: text`/bin/x ${secret("TOKEN")}\nUser=root` } }),
    "[Service] ExecStart: a value with a line break",
  ],
  ["a NUL byte", () => systemdUnit({ Unit: { Description: "a\0b" } }), "[Unit] Description: a value with a NUL byte"],
  [
    "a backslash at the end",
    () => systemdUnit({ Unit: { Description: "a\\", After: "b" } }),
    "[Unit] Description: a backslash at the end would swallow the next line",
  ],
  ["a key that is none", () => systemdUnit({ Unit: { "A=1\nB": "x" } }), "a key is letters, digits"],
  ["a line break in a word", () => execStart(["/bin/echo", "a\nb"]), "command line: a value with a line break"],
  ["a variable that is none", () => environment({ "A B": 1 }), 'Environment: "A B" is not a variable\'s name'],
])("%s is refused", (_, write, message) => expect(write).toThrow(message));

describe("words taken literally", () => {
  test.each([
    [["/bin/echo", "plain", "--a=b", "/x/y.z,w@v"], "/bin/echo plain --a=b /x/y.z,w@v"],
    [["/bin/echo", "two words", ""], '/bin/echo "two words" ""'],
    [
      ["/bin/echo", "$HOME", "100%", 'say "hi"', "back\\slash", "it's", "a;b"],
      '/bin/echo "$$HOME" "100%%" "say \\"hi\\"" "back\\\\slash" "it\'s" "a;b"',
    ],
  ] as const)("%j", (words, line) => expect(execStart(words as unknown as [string, ...string[]])).toBe(line));
  test("variables", () =>
    expect(environment({ KEEP: "-1", PORT: 80, TEXT: 'a "b" 5%' })).toEqual([
      "KEEP=-1",
      "PORT=80",
      '"TEXT=a \\"b\\" 5%%"',
    ]));
});

test("timers at a time of the day, and again and again", () => {
  expect(timerUnit({ description: "Nightly", timer: timerAt("02:30", { timeZone: "Europe/Oslo" }) })).toBe(
    "[Unit]\nDescription=Nightly\n\n[Timer]\nOnCalendar=*-*-* 02:30:00 Europe/Oslo\nPersistent=yes\n\n[Install]\n" +
      "WantedBy=timers.target\n",
  );
  expect(timerUnit({ description: "Nightly", timer: timerAt("02:30"), persistent: false })).toContain(
    "Persistent=no\n",
  );
  expect(timerUnit({ description: "Beat", timer: timerEvery("30 seconds") })).toContain(
    "OnActiveSec=30\nOnUnitActiveSec=30\nAccuracySec=1s\n",
  );
});
