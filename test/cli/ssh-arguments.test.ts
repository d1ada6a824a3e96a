import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { pinnedArguments } from "../../src/cli/ssh-arguments.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHBpbm5lZA==";
const LOOSE = `Host *
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  GlobalKnownHostsFile /dev/null
  KnownHostsCommand /bin/cat /srv/keys
  VerifyHostKeyDNS yes
  NoHostAuthenticationForLocalhost yes
  UpdateHostKeys yes
  HostKeyAlias other
  ControlMaster auto
  ControlPath ~/%C
  User me
`;

test("a person's own ssh_config says how to reach a host, and never which key it may have", async () => {
  const own = join(folder, "own");
  writeFileSync(own, LOOSE);
  const [flag, config, name] = await pinnedArguments(
    folder,
    "tokyo",
    { address: "192.0.2.1", port: 2222, user: "root", hostKey },
    { FLEET_SSH_CONFIG: own },
  );
  const said = execFileSync("ssh", ["-G", flag!, config!, name!], { encoding: "utf8" }).split("\n");
  expect(said).toEqual(
    expect.arrayContaining([
      "hostname 192.0.2.1",
      "port 2222",
      "user me",
      "stricthostkeychecking true",
      "hostkeyalias tokyo",
      `userknownhostsfile ${join(folder, "tokyo.known_hosts")}`,
      "globalknownhostsfile none",
      "verifyhostkeydns false",
      "nohostauthenticationforlocalhost no",
      "updatehostkeys false",
      "controlmaster false",
    ]),
  );
  expect(said.filter((line) => /^(knownhostscommand|controlpath) (?!none)/.test(line))).toEqual([]);
  expect(readFileSync(join(folder, "tokyo.known_hosts"), "utf8")).toBe(`tokyo ${hostKey}\n`);
});
