import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { labDown, labUp } from "../../src/lab/lifecycle.ts";
import { labPaths } from "../../src/lab/paths.ts";
import { PartialFailure, Secret, type Properties } from "../../src/plugin/types.ts";
import { serviceResource } from "../../src/provider/service/index.ts";
import type { Shape } from "../../src/provider/aspects/shape.ts";
import { OpenSsh } from "../../src/transport/openssh.ts";
import { Pool } from "../../src/transport/pool.ts";
import { inputsOf, madeUp } from "../provider/fixtures.ts";

const STACK = "test-nixos";
const quiet = {
  step: <T>(_: string, work: (note: (text: string) => void) => Promise<T>) => work(() => {}),
  say: () => {},
};
const run = promisify(execFile);
const ssh = async (command: string) =>
  (await run("ssh", ["-F", labPaths(STACK).sshConfig, "-o", "BatchMode=yes", "one", command])).stdout.trim();

let transport: OpenSsh;
let pool: Pool;
let resource: ReturnType<typeof serviceResource>;
let trips = 0;

beforeAll(async () => {
  await labDown(STACK, { forget: true });
  await labUp(
    {
      stack: STACK,
      adoptedServers: [],
      zones: [],
      accountId: "0".repeat(32),
      staticHosts: [{ name: "one", authorizedKeys: [], system: "nixos" }],
    },
    { progress: quiet },
  );
  transport = new OpenSsh({ include: labPaths(STACK).sshConfig });
  pool = new Pool(transport);
  resource = serviceResource(
    {
      run: (...call) => (trips++, pool.run(...call)),
      ready: (...host) => pool.ready(...host),
      reconnect: (...host) => pool.reconnect(...host),
    },
    { confirmSeconds: 8 },
  );
});
afterAll(async () => {
  await pool?.close();
  await labDown(STACK, { forget: true });
});

const urn = (inputs: Properties) => `urn:pulumi:t::fleet::fleet:host:Service::${inputs.service as string}`;
const service = (name: string, bundle: object): Properties => ({
  ...inputsOf({ os: "nixos", ...bundle }),
  host: "one",
  service: name,
  connection: {},
});
const create = async (inputs: Properties) =>
  (await resource.create({ urn: urn(inputs), inputs, preview: false, timeoutSeconds: 0 })).state;
const update = async (olds: Properties, news: Properties) =>
  (
    await resource.update({
      urn: urn(news),
      id: "",
      olds,
      oldInputs: olds,
      news,
      preview: false,
      timeoutSeconds: 0,
      ignoreChanges: [],
    })
  ).state;
const remove = (state: Properties) => resource.delete({ urn: urn(state), id: "", state, timeoutSeconds: 0 });
const drift = async (inputs: Properties, state: Properties) => {
  const { state: found } = (await resource.read({ urn: urn(inputs), id: "", inputs, state }))!;
  const { detailed } = await resource.diff({
    urn: urn(inputs),
    id: "",
    olds: found,
    oldInputs: found,
    news: inputs,
    ignoreChanges: [],
  });
  return { found, paths: Object.keys(detailed).sort() };
};
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error("did not fail");
    },
    (error: unknown) => (expect(error).toBeInstanceOf(PartialFailure), error as PartialFailure),
  );

const secretValue = madeUp();
const unit = (exec: string) =>
  "[Service]\nUser=app\nEnvironment=PATH=/run/current-system/sw/bin\nEnvironmentFile=/etc/fleet/app.env\n" +
  `ExecStart=${exec}\n[Install]\nWantedBy=multi-user.target\n`;
const app = (over: object = {}) =>
  service("app", {
    packages: ["python3", "sqlite"],
    groups: { ops: {} },
    users: { app: { home: "/var/lib/app", groups: ["ops"] } },
    directories: { "/var/lib/app": { owner: "app", group: "app", mode: "0750" } },
    files: {
      "/etc/app.conf": { content: "interval=1\n", mode: "0640", group: "app" },
      "/etc/fleet/app.env": { content: new Secret(`TOKEN=${secretValue}\n`), mode: "0600" },
      "/usr/local/bin/app": {
        content: "#!/bin/sh\nexec python3 -m http.server 8080 --bind 127.0.0.1 --directory /var/lib/app\n",
        mode: "0755",
      },
    },
    units: {
      "app.service": { text: unit("/usr/local/bin/app") },
      "app-job.timer": { text: "[Timer]\nOnCalendar=*-*-* 03:00:00\n[Install]\nWantedBy=timers.target\n" },
      "app-job.service": { text: "[Service]\nType=oneshot\nExecStart=/bin/sh -c true\n", active: false },
      "cron.service": { dropIns: { nice: "[Service]\nNice=5\n" } },
    },
    sysctl: { "net.ipv4.ip_forward": "1" },
    timeZone: "Europe/Berlin",
    checks: [{ kind: "tcp", port: 8080 }],
    ...over,
  });
