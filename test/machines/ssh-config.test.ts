import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { knownHostsText, sshConfigText } from "../../src/lab/machines/ssh-config.ts";

const files = { key: "/a b/50%/key", knownHosts: "/a b/50%/known" };
const hosts = [
  { name: "web", address: "10.1.2.3", hostKey: "ssh-ed25519 AAAA" },
  { name: "web-2", address: "10.1.2.4" },
];

test("ssh itself reads what was meant", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-ssh-"));
  try {
    const config = join(folder, "config");
    writeFileSync(config, sshConfigText(hosts, files));
    const read = execFileSync("ssh", ["-G", "-F", config, "web-2"], { encoding: "utf8" });
    for (const line of [
      "hostname 10.1.2.4",
      "user root",
      "port 22",
      "hostkeyalias web-2",
      "stricthostkeychecking true",
      "identitiesonly yes",
    ]) {
      expect(read.split("\n")).toContain(line);
    }
    expect(read).toMatch(/^identityfile "?\/a b\/50%%?\/key/m);
    expect(execFileSync("ssh", ["-G", "-F", config, "other"], { encoding: "utf8" })).toContain("hostname other\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("who listens at its own address is reached there, who does not over the mesh", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-ssh-"));
  const read = (name: string, answers: boolean) => {
    const config = join(folder, "config");
    // A stand-in for ssh-keyscan: whether somebody answers.
    writeFileSync(join(folder, "ssh-keyscan"), `#!/bin/sh\n${answers ? "echo ssh-ed25519" : "exit 1"}\n`, {
      mode: 0o755,
    });
    writeFileSync(
      config,
      sshConfigText([...hosts, { name: "hub", address: "10.1.2.5" }], files, {
        hub: "hub",
        addresses: { web: "10.84.0.2" },
      }),
    );
    const lines = execFileSync("ssh", ["-G", "-F", config, name], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    }).split("\n");
    return lines.filter((line) => /^(hostname|proxyjump|user|hostkeyalias) /.test(line)).sort();
  };
  try {
    expect(read("web", true)).toEqual(["hostkeyalias web", "hostname 10.1.2.3", "user root"]);
    expect(read("web", false)).toEqual(["hostkeyalias web", "hostname 10.84.0.2", "proxyjump hub", "user root"]);
    expect(read("web-2", false)).toEqual(["hostkeyalias web-2", "hostname 10.1.2.4", "user root"]);
    expect(read("hub", false)).toEqual(["hostkeyalias hub", "hostname 10.1.2.5", "user root"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("only machines that have shown a key are known", () => {
  expect(knownHostsText(hosts)).toBe("web ssh-ed25519 AAAA\n");
  expect(knownHostsText([])).toBe("");
});
