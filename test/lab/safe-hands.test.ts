/** What must hold on a host whatever lies there, whoever is at work there, and whatever breaks. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { failure, OneMachine } from "./one-machine.ts";

let one: OneMachine;
beforeAll(async () => {
  one = await OneMachine.boot("test-safe-hands", ["nginx", "cron"]);
});
afterAll(() => one?.end());

const unit = (text: string) => `[Service]\n${text}\n[Install]\nWantedBy=multi-user.target\n`;

test("a folder that its account has replaced by a link is a folder again, and what it led to stays as it was", async () => {
  const appy = one.service("appy", {
    users: { appy: {} },
    directories: {
      "/srv/appy": { owner: "appy", group: "appy" },
      "/srv/appy/data": { owner: "appy", group: "appy", mode: "0750" },
    },
    files: { "/srv/appy/data/conf": { content: "a\n", owner: "appy", group: "appy", mode: "0600" } },
  });
  const state = await one.settle(appy);
  await one.ssh("runuser -u appy -- sh -c 'rm -r /srv/appy/data; ln -s /etc /srv/appy/data'");
  const { found, paths } = await one.drift(appy, state);
  expect(paths).toContain('directories["/srv/appy/data"].is');
  expect(paths).toContain('files["/srv/appy/data/conf"]');
  const next = await one.update(found, appy);
  expect((await one.drift(appy, next)).paths).toEqual([]);
  expect(await one.ssh("stat -c '%F %U %a' /etc /srv/appy/data; ls /etc/conf 2>&1 || true")).toMatch(
    /^directory root 755\ndirectory appy 750\n.*No such file/,
  );
});

test("what is declared off is off after a rollback, and the message says no more than that", async () => {
  await one.ssh("apt-get purge -y -q nginx nginx-common >/dev/null 2>&1; rm -rf /etc/nginx");
  const off = one.service("web", {
    packages: ["nginx"],
    files: { "/etc/nginx/conf.d/x.conf": { content: "# x\n" } },
    units: { "nginx.service": { enabled: false, active: false } },
    checks: [{ kind: "command", command: "false", within: 1 }],
  });
  const { message } = await failure(one.create(off));
  expect(message).toContain("health check failed for 1 s: false. The service's files and units were put back");
  expect(await one.ssh("systemctl is-active nginx; systemctl is-enabled nginx; ls /etc/nginx/conf.d")).toBe(
    "inactive\ndisabled",
  );
});

test("what was there before a service is there again when it lets go, and what it never changed stays", async () => {
  await one.ssh(
    "mkdir -p /srv/old && echo 'mine' >/srv/old/conf && chmod 0640 /srv/old/conf && chgrp adm /srv/old/conf; " +
      "echo kept >/srv/old/same; systemctl enable -q --now cron; sysctl -qw net.core.somaxconn=222",
  );
  const before = await one.ssh("stat -c '%n %a %U %G' /srv/old/*; cat /srv/old/conf; cat /proc/sys/net/core/somaxconn");
  const base = one.service("base", {
    packages: ["cron"],
    directories: { "/srv/old": { mode: "0700" }, "/srv/made": {} },
    files: {
      "/srv/old/conf": { content: "theirs\n" },
      "/srv/old/same": { content: "kept\n" },
      "/srv/made/file": { content: "x" },
    },
    units: { "cron.service": { dropIns: { nice: "[Service]\nNice=3\n" } } },
    sysctl: { "net.core.somaxconn": "333" },
  });
  const state = await one.settle(base);
  expect(await one.ssh("cat /srv/old/conf; cat /proc/sys/net/core/somaxconn; stat -c %a /srv/old")).toBe(
    "theirs\n333\n700",
  );
  await one.remove(state);
  expect(await one.ssh("stat -c '%n %a %U %G' /srv/old/*; cat /srv/old/conf; cat /proc/sys/net/core/somaxconn")).toBe(
    before,
  );
  expect(
    await one.ssh(
      "systemctl is-active cron; systemctl is-enabled cron; systemctl show -p Nice --value cron; stat -c %a /srv/old; " +
        "ls -d /srv/made /etc/sysctl.d/60-fleet-base.conf /var/lib/fleet/services/base 2>/dev/null || echo gone",
    ),
  ).toBe("active\nenabled\n0\n755\ngone");
});

test("what was found as declared when a service came is left alone when it goes", async () => {
  await one.ssh("echo same >/srv/adopted; systemctl enable -q --now cron");
  const adopted = one.service("adopted", {
    files: { "/srv/adopted": { content: "same\n" } },
    units: { "cron.service": {} },
  });
  const state = await one.settle(adopted);
  await one.remove(state);
  expect(await one.ssh("cat /srv/adopted; systemctl is-active cron; systemctl is-enabled cron")).toBe(
    "same\nactive\nenabled",
  );
});

/** @param account root's is guarded: it could do anything to the line */
const daemon = (content: string, over: object = {}, account = "www-data") =>
  one.service("daemon", {
    files: { "/srv/daemon.conf": { content } },
    units: {
      "daemon.service": {
        text: unit(
          `User=${account}\nStateDirectory=daemon\n` +
            "ExecStart=/bin/sh -c 'cat /srv/daemon.conf >/var/lib/daemon/read; exec sleep 1000'",
        ),
      },
    },
    ...over,
  });
