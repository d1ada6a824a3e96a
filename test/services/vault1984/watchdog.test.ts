import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { certificateWatchdog } from "../../../services/certificate-watchdog/index.ts";
import { timerAt } from "../../../src/model/schedule.ts";
import { fileText, host, unitText } from "../render.ts";
import { Folder } from "./shell.ts";

const args = {
  domains: ["tokyo.example.com"],
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
    folder.program("curl", `for word; do echo "$word"; done >${folder.path}/published`);
  });
  afterEach(() => folder.remove());

  test.each<[string, string, string | undefined]>([
    ["60 days", "60 days", undefined],
    ["14 days and an hour", "14 days 1 hour", undefined],
    ["just under 14 days", "13 days 23 hours", "the certificate of tokyo.example.com on tokyo ends in 13 days"],
    ["no certificate", "", "tokyo serves no certificate for tokyo.example.com"],
  ])("%s", async (_, left, warning) => {
    folder.program(
      "openssl",
      left === ""
        ? "exit 1"
        : `case $1 in x509) echo "notAfter=$(date -u -d '${left}' '+%b %e %H:%M:%S %Y') GMT" ;; esac`,
    );
    const { code, stdout } = await folder.run(
      fileText(certificateWatchdog(args), "/etc/fleet/certificate-watchdog.sh", tokyo),
    );
    expect([code, stdout]).toEqual([0, warning === undefined ? "" : `${warning}\n`]);
    const published = join(folder.path, "published");
    expect(existsSync(published) ? readFileSync(published, "utf8").trim().split("\n") : []).toEqual(
      warning === undefined
        ? []
        : expect.arrayContaining(["Title: tokyo: certificate", warning, "http://10.84.0.1:2586/alerts"]),
    );
  });
});
