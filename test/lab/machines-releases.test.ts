import { afterAll, beforeAll, expect, test } from "vitest";
import { labDown, labStatus, labUp } from "../../src/lab/lifecycle.ts";
import { labPaths } from "../../src/lab/paths.ts";
import { run } from "../../src/setup/run.ts";
import { quiet } from "./quiet.ts";

/** Machines of two releases of Debian in one lab. */
const STACK = `test-releases-${process.pid}`;
const ssh = (host: string, command: string): Promise<string> =>
  run("ssh", ["-F", labPaths(STACK).sshConfig, "-o", "BatchMode=yes", "-o", "ConnectTimeout=4", host, command]);

beforeAll(() =>
  labUp(
    {
      stack: STACK,
      packages: { 12: ["tree"], 13: [] },
      adoptedServers: [
        { name: "cloud", type: "cx23", location: "hel1", image: "debian-12", publicAddress: "203.0.113.3" },
      ],
      zones: [],
      accountId: "0".repeat(32),
      staticHosts: [
        { name: "today", authorizedKeys: [], publicAddress: "203.0.113.1" },
        { name: "old", authorizedKeys: [], publicAddress: "203.0.113.2", release: 12 },
      ],
    },
    { progress: quiet },
  ),
);
afterAll(() => labDown(STACK, { forget: true }));

test("each boots its own, and nothing fails", async () => {
  const look = (host: string) =>
    ssh(
      host,
      ". /etc/os-release; echo $VERSION_CODENAME; systemctl is-system-running --wait; systemctl --failed --plain --no-legend",
    );
  expect((await labStatus(STACK)).hosts.map((host) => host.name)).toEqual(["today", "old", "cloud"]);
  expect((await Promise.all(["today", "old", "cloud"].map(look))).map((text) => text.trim())).toEqual([
    "trixie\nrunning",
    "bookworm\nrunning",
    "bookworm\nrunning",
  ]);
});

test("each has the packages of its release alone", async () => {
  const install = "apt-get install -qqy tree >/dev/null && dpkg-query -W tree";
  expect((await ssh("old", install)).trim()).toBe("tree\t2.1.0-1");
  await expect(ssh("today", install)).rejects.toThrow(/Unable to locate package tree/);
});

test("they reach one another", async () => {
  expect(await ssh("old", "ping -qc 1 -W 5 203.0.113.1")).toContain("1 received");
});
