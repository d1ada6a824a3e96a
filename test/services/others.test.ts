import { describe, expect, test } from "vitest";
import { base } from "../../services/base/index.ts";
import { docker } from "../../services/docker/index.ts";
import { rclone } from "../../services/rclone/index.ts";
import { rsyncInbox } from "../../services/rsync-inbox/index.ts";
import { rsyncPush } from "../../services/rsync-push/index.ts";
import { secretFile } from "../../services/secret-file/index.ts";
import { secretsDir } from "../../services/secrets-dir/index.ts";
import { wrangler } from "../../services/wrangler/index.ts";
import { daily } from "../../src/model/schedule.ts";
import { secret, text } from "../../src/model/text.ts";
import { fileText, host, secretFiles, show } from "./render.ts";

test("base sets the host's time zone and nothing that could lock anybody out", () => {
  expect(base({}).render(host())).toMatchObject({
    timeZone: "Europe/Helsinki",
    packages: ["ca-certificates", "cron", "curl"],
    files: {},
  });
});

test("secrets-dir is one directory that only root reads", () => {
  expect(secretsDir({}).render(host()).directories).toEqual({
    "/root/.secrets": { mode: "0700", owner: "root", group: "root" },
  });
});

test("docker is the package and its unit", () => {
  expect(docker({}).render(host())).toMatchObject({
    packages: ["docker.io"],
    units: { "docker.service": { enabled: true, active: true } },
  });
  expect(docker({}).render({ ...host(), release: 13 }).packages).toEqual(["docker.io", "docker-cli"]);
});

describe("rsync between two hosts", () => {
  const push = rsyncPush({ to: "there", directory: "/data", at: daily("01:30") });
  const inbox = rsyncInbox({ from: "here", directory: "/srv/here" });
  test("the sender has its own key, the receiver's host key and an entry for cron", () => {
    expect(secretFiles(push)).toEqual(["0600 /root/.secrets/rsync-to-there.key"]);
    expect(fileText(push, "/etc/fleet/rsync-to-there.known_hosts")).toBe("there <host-key there>\n");
    const ssh = fileText(push, "/etc/fleet/rsync-to-there.ssh_config");
    expect(ssh).toContain("HostName <address there>");
    expect(ssh).toContain("User inbox-here");
    expect(ssh).toContain("StrictHostKeyChecking yes");
    expect(push.render(host()).cron["rsync-to-there"]).toEqual({
      schedule: "30 1 * * *",
      user: "root",
      command: 'rsync -a -e "ssh -F /etc/fleet/rsync-to-there.ssh_config" /data/ there:./',
    });
  });
  test("the receiver lets that key write below one directory, and do nothing else", () => {
    const keys = inbox.render(host({ name: "there" })).files["/var/lib/inbox-here/.ssh/authorized_keys"]!;
    expect(show(keys.content)).toBe(
      'restrict,command="/usr/bin/rrsync -wo /srv/here" <public-key rsync-here-to-there>\n',
    );
    expect(keys).toMatchObject({ owner: "root", mode: "0644" });
  });
  test("both ends name the same key pair", () => {
    expect(fileText(push, "/root/.secrets/rsync-to-there.key")).toContain("<private-key rsync-here-to-there>");
  });
  test("a directory that is not there is only made in a lab", () => {
    expect(push.render(host()).directories).toEqual({});
    expect(push.render(host({ standIns: true })).directories).toHaveProperty("/data");
  });
  test("a directory that would end the forced command is refused", () => {
    expect(() => rsyncInbox({ from: "here", directory: '/srv" evil' })).toThrow(
      "rsync-inbox.directory: must be an absolute path",
    );
  });
});

test("rclone knows one remote, in a file that only root reads", () => {
  const service = rclone({
    remote: "r2",
    account: "0".repeat(32),
    accessKeyId: secret("ID"),
    secretAccessKey: secret("KEY"),
  });
  const path = "/root/.config/rclone/rclone.conf";
  expect(fileText(service, path)).toContain(
    "[r2]\ntype = s3\nprovider = Cloudflare\naccess_key_id = <secret ID>\nsecret_access_key = <secret KEY>\n" +
      `endpoint = https://${"0".repeat(32)}.r2.`,
  );
  expect(secretFiles(service)).toEqual([`0600 ${path}`]);
});

test("wrangler is fetched when it is used, with its token from a file", () => {
  const service = wrangler({ version: 4, token: secret("TOKEN") });
  expect(fileText(service, "/usr/local/bin/wrangler")).toBe(
    '#!/bin/sh\nset -a\n. /root/.secrets/wrangler.env\nexec npx --yes wrangler@4 "$@"\n',
  );
  expect(secretFiles(service)).toEqual(["0600 /root/.secrets/wrangler.env"]);
});

test("secret-file is 0600, and refuses a text without a secret", () => {
  expect(secretFiles(secretFile({ name: "keys", path: "/opt/keys", content: text`${secret("KEYS")}` }))).toEqual([
    "0600 /opt/keys",
  ]);
  expect(() => secretFile({ name: "keys", path: "/opt/keys", content: "plain" })).toThrow(
    "secret-file.content: holds no secret",
  );
});
