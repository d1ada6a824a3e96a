import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { certificateWatchdog } from "../../../services/certificate-watchdog/index.ts";
import { timerAt } from "../../../src/model/schedule.ts";
import { fileText, host, unitText } from "../render.ts";
import { Folder } from "./shell.ts";

const args = {
  domains: ["tokyo.example.com", "example.com"],
  days: 14,
  when: timerAt("06:00"),
  ntfy: { server: "http://10.84.0.1:2586", topic: "alerts" },
};
const tokyo = host({ name: "tokyo" });

test.each(["debian", "nixos"] as const)("on %s: a script on a timer, without any right", (os) => {
  const service = certificateWatchdog(args);
  expect(service.render({ ...tokyo, os }).packages).toEqual(["curl", "openssl"]);
  expect(unitText(service, "certificate-watchdog.service", { ...tokyo, os })).toContain("DynamicUser=yes\n");
  expect(unitText(service, "certificate-watchdog.timer")).toContain("OnCalendar=*-*-* 06:00:00");
});

test.each([
  [
    "a server that is none",
    { ...args, ntfy: { ...args.ntfy, server: "ntfy; reboot" } },
    "certificate-watchdog.ntfy.server: must be the URL of an ntfy server",
  ],
  [
    "a topic that would be a path",
    { ...args, ntfy: { ...args.ntfy, topic: "a/b" } },
    "certificate-watchdog.ntfy.topic",
  ],
])("%s is refused", (_, wrong, message) => expect(() => certificateWatchdog(wrong)).toThrow(message));

describe.skipIf(process.platform !== "linux")("the script", () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
    folder.program("curl", `for word; do echo "$word"; done >>${folder.path}/published`);
  });
  afterEach(() => folder.remove());

  const NONE = "tokyo serves no certificate for example.com";
  test.each<[string, Record<string, string>, string[]]>([
    ["60 days of both", { "tokyo.example.com": "60 days", "example.com": "60 days" }, []],
    ["14 days and an hour", { "tokyo.example.com": "14 days 1 hour", "example.com": "60 days" }, []],
    [
      "just under 14 days of one",
      { "tokyo.example.com": "60 days", "example.com": "13 days 23 hours" },
      ["the certificate of example.com on tokyo ends in 13 days"],
    ],
    ["no certificate for one", { "tokyo.example.com": "60 days" }, [NONE]],
    [
      "something with each",
      { "tokyo.example.com": "2 days 1 hour" },
      ["the certificate of tokyo.example.com on tokyo ends in 2 days", NONE],
    ],
  ])("%s", async (_, left, warnings) => {
    folder.certificates(left);
    const { code, stdout } = await folder.run(
      fileText(certificateWatchdog(args), "/etc/fleet/certificate-watchdog.sh", tokyo),
    );
    expect([code, stdout.split("\n").slice(0, -1)]).toEqual([0, warnings]);
    const published = join(folder.path, "published");
    const words = existsSync(published) ? readFileSync(published, "utf8").trim().split("\n") : [];
    expect(words.filter((word) => warnings.includes(word) || /^(Title|http):/.test(word))).toEqual(
      warnings.flatMap((warning) => ["Title: tokyo: certificate", warning, "http://10.84.0.1:2586/alerts"]),
    );
  });

  test("a warning that does not go out is a failure, after the others", async () => {
    folder.certificates({});
    folder.program("curl", `for word; do echo "$word"; done >>${folder.path}/published; exit 7`);
    const { code, stdout } = await folder.run(
      fileText(certificateWatchdog(args), "/etc/fleet/certificate-watchdog.sh", tokyo),
    );
    expect([code, stdout]).toEqual([1, `tokyo serves no certificate for tokyo.example.com\n${NONE}\n`]);
  });
});
