import { afterAll, beforeAll, expect, test } from "vitest";
import { labPaths } from "../../src/lab/paths.ts";
import { Secret, type Properties } from "../../src/plugin/types.ts";
import { serviceResource } from "../../src/provider/service/index.ts";
import { OpenSsh } from "../../src/transport/openssh.ts";
import { Pool } from "../../src/transport/pool.ts";
import { madeUp } from "../provider/fixtures.ts";
import { failure, OneMachine } from "./one-machine.ts";

let one: OneMachine;
beforeAll(async () => {
  one = await OneMachine.boot("test-service", ["nginx", "coturn"]);
});
afterAll(() => one?.end());

const ssh = (command: string) => one.ssh(command);
const service = (name: string, bundle: object) => one.service(name, bundle);
const create = (inputs: Properties) => one.create(inputs);
const update = (olds: Properties, news: Properties) => one.update(olds, news);
const drift = (inputs: Properties, state: Properties) => one.drift(inputs, state);

const site = (body: string) =>
  `server { listen 8080; location / { return 200 "${body}"; } location /empty { return 204; } }\n`;
const web = (over: object = {}) =>
  service("nginx", {
    packages: ["nginx"],
    files: { "/etc/nginx/conf.d/site.conf": { content: site("hello") } },
    units: { "nginx.service": { onChange: "reload" } },
    validations: [{ command: "nginx -t" }],
    checks: [
      { kind: "http", url: "http://127.0.0.1:8080/", body: "hello" },
      { kind: "tcp", port: 8080 },
    ],
    ...over,
  });
const secretValue = madeUp();
const worker = (over: object = {}) =>
  service("worker", {
    groups: { gpio: {} },
    users: { worker: { groups: ["gpio"] } },
    directories: { "/var/lib/worker": { owner: "worker", group: "worker", mode: "0750" } },
    files: {
      "/etc/fleet/worker.conf": { content: "interval=1\n" },
      "/root/.secrets/worker": { content: new Secret(`TOKEN=${secretValue}\n`), mode: "0600" },
    },
    units: {
      "worker.service": {
        text:
          "[Service]\nUser=worker\nEnvironmentFile=/etc/fleet/worker.conf\nExecStart=/bin/sleep 100000\n[Install]\n" +
          "WantedBy=multi-user.target\n",
      },
      "worker-job.timer": { text: "[Timer]\nOnCalendar=*-*-* 03:00:00\n[Install]\nWantedBy=timers.target\n" },
      "worker-job.service": { text: "[Service]\nType=oneshot\nExecStart=/bin/true\n", enabled: false, active: false },
      "cron.service": { dropIns: { nice: "[Service]\nNice=5\n" } },
    },
    cron: { sync: { schedule: "0 3 * * *", command: "/bin/true" } },
    sysctl: { "net.core.somaxconn": "1024" },
    timeZone: "Europe/Berlin",
    ...over,
  });
const states: Record<string, Properties> = {};
const pids = () => ssh("systemctl show -p MainPID --value nginx worker cron").then((text) => text.split(/\s+/));

test("services come up together from nothing, over one handshake and two round trips", async () => {
  const coturn = service("coturn", {
    packages: ["coturn"],
    files: {
      "/etc/turnserver.conf": {
        content: new Secret(`realm=example.com\nuse-auth-secret\nstatic-auth-secret=${secretValue}\n`),
        mode: "0640",
        group: "turnserver",
      },
    },
    units: { "coturn.service": {} },
    checks: [
      { kind: "udp", port: 3478 },
      { kind: "tcp", port: 3478 },
    ],
  });
  const [nginxState, workerState, coturnState] = await Promise.all([create(web()), create(worker()), create(coturn)]);
  Object.assign(states, { web: nginxState, worker: workerState, coturn: coturnState });
  expect([one.transport.handshakes, one.trips]).toEqual([1, 2]);
  expect(
    await ssh(
      "curl -s localhost:8080; systemctl is-active coturn worker worker-job.timer; " +
        "stat -c '%a %U:%G' /etc/turnserver.conf /var/lib/worker; date +%Z; id -nG worker; " +
        "systemctl show -p Nice --value cron",
    ),
  ).toMatch(/^hello(active\s+){3}640 root:turnserver\s750 worker:worker\sCES?T\sworker gpio\s5$/);
});