const garbage = (over: object = {}) =>
  service("garbage", {
    options: { "nix.gc.automatic": true, "nix.gc.dates": "weekly" },
    units: { "nix-gc.timer": {} },
    ...over,
  });
const firewall = (ports: number[]) =>
  service("firewall", {
    options: { "networking.firewall.allowedTCPPorts": ports, "services.openssh.openFirewall": false },
  });
const states: Record<string, Properties> = {};
const generations = async () =>
  (await ssh("nixos-rebuild list-generations"))
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([number, , , current]) => `${number}${current ? "*" : ""}`);
const pids = () => ssh("systemctl show -p MainPID --value app cron").then((text) => text.split(/\s+/));

test("services come up together from nothing, over two round trips, one that confirms them, and one switch", async () => {
  const [appState, garbageState] = await Promise.all([create(app()), create(garbage())]);
  Object.assign(states, { app: appState, garbage: garbageState });
  expect([transport.handshakes, trips, await generations()]).toEqual([2, 3, ["1", "2*"]]);
  expect(
    await ssh(
      "systemctl is-active app app-job.timer nix-gc.timer; " +
        "stat -c '%a %U:%G %F' /etc/app.conf /var/lib/app /etc/fleet/app.env; date +%Z; id -nG app; " +
        "systemctl show -p Nice --value cron; sysctl -n net.ipv4.ip_forward",
    ),
  ).toMatch(
    /^(active\s+){3}640 root:app regular file\s750 app:app directory\s600 root:root regular file\sCES?T\sapp ops\s5\s1$/,
  );
});

test("a secret is only in its file: neither in the store nor in the data", async () => {
  expect(await ssh(`grep -rlF ${secretValue} /nix /etc /run 2>/dev/null || true`)).toBe("/etc/fleet/app.env");
});

test("a second look finds no change in one round trip, and a second update touches nothing", async () => {
  const before = await pids();
  trips = 0;
  const looks = await Promise.all([drift(app(), states.app!), drift(garbage(), states.garbage!)]);
  expect(looks.map(({ paths }) => paths)).toEqual([[], []]);
  expect(trips).toBe(1);
  await Promise.all([update(states.app!, app()), update(states.garbage!, garbage())]);
  expect([await pids(), await generations()]).toEqual([before, ["1", "2*"]]);
});

test("changes by hand are named one by one and put back by one switch; only what they concern restarts", async () => {
  const before = await pids();
  await ssh(`echo interval=2 >/etc/app.conf; chmod 644 /etc/fleet/app.env; sysctl -qw net.ipv4.ip_forward=0
    usermod -aG adm app; chown root /var/lib/app
    systemctl stop app-job.timer; ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/localtime
    rm /etc/systemd/system/cron.service.d/nice.conf
    sed -i 's/"weekly"/"daily"/' /etc/nixos/fleet/services/garbage.json`);
  const looks = await Promise.all([drift(app(), states.app!), drift(garbage(), states.garbage!)]);
  expect(looks.map(({ paths }) => paths)).toEqual([
    [
      'directories["/var/lib/app"].owner',
      'files["/etc/app.conf"].content',
      'files["/etc/fleet/app.env"].mode',
      'sysctl["net.ipv4.ip_forward"]',
      "timeZone",
      'units["app-job.timer"].active',
      'units["cron.service"].dropIns.nice',
      'units["cron.service"].needsReload',
      "users.app.groups",
    ],
    ['options["nix.gc.dates"]'],
  ]);
  const found = looks[0].found as unknown as Shape;
  expect([found.files["/etc/app.conf"]!.content, (looks[1].found as unknown as Shape).options["nix.gc.dates"]]).toEqual(
    ["interval=2\n", "daily"],
  );
  await Promise.all([update(looks[0].found, app()), update(looks[1].found, garbage())]);
  const again = await Promise.all([drift(app(), states.app!), drift(garbage(), states.garbage!)]);
  expect(again.map(({ paths }) => paths)).toEqual([[], []]);
  const after = await pids();
  expect(after[0]).not.toBe(before[0]); // its file changed
  expect(await generations()).toEqual(["1", "2*"]);
});