/** Whatever a change is at, as a lack of memory would end it: it runs in a group of its own, below coreutils' timeout. */
const killChange = () => one.ssh("for leader in $(pgrep -x timeout); do pkill -9 -g $leader; done");

test("a change that was killed between its files and its restart is not finished, and the next one finishes it", async () => {
  const state = await one.settle(daemon("one\n"));
  const slow = daemon("two\n", { validations: [{ command: "sleep 30" }] });
  const cut = one.update(state, slow).catch((error: unknown) => error);
  await expect.poll(() => one.ssh("cat /srv/daemon.conf"), { timeout: 20_000 }).toBe("two");
  await killChange();
  await cut;
  const { found, paths } = await one.drift(daemon("two\n"), state);
  expect(paths).toContain("unfinished");
  expect(found.unfinished).toEqual(["restart daemon.service"]);
  expect(await one.ssh("cat /var/lib/daemon/read")).toBe("one");
  const next = await one.update(found, daemon("two\n"));
  expect((await one.drift(daemon("two\n"), next)).paths).toEqual([]);
  expect(await one.ssh("cat /var/lib/daemon/read; ls /var/lib/fleet | grep apply || echo clean")).toBe("two\nclean");
});

test("one that could have cut the line is taken back at once", async () => {
  const quiet = daemon("four\n", {}, "root");
  const state = await one.settle(quiet);
  const slow = daemon("five\n", { validations: [{ command: "sleep 31" }] }, "root");
  const cut = failure(one.update(state, slow));
  await expect.poll(() => one.ssh("cat /srv/daemon.conf"), { timeout: 20_000 }).toBe("five");
  await killChange();
  expect((await cut).message).toContain("it was cut off before its end, so the host undid it");
  await one.ssh("systemctl restart daemon");
  expect((await one.drift(quiet, state)).paths).toEqual([]);
  expect(await one.ssh("cat /srv/daemon.conf; ls /var/lib/fleet | grep apply || echo clean")).toBe("four\nclean");
});

test("a change that is told to stop takes back what it has done", async () => {
  const inputs = daemon("two\n");
  const state = await one.update(await one.create(inputs), inputs);
  const slow = daemon("three\n", { checks: [{ kind: "command", command: "false", within: 60 }] });
  const stopped = failure(one.update(state, slow));
  await expect.poll(() => one.ssh("cat /var/lib/daemon/read"), { timeout: 20_000 }).toBe("three");
  await one.ssh("pkill -TERM -x timeout");
  expect((await stopped).message).toContain("it was stopped before its end");
  expect(await one.ssh("cat /srv/daemon.conf /var/lib/daemon/read")).toBe("two\ntwo");
  expect((await one.drift(inputs, state)).paths).toEqual([]);
});

test("nobody else can hold the lock, and who does not get it touches nothing and knows nothing", async () => {
  expect(
    await one.ssh("stat -c '%a %U' /var/lib/fleet; runuser -u nobody -- flock -n /var/lib/fleet/lock true || echo no"),
  ).toBe("700 root\nno");
});

