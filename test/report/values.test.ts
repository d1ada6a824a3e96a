import { expect, test } from "vitest";
import { attributesOf, showValue, textOf } from "../../src/report/values.ts";

test.each([
  ["nothing there", "absent", undefined],
  ["a word", "on", "on"],
  ["a switch", false, "false"],
  ["names", ["cron", "curl"], "cron, curl"],
  ["no names", [], "[]"],
  ["numbers", [80, 443], "[80,443]"],
  ["a cron entry", { schedule: "1 2 * * *", user: "root", command: "true" }, "1 2 * * * root true"],
  ["a unit", { enabled: true, active: false, dropIns: {}, onChange: "restart" }, "enabled, not active"],
  ["a secret file", { content: "[secret]", mode: "0600", owner: "root", group: "root" }, "[secret], 0600 root:root"],
  ["a directory", { mode: "0755", owner: "root", group: "root" }, "0755 root:root"],
  [
    "a program",
    { url: "https://example.com/x", sha256: "00", mode: "0755" },
    '{"url":"https://example.com/x","sha256":"00","mode":"0755"}',
  ],
  ["a text of several lines", "a\nb\n", "2 lines"],
  ["one inside of something", { note: "a\nb" }, '{"note":"2 lines"}'],
])("showValue: %s", (_what, value, shown) => expect(showValue(value)).toBe(shown));

test.each([
  ["nothing there", "absent", undefined, ""],
  ["a text", "a", "a", ""],
  ["a file", { content: "a", mode: "0644", owner: "root", group: "adm" }, "a", "0644 root:adm"],
  ["a unit", { text: "[Unit]\n", enabled: true }, "[Unit]\n", ""],
  ["a directory", { mode: "0755", owner: "a", group: "b" }, undefined, "0755 a:b"],
])("textOf and attributesOf: %s", (_what, value, text, attributes) =>
  expect([textOf(value), attributesOf(value)]).toEqual([text, attributes]),
);