test("a package's unit waits for its files, and nothing of that stays behind", async () => {
  // With the service's own start as the first one, nginx never served its default page alone.
  expect(await ssh("journalctl -q -o cat -u nginx | grep -c ^Starting; ls /usr/sbin/policy-rc.d 2>&1 || true")).toMatch(
    /^1\n.*No such file/,
  );
  expect(
    Number(await ssh('date -d "$(systemctl show -p ExecMainStartTimestamp --value nginx)" +%s')),
  ).toBeGreaterThanOrEqual(Number(await ssh("stat -c %Y /etc/nginx/conf.d/site.conf")));
});

test("a second look finds no change in one round trip, and a second update touches nothing", async () => {
  const before = await pids();
  one.trips = 0;
  const looks = await Promise.all([drift(web(), states.web!), drift(worker(), states.worker!)]);
  expect(looks.map(({ paths }) => paths)).toEqual([[], []]);
  expect(one.trips).toBe(1);
  await Promise.all([update(states.web!, web()), update(states.worker!, worker())]);
  expect(await pids()).toEqual(before);
});

test("changes by hand are named one by one and put back; only what they concern restarts", async () => {
  const before = await pids();
  await ssh(`echo interval=2 >/etc/fleet/worker.conf; chmod 644 /root/.secrets/worker
    rm /etc/cron.d/sync; sysctl -qw net.core.somaxconn=100; usermod -aG sudo worker; chown root /var/lib/worker
    systemctl disable -q --now worker
    ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/localtime; sed -i s/03:00/04:00/ /etc/systemd/system/worker-job.timer`);
  const { found, paths } = await drift(worker(), states.worker!);
  expect(paths).toEqual([
    "cron.sync",
    'directories["/var/lib/worker"].owner',
    'files["/etc/fleet/worker.conf"].content',
    'files["/root/.secrets/worker"].mode',
    'sysctl["net.core.somaxconn"]',
    "timeZone",
    'units["worker-job.timer"].needsReload',
    'units["worker-job.timer"].text',
    'units["worker.service"].active',
    'units["worker.service"].enabled',
    "users.worker.groups",
  ]);
  states.worker = await update(found, worker());
  expect((await drift(worker(), states.worker)).paths).toEqual([]);
  const after = await pids();
  expect([after[0], after[1] === before[1]]).toEqual([before[0], false]);
});

test("a drop-in made by hand goes, and its unit restarts without it", async () => {
  await ssh(
    "mkdir -p /etc/systemd/system/worker.service.d; " +
      "printf '[Service]\\nNice=9\\n' >/etc/systemd/system/worker.service.d/override.conf; systemctl daemon-reload; " +
      "systemctl restart worker",
  );
  const { found, paths } = await drift(worker(), states.worker!);
  expect(paths).toEqual(['units["worker.service"].dropIns.override']);
  await update(found, worker());
  expect(
    await ssh("systemctl show -p Nice --value worker; ls -d /etc/systemd/system/worker.service.d 2>&1 || true"),
  ).toMatch(/^0\n.*No such file/);
});

test("a unit that runs but does not listen is named and restarted", async () => {
  await ssh(
    "sed -i s/8080/8081/ /etc/nginx/conf.d/site.conf; systemctl restart nginx; " +
      "sed -i s/8081/8080/ /etc/nginx/conf.d/site.conf",
  );
  const { found, paths } = await drift(web(), states.web!);
  expect(paths).toEqual(["checks[1].problem"]);
  expect((found.checks as { problem?: string }[])[1]!.problem).toBe("nothing listens on tcp port 8080");
  states.web = await update(found, web());
  expect((await drift(web(), states.web)).paths).toEqual([]);
  expect(await ssh("curl -s localhost:8080")).toBe("hello");
});