test("one name that systemd can't show does not hide the others", async () => {
  const both = one.service("templates", {
    units: {
      "backup@.service": { text: unit("Type=oneshot\nExecStart=/bin/true"), enabled: false, active: false },
      "backup@home.timer": { text: "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n" },
    },
  });
  const cron = one.service("clock", { units: { "cron.service": {} } });
  const states = [await one.settle(both), await one.settle(cron)];
  for (let i = 0; i < 2; i++) {
    const looks = await Promise.all([one.drift(both, states[0]!), one.drift(cron, states[1]!)]);
    expect(looks.map(({ paths }) => paths)).toEqual([[], []]);
  }
});

const sleeper = (name: string) =>
  one.service(name, { units: { [`${name}.service`]: { text: unit("ExecStart=/bin/sleep 1000") } } });

test.each([
  ["set-property", "systemctl set-property NAME CPUWeight=50", /dropIns/],
  ["set-property --runtime", "systemctl set-property --runtime NAME CPUWeight=50", /dropIns/],
  [
    "a drop-in under /run",
    "mkdir -p /run/systemd/system/NAME.d; printf '[Service]\\nNice=4\\n' >/run/systemd/system/NAME.d/x.conf; systemctl daemon-reload",
    /dropIns/,
  ],
  [
    "a drop-in of a prefix",
    "mkdir -p /etc/systemd/system/service.d; printf '[Service]\\nNice=4\\n' >/etc/systemd/system/service.d/zz.conf; systemctl daemon-reload",
    /dropIns/,
  ],
  ["enabled for this boot alone", "systemctl disable -q NAME; systemctl enable -q --runtime NAME", /enabled/],
  [
    "masked for this boot alone",
    "systemctl stop NAME; rm /etc/systemd/system/NAME; systemctl mask -q --runtime NAME",
    /./,
  ],
])("%s is drift, and healed", async (_, command, path) => {
  const inputs = sleeper("sleepy");
  const state = await one.settle(inputs);
  await one.ssh(command.replaceAll("NAME", "sleepy.service"));
  const { found, paths } = await one.drift(inputs, state);
  expect(paths.join()).toMatch(path);
  const next = await one.update(found, inputs);
  expect((await one.drift(inputs, next)).paths).toEqual([]);
  expect(
    await one.ssh("systemctl is-enabled sleepy; systemctl is-active sleepy; systemctl show -p Nice,CPUWeight sleepy"),
  ).toBe("enabled\nactive\nCPUWeight=[not set]\nNice=0");
});

test("a package's unit that somebody has replaced as a whole is drift, and healed", async () => {
  const inputs = one.service("clock", { units: { "cron.service": {} } });
  const state = await one.settle(inputs);
  await one.ssh(
    "sed 's/^ExecStart=.*/ExecStart=\\/bin\\/sleep 999/' /usr/lib/systemd/system/cron.service >/etc/systemd/system/cron.service; " +
      "systemctl daemon-reload; systemctl restart cron",
  );
  const { found, paths } = await one.drift(inputs, state);
  expect(paths).toEqual(['units["cron.service"].text']);
  await one.update(found, inputs);
  expect((await one.drift(inputs, state)).paths).toEqual([]);
  expect(await one.ssh("systemctl show -p FragmentPath --value cron")).toBe("/usr/lib/systemd/system/cron.service");
});

test("an account that is root by another name is drift, and said how to be put right", async () => {
  const inputs = one.service("people", { users: { nemo: {} } });
  const state = await one.settle(inputs);
  await one.ssh("usermod -o -u 0 nemo");
  const { found, paths } = await one.drift(inputs, state);
  expect(paths).toEqual(["users.nemo.uid"]);
  await expect(one.update(found, inputs)).rejects.toThrow("is root by another name on this host");
  await one.ssh("sed -i 's/^nemo:x:0:/nemo:x:990:/' /etc/passwd");
});

test.each<[string, object]>([
  ["a folder in one that hands its group on", { directories: { "/var/local/app": {} } }],
  ["a setting as sysctl prints it", { sysctl: { "net.ipv4.ip_local_port_range": "20000\t50000" } }],
])("%s becomes as declared at once", async (_, bundle) => {
  const inputs = one.service("equal", bundle);
  await one.ssh("chgrp staff /var/local; chmod 2775 /var/local");
  await expect(one.settle(inputs).then((state) => one.remove(state))).resolves.toBeUndefined();
});

