import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { knownHostsText, sshConfigText } from "../../src/lab/machines/ssh-config.ts";

const files = { key: "/a b/50%/key", knownHosts: "/a b/50%/known" };
const hosts = [{ name: "web", address: "10.1.2.3", hostKey: "ssh-ed25519 AAAA" }, { name: "web-2", address: "10.1.2.4" }];

test("ssh itself reads what was meant", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-ssh-"));
  try {
    const config = join(folder, "config");
    writeFileSync(config, sshConfigText(hosts, files));
    const read = execFileSync("ssh", ["-G", "-F", config, "web-2"], { encoding: "utf8" });
    for (const line of ["hostname 10.1.2.4", "user root", "port 22", "hostkeyalias web-2", "stricthostkeychecking true", "identitiesonly yes"]) {
      expect(read.split("\n")).toContain(line);
    }
    expect(read).toMatch(/^identityfile "?\/a b\/50%%?\/key/m);
    expect(execFileSync("ssh", ["-G", "-F", config, "other"], { encoding: "utf8" })).toContain("hostname other\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("only machines that have shown a key are known", () => {
  expect(knownHostsText(hosts)).toBe("web ssh-ed25519 AAAA\n");
  expect(knownHostsText([])).toBe("");
});