test("a broken nginx configuration is refused, and the old one keeps serving", async () => {
  const before = await pids();
  const { message } = await failure(
    update(states.web!, web({ files: { "/etc/nginx/conf.d/site.conf": { content: "server { lissten 80; }\n" } } })),
  );
  expect(message).toMatch(/one\/nginx: refused by its validation: nginx -t[^]*unknown directive "lissten"/);
  expect(await ssh("curl -s localhost:8080; cat /etc/nginx/conf.d/site.conf")).toBe(`hello${site("hello").trim()}`);
  expect((await pids())[0]).toBe(before[0]);
});

test("a health check that fails puts the old state back and running", async () => {
  const broken = web({
    files: { "/etc/nginx/conf.d/site.conf": { content: site("changed") } },
    checks: [{ kind: "http", url: "http://127.0.0.1:8080/", body: "hello", within: 2 }],
  });
  const error = await failure(update(states.web!, broken));
  expect(error.message).toMatch(
    /health check failed for 2 s: http:\/\/127.0.0.1:8080\/ answers 200[^]*expected text:\n +changed/,
  );
  expect(await ssh("curl -s localhost:8080")).toBe("hello");
  expect((await drift(web(), error.state)).paths).toEqual([]);
});

test("a unit that crashes is rolled back, with its last words and no secret among them", async () => {
  const text =
    "[Service]\nEnvironmentFile=/root/.secrets/worker\nExecStart=/bin/sh -c 'echo cannot start with $TOKEN >&2; " +
    "exit 3'\nRestart=always\n[Install]\nWantedBy=multi-user.target\n";
  const crashing = worker({
    units: {
      ...(worker().units as object),
      "worker.service": { ...(worker().units as Record<string, object>)["worker.service"], text },
    },
  });
  const { message } = await failure(update(states.worker!, crashing));
  expect(message).toMatch(/one\/worker: worker.service (is|keeps)[^]*journal:[^]*cannot start with \[secret\]/);
  expect(message).not.toContain(secretValue);
  expect((await drift(worker(), states.worker!)).paths).toEqual([]);
});