test.each<[string, object, RegExp]>([
  ["a package that only others provide", { packages: ["httpd"] }, /no package is called httpd; these provide it/],
  ["a package name that is a pattern", { packages: ["nginx.*"] }, /must be|no package/],
  [
    "cron for an account that is not there",
    { cron: { x: { schedule: "0 3 * * *", user: "nosuch", command: "true" } } },
    /users: \{ nosuch/,
  ],
  ["a setting that this kernel has not", { sysctl: { "net.core.nosuch": "1" } }, /is no setting of this host's kernel/],
])("%s is refused, and nothing is touched", async (_, bundle, words) => {
  const before = await one.ssh("ls /etc/cron.d; dpkg -l | wc -l");
  await expect((async () => one.create(one.service("refused", bundle)))()).rejects.toThrow(words);
  expect(await one.ssh("ls /etc/cron.d; dpkg -l | wc -l")).toBe(before);
});

test("a setting that another file takes back at the next boot is named", async () => {
  const inputs = one.service("kernel", { sysctl: { "net.core.somaxconn": "444" } });
  const state = await one.settle(inputs);
  await one.ssh("echo 'net/core/somaxconn=5' >/etc/sysctl.d/99-other.conf");
  const { found, paths } = await one.drift(inputs, state);
  expect(paths).toEqual(['sysctl["net.core.somaxconn"]']);
  expect((found.sysctl as Record<string, string>)["net.core.somaxconn"]).toBe(
    "444 (/etc/sysctl.d/99-other.conf sets it to 5 at the next boot)",
  );
  await one.ssh("rm /etc/sysctl.d/99-other.conf");
});

test("a package whose own files are gone: the failure names the command that brings them back", async () => {
  const web = (content: string) =>
    one.service("web", {
      packages: ["nginx"],
      files: { "/etc/nginx/conf.d/x.conf": { content } },
      units: { "nginx.service": { onChange: "reload" } },
      validations: [{ command: "nginx -t" }],
    });
  const state = await one.settle(web("# 1\n"));
  await one.ssh("rm -rf /etc/nginx");
  const { found, paths } = await one.drift(web("# 1\n"), state);
  expect(paths).not.toEqual([]);
  const { message } = await failure(one.update(found, web("# 1\n")));
  const [command] = /apt-get install --reinstall -o Dpkg::Options::=--force-confmiss nginx-common/.exec(message)!;
  await one.ssh(`DEBIAN_FRONTEND=noninteractive ${command} >/dev/null 2>&1`);
  const next = await one.update(found, web("# 1\n"));
  expect((await one.drift(web("# 1\n"), next)).paths).toEqual([]);
});

test("an immutable file: the reason says so, and nothing of ours is left beside it", async () => {
  const file = (content: string) => one.service("stone", { files: { "/srv/stone/file": { content, mode: "0600" } } });
  const state = await one.settle(file("one\n"));
  if ((await one.ssh("chattr +i /srv/stone/file && echo yes || echo no")) === "no") return;
  const { message } = await failure(one.update(state, file("two\n")));
  await one.ssh("chattr -i /srv/stone/file");
  expect(message).toContain("chattr -i");
  expect(await one.ssh("ls -A /srv/stone; cat /srv/stone/file")).toBe("file\none");
});

test("a change that can cut the line is taken back by a reboot before it is confirmed", async () => {
  const sshd = (content: string) =>
    one.service("sshd", {
      files: { "/etc/ssh/sshd_config.d/20-fleet.conf": { content } },
      units: { "ssh.service": { onChange: "restart" } },
    });
  const state = await one.settle(sshd("X11Forwarding no\n"));
  await one.ssh("systemd-run --quiet --on-active=4 --timer-property=AccuracySec=100ms systemctl --no-block reboot");
  const { message } = await failure(one.update(state, sshd("Port 2222\n")));
  expect(message).toContain("the host was started anew before this change was confirmed, so it undid it by itself");
  expect((await one.drift(sshd("X11Forwarding no\n"), state)).paths).toEqual([]);
  expect(
    await one.ssh(
      "uptime -s >/dev/null; ls -d /etc/systemd/system/fleet* /var/lib/fleet/apply.* 2>/dev/null || echo clean",
    ),
  ).toBe("clean");
});