test("a switch leaves alone what must not restart, and restarts what changed once", async () => {
  const sleepy = (seconds: number) =>
    service("sleepy", {
      units: {
        "calm.service": {
          onChange: "nothing",
          text: `[Service]\nExecStart=/bin/sleep ${seconds}\n[Install]\nWantedBy=multi-user.target\n`,
        },
        "brisk.service": {
          text: `[Service]\nExecStart=/bin/sleep ${seconds}\n[Install]\nWantedBy=multi-user.target\n`,
        },
      },
    });
  const starts = () => ssh("for unit in calm brisk; do journalctl -q -o cat -u $unit | grep -c '^Started'; done");
  let state = await create(sleepy(10001));
  expect(await starts()).toBe("1\n1");
  state = await update(state, sleepy(10002));
  expect(await starts()).toBe("1\n2");
  expect((await drift(sleepy(10002), state)).paths).toEqual([]);
  await remove(state);
});

test("a generation that was taken back by hand is shown by what it lacks, and one update puts it right; two generations are kept", async () => {
  states.garbage = await update(
    states.garbage!,
    garbage({ packages: ["rsync"], options: { "nix.gc.automatic": true, "nix.gc.dates": "daily" } }),
  );
  const [former, newest] = (await generations()).map((generation) => generation.replace("*", ""));
  expect(await generations()).toEqual([former, `${newest}*`]);
  await ssh("nixos-rebuild switch --rollback");
  expect(await generations()).toEqual([`${former}*`, newest]);
  const wanted = garbage({ packages: ["rsync"], options: { "nix.gc.automatic": true, "nix.gc.dates": "daily" } });
  const { paths, found } = await drift(wanted, states.garbage);
  expect(paths).toEqual(['options["nix.gc.dates"]', "packages"]);
  states.garbage = await update(found, wanted);
  expect((await drift(wanted, states.garbage)).paths).toEqual([]);
  // The newest generation was that very system.
  expect(await generations()).toEqual([former, `${newest}*`]);
});

test("a generation that only the next boot would start is shown, too", async () => {
  const wanted = garbage({ packages: ["rsync"], options: { "nix.gc.automatic": true, "nix.gc.dates": "daily" } });
  await ssh("nix-env -p /nix/var/nix/profiles/system --rollback");
  const { paths, found } = await drift(wanted, states.garbage!);
  expect(paths).toEqual(['options["nix.gc.dates"]', "packages"]);
  states.garbage = await update(found, wanted);
  expect((await drift(wanted, states.garbage)).paths).toEqual([]);
});

test("a module changed by hand is shown, and put back", async () => {
  await ssh("echo '# by hand' >>/etc/nixos/fleet/module.nix");
  const { paths, found } = await drift(app(), states.app!);
  expect(paths).toEqual(['files["/etc/nixos/fleet/module.nix"]']);
  await update(found, app());
  expect((await drift(app(), states.app!)).paths).toEqual([]);
});

test.each<[string, object, RegExp]>([
  [
    "an option that there is not",
    { options: { "services.apache.enable": true } },
    /The option `services.apache' does not exist.*services\/bad.json/,
  ],
  [
    "a value that does not fit",
    { options: { "networking.firewall.allowedTCPPorts": ["http"] } },
    /is not of type `16 bit unsigned integer/,
  ],
  ["a package that there is not", { packages: ["no-such-package"] }, /nixpkgs has no package no-such-package/],
])("%s is refused before anything changes; the service beside it comes", async (_, wrong, message) => {
  const bad = service("bad", {
    users: { bad: {} },
    files: { "/etc/bad.conf": { content: "x" }, "/srv/bad": { content: new Secret(madeUp()) } },
    ...wrong,
  });
  const good = service("good", { files: { "/etc/good.conf": { content: message.source } } });
  const [refused, state] = await Promise.all([failure(create(bad)), create(good)]);
  expect(refused.reasons.join()).toMatch(/one\/bad: refused by the evaluation of NixOS\./);
  expect(refused.reasons.join()).toMatch(message);
  expect(
    await ssh(
      "cat /etc/good.conf; ls /etc/bad.conf /srv/bad /etc/nixos/fleet/services/bad.json 2>/dev/null; " +
        "id bad 2>/dev/null || true",
    ),
  ).toBe(message.source);
  await remove(state);
  expect(await ssh("ls /etc/good.conf 2>/dev/null || true")).toBe("");
});

