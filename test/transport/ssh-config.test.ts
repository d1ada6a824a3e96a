import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { knownHosts, sshConfig } from "../../src/transport/ssh-config.ts";
import type { Connection } from "../../src/transport/types.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHBpbm5lZA==";

/** What ssh itself makes of the file: its effective settings, lower-case names. */
function effective(connection: Connection, users = "", host = "tokyo"): Record<string, string> {
  const include = join(folder, "user config");
  writeFileSync(include, users);
  writeFileSync(
    join(folder, "config"),
    sshConfig("tokyo", connection, { include, knownHostsFile: join(folder, "known") }),
  );
  const lines = execFileSync("ssh", ["-G", "-F", join(folder, "config"), host], { encoding: "utf8" })
    .trim()
    .split("\n");
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
}

const cases: [string, Connection, string, Record<string, string | undefined>][] = [
  [
    "nothing given: the name itself",
    {},
    "",
    { hostname: "tokyo", port: "22", stricthostkeychecking: "true", batchmode: "yes", hostkeyalias: undefined },
  ],
  [
    "the connection",
    { address: "10.1.2.3", port: 2222, user: "admin" },
    "",
    { hostname: "10.1.2.3", port: "2222", user: "admin" },
  ],
  [
    "a pinned key",
    { address: "10.1.2.3", hostKey: key },
    "",
    { hostkeyalias: "tokyo", userknownhostsfile: join(folder, "known"), globalknownhostsfile: "none" },
  ],
  [
    "the user's own settings win",
    { address: "10.1.2.3", user: "root" },
    "Host tokyo\n  HostName 192.0.2.9\n  User me\n  IdentityFile ~/.ssh/other",
    { hostname: "192.0.2.9", user: "me", identityfile: "~/.ssh/other" },
  ],
  [
    "settings for another host do not",
    { address: "10.1.2.3" },
    "Host osaka\n  HostName 192.0.2.9",
    { hostname: "10.1.2.3" },
  ],
  [
    "but nothing loosens the checks",
    { hostKey: key },
    "Host *\n  StrictHostKeyChecking no\n  ForwardAgent yes\n  HostKeyAlias x\n  UserKnownHostsFile /dev/null\n" +
      "  ControlMaster auto\n  RemoteCommand top",
    {
      stricthostkeychecking: "true",
      forwardagent: "no",
      hostkeyalias: "tokyo",
      userknownhostsfile: join(folder, "known"),
      controlmaster: "false",
      remotecommand: undefined,
    },
  ],
  [
    "an address behind a jump host is the fleet's",
    { address: "10.84.0.22", jump: "hub" },
    "Host tokyo\n  HostName 192.0.2.9\n  User me",
    { hostname: "10.84.0.22", user: "me", proxyjump: "hub" },
  ],
  [
    "the way there may be the user's own",
    { address: "10.84.0.22", jump: "hub" },
    "Host tokyo\n  ProxyJump none",
    { hostname: "10.84.0.22", proxyjump: undefined },
  ],
  ["a jump host that ssh knows", { jump: "hub" }, "", { proxyjump: "hub" }],
];
test.each(cases)("ssh reads: %s", (_, connection, users, expected) => {
  expect(effective(connection, users)).toMatchObject(
    Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
  );
  for (const [name, value] of Object.entries(expected))
    if (value === undefined) expect(effective(connection, users)).not.toHaveProperty(name);
});

test("a jump host of the fleet gets its own block and pin", () => {
  const connection: Connection = {
    address: "10.84.0.22",
    hostKey: key,
    jump: "hub",
    jumpConnection: { address: "192.0.2.1", port: 2022, hostKey: `${key} comment` },
  };
  expect(effective(connection, "", "hub")).toMatchObject({
    hostname: "192.0.2.1",
    port: "2022",
    hostkeyalias: "hub",
    stricthostkeychecking: "true",
  });
  expect(knownHosts("tokyo", connection)).toBe(`tokyo ${key}\nhub ${key}\n`);
});

test("no pinned key, no known hosts", () => expect(knownHosts("tokyo", { address: "10.1.2.3" })).toBe(""));

const refused: [string, Connection, string][] = [
  ["a second line in the address", { address: "1.2.3.4\n  ProxyCommand evil" }, "the connection's address"],
  ["an option as the user", { user: "-oProxyCommand=evil" }, "the connection's user"],
  ["a pattern as the jump host", { jump: "*" }, "the connection's jump"],
  ["a key that is none", { hostKey: "AAAA" }, "the connection's hostKey"],
];
test.each(refused)("refused: %s", (_, connection, message) => {
  expect(
    () => sshConfig("tokyo", connection, { include: "/x", knownHostsFile: "/y" }) + knownHosts("tokyo", connection),
  ).toThrow(message);
});
