import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { baselineFor } from "../../src/audit/baseline.ts";
import { osSchema } from "../../src/model/platform.ts";
import { root } from "../../src/setup/paths.ts";

const files = readdirSync(join(root, "src/audit/baseline")).map((name) => name.replace(".json", ""));

test.each(files)("%s.json can be read", (name) =>
  expect(baselineFor(undefined, [name]).has("users", "root")).toBe(true),
);
test("every system that is looked at has one", () =>
  expect(osSchema.options.filter((os) => !files.includes(os))).toEqual(["macos"]));

describe("patterns", () => {
  test.each<[string, string, Parameters<ReturnType<typeof baselineFor>["has"]>, boolean]>([
    ["debian", "debian", ["units", "ssh.service"], true],
    ["debian", "debian", ["units", "snapd.service"], false],
    ["debian", "ubuntu", ["units", "snapd.service"], true],
    ["debian", "debian", ["units", "wtmpdb-update-boot.service"], true],
    ["debian", "debian", ["units", "lastlog2-import.service"], true],
    ["debian", "debian", ["ports", "0.0.0.0:68/udp dhcpcd.service"], true],
    ["nixos", "debian", ["units", "cron.service"], true],
    ["debian", "debian", ["units", "sshxservice"], false],
    ["debian", "debian", ["units", "myssh.service"], false],
    ["debian", "", ["ports", "127.0.0.53:53/udp systemd-resolved.service"], true],
    ["debian", "", ["ports", "0.0.0.0:53/udp systemd-resolved.service"], false],
    ["debian", "", ["ports", "10.89.0.1:53/udp run-p824-i8258677.scope"], true],
    ["debian", "", ["ports", "0.0.0.0:53/udp run-p824-i8258677.scope"], false],
    ["debian", "", ["cron", "/etc/cron.d/e2scrub_all: /bin/evil"], false],
    ["debian", "pop ubuntu debian", ["units", "snapd.service"], true],
    ["raspberry-pi-os", "raspbian", ["units", "avahi-daemon.socket"], true],
  ])("%s that says it is %s: %j is %s", (os, system, [part, name], known) =>
    expect(baselineFor(osSchema.parse(os), system.split(" ")).has(part, name)).toBe(known),
  );
  test.each(["", "slackware", "../../../package", "constructor"])("a system that calls itself %j has none", (system) =>
    expect(baselineFor(undefined, [system]).has("users", "root")).toBe(false),
  );
});
