import { expect, test } from "vitest";
import {
  cronNameProblem,
  kernelSettingProblem,
  kernelValue,
  packageProblem,
  pathProblem,
} from "../../src/model/spelling.ts";

test.each<[string, (name: string) => string | undefined, string[]]>([
  [
    "packages",
    packageProblem,
    ["nginx", "g++", "libstdc++6", "bonnie++", "memtest86+", "dvd+rw-tools", "python3.11", "docker.io", "nixpkgs_fmt"],
  ],
  ["paths", pathProblem, ["/etc", "/srv/a.b", "/srv/..a", "/srv/a b", "/etc/systemd/system/a\\x2db.mount"]],
  [
    "kernel settings",
    kernelSettingProblem,
    ["net.ipv4.ip_forward", "vm.swappiness", "net/ipv4/conf/eth0.100/rp_filter", "kernel.sched_domain.cpu0.name"],
  ],
  ["cron entries", cronNameProblem, ["sync", "rsync-to_ghost-01"]],
])("%s that are right", (_, problemOf, names) => {
  expect(names.map(problemOf).filter(Boolean)).toEqual([]);
});

test.each<[string, (name: string) => string | undefined, string, RegExp]>([
  ["a removal", packageProblem, "nginx-", /^must not end with -, .* removal: write nginx$/],
  ["an order to install", packageProblem, "nginx+", /^must not end with \+, .* install: write nginx$/],
  ["a pattern", packageProblem, "nginx.", /^must not end with a dot, .* pattern: write nginx$/],
  ["an architecture", packageProblem, "libc6:i386", /without architecture, .*: write libc6$/],
  ["a removal with an architecture", packageProblem, "libc6:i386-", /without architecture, .*: write libc6$/],
  ["a version", packageProblem, "nginx=1.22.1-9", /without version or release, .*: write nginx$/],
  ["a release", packageProblem, "nginx/bookworm-backports", /without version or release, .*: write nginx$/],
  ["a task", packageProblem, "web-server^", /^must be a package name$/],
  ["an option", packageProblem, "--purge", /^must be a package name$/],
  ["two in one", packageProblem, "nginx curl", /^must be a package name$/],
  ["no absolute path", pathProblem, "etc/x", /^must be an absolute path$/],
  ["everything", pathProblem, "/", /^must be an absolute path below \/$/],
  ["a slash at the end", pathProblem, "/srv/data/", /^must be a plain path: write \/srv\/data$/],
  ["two slashes", pathProblem, "//srv//data", /^must be a plain path: write \/srv\/data$/],
  ["a step in place", pathProblem, "/srv/./data/.", /^must be a plain path: write \/srv\/data$/],
  ["a step back", pathProblem, "/etc/../root", /^must be a plain path, without \/\.\.\//],
  ["a line feed", pathProblem, "/etc/a\nb", /^must be a plain path, without line feeds$/],
  ["slashes", kernelSettingProblem, "net/ipv4/ip_forward", /one thing has one name: write net\.ipv4\.ip_forward$/],
  [
    "both",
    kernelSettingProblem,
    "net.ipv4.conf.eth0/100.rp_filter",
    /one thing has one name: write net\/ipv4\/conf\/eth0\.100\/rp_filter$/,
  ],
  ["a pattern of settings", kernelSettingProblem, "net.ipv4.conf.*.rp_filter", /write each out instead of \*$/],
  ["a setting that may fail", kernelSettingProblem, "-net.ipv4.ip_forward", /^must be a kernel setting, such as/],
  ["a setting with a gap", kernelSettingProblem, "net..ip_forward", /^must be a kernel setting, such as/],
  ["a setting that climbs", kernelSettingProblem, "net/../../etc/x", /^must be a kernel setting, such as/],
  ["a setting with its value", kernelSettingProblem, "vm.swappiness=1", /^must be a kernel setting, such as/],
  ["dots in a cron entry", cronNameProblem, "a.b c", /^must be .* \(cron ignores files with dots\): write a-b-c$/],
])("%s is refused, with what to write", (_, problemOf, name, message) => expect(problemOf(name)).toMatch(message));

test.each([
  ["4096\t131072 6291456", "4096 131072 6291456"],
  [" 1\n", "1"],
  ["", ""],
])("a kernel setting's value %j is %j", (text, value) => expect(kernelValue(text)).toBe(value));