test("a failing check takes the host back to the former generation, says why, and leaves no trace", async () => {
  const before = await generations();
  const broken = app({
    units: {
      ...(app().units as object),
      "app.service": { text: unit("/bin/sh -c 'echo cannot start at all; exit 3'") },
    },
  });
  const error = await failure(update(states.app!, broken));
  expect(error.reasons.join()).toMatch(
    /one\/app: .*(unit failed|health check failed|keeps crashing|instead of active)/,
  );
  expect(error.reasons.join()).toMatch(/cannot start at all/);
  expect((await generations()).filter((generation) => generation.endsWith("*"))).toEqual(
    before.filter((generation) => generation.endsWith("*")),
  );
  expect((await drift(app(), states.app!)).paths).toEqual([]);
  expect(await ssh("systemctl is-active app; curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/")).toBe(
    "active\n200",
  );
});

test("of two services that change together, only the one that fails goes back", async () => {
  const broken = app({ units: { ...(app().units as object), "app.service": { text: unit("/bin/false") } } });
  const good = service("good", { files: { "/etc/good.conf": { content: "together\n" } } });
  const [error, state] = await Promise.all([failure(update(states.app!, broken)), create(good)]);
  expect(error.reasons.join()).toMatch(/one\/app: /);
  expect([(await drift(app(), states.app!)).paths, (await drift(good, state)).paths]).toEqual([[], []]);
  expect(await ssh("systemctl is-active app; cat /etc/good.conf")).toBe("active\ntogether");
  expect(await generations()).toHaveLength(2);
  await remove(state);
});

test("a firewall that cuts the line is undone by the host itself, with everything that came with it", async () => {
  states.firewall = await create(firewall([22, 80]));
  expect(await ssh("nft list ruleset")).toContain("tcp dport { 22, 80 } accept");
  const before = await generations();
  const good = service("good", { files: { "/etc/good.conf": { content: "guarded\n" } } });
  const errors = await Promise.all([failure(update(states.firewall, firewall([80]))), failure(create(good))]);
  for (const error of errors)
    expect(error.reasons.join()).toMatch(
      /no new connection could be made within 8 s after this change, so the host undid it by itself/,
    );
  expect((await generations()).find((generation) => generation.endsWith("*"))).toBe(
    before.find((generation) => generation.endsWith("*")),
  );
  expect((await drift(firewall([22, 80]), states.firewall)).paths).toEqual([]);
});

test("a reboot starts the current generation, with its units and firewall", async () => {
  const state = () =>
    ssh(
      '[ "$(readlink /run/current-system)" = "$(readlink -f /nix/var/nix/profiles/system)" ] && ' +
        "systemctl is-active app firewall nix-gc.timer; nft list ruleset | grep -c '22, 80'; cat /run/lost",
    );
  expect((await ssh("echo before >/run/lost")) + (await state())).toMatch(/^(active\s+){3}1\nbefore$/);
  await ssh("systemctl --no-block reboot").catch(() => {});
  await expect
    .poll(() => state().catch((error: { stdout: string }) => error.stdout.trim()), { timeout: 30_000 })
    .toMatch(/^(active\s+){3}1$/);
  await pool.close();
  pool = new Pool(transport);
  expect((await drift(app(), states.app!)).paths).toEqual([]);
});

test("what is removed goes, with its account, unit and files", async () => {
  await remove(states.app!);
  expect(
    await ssh(
      "systemctl is-active app app-job.timer; " +
        "ls -d /etc/app.conf /etc/fleet/app.env /usr/local/bin/app /etc/systemd/system/app.service " +
        "/etc/nixos/fleet/services/app.json 2>/dev/null; id app 2>&1; systemctl show -p Nice --value cron; " +
        "ls /etc/nixos/fleet/services",
    ).catch((error: { stdout: string }) => error.stdout),
  ).toMatch(/^inactive\ninactive\nid: .app.: no such user\n0\nfirewall.json\ngarbage.json$/);
});