test("a program comes by URL and SHA-256; one that cannot be had leaves the old one running", async () => {
  await ssh(
    "mkdir -p /srv/releases; for v in 1 2; " +
      "do printf '#!/bin/sh\\n# %s\\nexec sleep 100000\\n' $v >/srv/releases/$v; done; " +
      "systemd-run --quiet --unit=releases --working-directory=/srv/releases python3 -m http.server 8099",
  );
  await ssh("curl -sf --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null localhost:8099/");
  const sums = (await ssh("sha256sum </srv/releases/1; sha256sum </srv/releases/2"))
    .split("\n")
    .map((line) => line.split(" ")[0]!);
  const vault = (release: number, sha256 = sums[release - 1]) =>
    service("vault", {
      artifacts: { "/opt/vault/vault": { url: `http://localhost:8099/${release}`, sha256 } },
      units: {
        "vault.service": { text: "[Service]\nExecStart=/opt/vault/vault\n[Install]\nWantedBy=multi-user.target\n" },
      },
    });
  const running = () => ssh("sed -n 2p /opt/vault/vault; systemctl show -p MainPID --value vault");
  const state = await create(vault(1));
  const first = await running();
  expect(first).toMatch(/^# 1\n[1-9]/);
  expect((await failure(update(state, vault(2, "0".repeat(64))))).message).toMatch(
    /one\/vault: could not be fetched: \/opt\/vault\/vault from [^]*the SHA-256 is \w{64} instead of the declared 0{64}/,
  );
  expect((await failure(update(state, vault(3, "0".repeat(64))))).message).toMatch(/could not be fetched[^]*404/);
  expect(await running()).toBe(first);
  const next = await update(state, vault(2));
  expect(await running()).toMatch(/^# 2\n[1-9]/);
  expect(await running()).not.toBe(first);
  await one.remove(next);
  // Its folder was made on the way to it.
  expect(await ssh("systemctl stop releases; ls -d /opt/vault 2>/dev/null || echo gone")).toBe("gone");
});

test("faults of one service leave its neighbours of the same batch alone", async () => {
  const unit = (text: string) => `[Service]\n${text}\n[Install]\nWantedBy=multi-user.target\n`;
  const batch = [
    service("good", { units: { "good.service": { text: unit("ExecStart=/bin/sleep 1000") } } }),
    service("typo", { units: { "typo.service": { text: unit("ExecStart=/bin/sleep 1000\nRestrat=always") } } }),
    service("missing", { packages: ["no-such-package"], files: { "/etc/missing": { content: "x" } } }),
    service("absent", { units: { "no-such-unit.service": {} } }),
  ];
  const results = await Promise.allSettled(batch.map(create));
  expect(
    results.map((result) => (result.status === "rejected" ? (result.reason as Error).message.split(". ")[0] : "up")),
  ).toEqual([
    "up",
    "one/typo: refused by systemd-analyze verify",
    "one/missing: packages could not be installed: no-such-package",
    "one/absent: could not be enabled: no-such-unit.service",
  ]);
  expect(
    await ssh(
      "systemctl is-active good; ls /etc/missing /etc/systemd/system/typo.service 2>&1 | grep -c 'No such file'",
    ),
  ).toBe("active\n2");
  await one.remove((results[0] as PromiseFulfilledResult<Properties>).value);
});

test("units of packages that no service declares start after the install", async () => {
  await ssh("apt-get purge -y -q nginx-common >/dev/null 2>&1; systemctl is-active nginx || true");
  // What a killed apply left behind forbids nothing later.
  await ssh("printf '#!/bin/sh\n# Made by fleet\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d");
  await create(service("tools", { packages: ["nginx"] }));
  expect(await ssh("systemctl is-active nginx; ls /usr/sbin/policy-rc.d 2>&1 || true")).toMatch(
    /^active\n.*No such file/,
  );
});

test("an apply whose connection breaks runs to its end, and the next one waits for it", async () => {
  const slow = service("slow", {
    files: { "/srv/slow": { content: "1" } },
    checks: [{ kind: "command", command: "sleep 5; touch /run/slow-checked", within: 10 }],
  });
  const cut = new Pool(new OpenSsh({ include: labPaths(one.stack).sshConfig }));
  const begun = serviceResource(cut).create({ urn: "", inputs: slow, preview: false, timeoutSeconds: 0 });
  const error = failure(begun);
  await expect.poll(() => ssh("ls /srv/slow || true"), { timeout: 20_000 }).toBe("/srv/slow");
  await cut.close();
  expect((await error).message).toContain("run up again");
  await update((await error).state, slow);
  expect(await ssh("ls /run/slow-checked /srv/slow; ls -d /var/lib/fleet/apply.* 2>/dev/null || echo clean")).toBe(
    "/run/slow-checked\n/srv/slow\nclean",
  );
});

const listeners = () => ssh("ss -Hltn | awk '{print $4}' | grep -Eo ':(22|2222)$' | sort -u | tr '\\n' ' '");
const sshd = (content: string) =>
  service("sshd", {
    files: { "/etc/ssh/sshd_config.d/20-fleet.conf": { content } },
    units: { "ssh.service": { onChange: "restart" } },
    validations: [{ command: "sshd -t" }],
  });

test("a change of sshd that keeps the line is confirmed over a new connection and stays", async () => {
  const before = one.transport.handshakes;
  states.sshd = await create(sshd("X11Forwarding no\n"));
  expect(one.transport.handshakes).toBe(before + 1);
  expect((await drift(sshd("X11Forwarding no\n"), states.sshd)).paths).toEqual([]);
  expect(
    await ssh(
      "systemctl list-units --all 'fleet-rollback*' -q | wc -l; ls -d /var/lib/fleet/apply.* 2>/dev/null | wc -l",
    ),
  ).toBe("0\n0");
});

test("one that moves sshd to another port is undone by the host itself, and the host can be reached again", async () => {
  const { message, state } = await failure(update(states.sshd!, sshd("Port 2222\n")));
  expect(message).toMatch(
    /^one\/sshd: no new connection could be made within 8 s after this change, so the host undid it by itself\./,
  );
  expect(message).toContain("Server listening on 0.0.0.0 port 2222");
  expect(await listeners()).toBe(":22");
  expect((await drift(sshd("X11Forwarding no\n"), state)).paths).toEqual([]);
  expect(
    await ssh(
      "systemctl list-units --all 'fleet-rollback*' -q | wc -l; ls -d /var/lib/fleet/apply.* 2>/dev/null | wc -l",
    ),
  ).toBe("0\n0");
});

test("a route that swallows every answer, which breaks the connection too, is undone by the host itself", async () => {
  const from = await ssh("echo ${SSH_CONNECTION%% *}");
  const unit =
    `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/sbin/ip route add blackhole ${from}/32\n` +
    `ExecStop=/sbin/ip route del blackhole ${from}/32\n[Install]\nWantedBy=multi-user.target\n`;
  const { message } = await failure(create(service("route", { units: { "route.service": { text: unit } } })));
  expect(message).toMatch(/^one\/route: no new connection could be made/);
  expect(await ssh("ls /etc/systemd/system/route.service 2>&1; ip route | grep -c blackhole || true")).toMatch(
    /No such file[^]*0$/,
  );
});

test("a run that is killed before it confirms leaves the old state, and another run waits for that", async () => {
  const killed = serviceResource(
    {
      run: (host, connection, script, options) =>
        script.includes("report 0") && !script.includes("systemd-run")
          ? new Promise<never>(() => {})
          : one.pool.run(host, connection, script, options),
      ready: (...host) => one.pool.ready(...host),
      reconnect: async () => {},
    },
    { confirmSeconds: 4 },
  );
  const news = sshd("X11Forwarding yes\n");
  void killed.update({
    urn: "urn:pulumi:t::fleet::fleet:host:Service::sshd",
    id: "",
    olds: states.sshd!,
    oldInputs: states.sshd!,
    news,
    preview: false,
    timeoutSeconds: 0,
    ignoreChanges: [],
  });
  await expect
    .poll(() => ssh("ls /var/lib/fleet/apply.*/ended 2>/dev/null || true"), { timeout: 20_000 })
    .toContain("ended");
  expect((await drift(news, states.sshd!)).paths).toEqual(['files["/etc/ssh/sshd_config.d/20-fleet.conf"].content']);
  await ssh("rm -rf /var/lib/fleet/apply.*");
});

test("a delete removes what is ours and stops it; packages and users stay", async () => {
  await Promise.all(Object.values(states).map((state) => one.remove(state)));
  expect(
    await ssh(
      "ls /etc/fleet/worker.conf /etc/nginx/conf.d/site.conf /etc/turnserver.conf /etc/cron.d/sync /var/lib/worker " +
        "/etc/systemd/system/worker* /etc/systemd/system/cron.service.d /etc/sysctl.d/60-fleet-worker.conf " +
        "2>/dev/null || true",
    ),
  ).toBe("");
  expect(
    await ssh(
      "systemctl is-active worker nginx coturn cron ssh || true; dpkg -l nginx coturn | grep -c ^ii; " +
        "id -u worker >/dev/null && echo user",
    ),
  ).toBe("inactive\ninactive\ninactive\nactive\nactive\n2\nuser");
});
