/**
 * The services of a hub with Debian and a spoke with NixOS on two real machines, with their lab addresses in place of
 * the mesh.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { certificate } from "../../services/certificate/index.ts";
import { certificateWatchdog } from "../../services/certificate-watchdog/index.ts";
import { firewall } from "../../services/firewall/index.ts";
import { heartbeat } from "../../services/heartbeat/index.ts";
import { kumaMonitor } from "../../services/kuma-monitor/index.ts";
import { nixGc } from "../../services/nix-gc/index.ts";
import { nginx } from "../../services/nginx/index.ts";
import { ntfy } from "../../services/ntfy/index.ts";
import { secretsDir } from "../../services/secrets-dir/index.ts";
import { sshMesh } from "../../services/ssh-mesh/index.ts";
import { timeSync } from "../../services/time-sync/index.ts";
import { uptimeKuma } from "../../services/uptime-kuma/index.ts";
import { kumaSite } from "../../services/uptime-kuma/site.ts";
import { STAND_IN_VARIABLES } from "../../services/vault1984/stand-in.ts";
import { vault1984 } from "../../services/vault1984/index.ts";
import { labDown, labStatus, labUp } from "../../src/lab/lifecycle.ts";
import { labPaths } from "../../src/lab/paths.ts";
import { tcp } from "../../src/model/port.ts";
import type { Service } from "../../src/model/service.ts";
import { secret, type Ref } from "../../src/model/text.ts";
import type { Properties } from "../../src/plugin/types.ts";
import { serviceResource } from "../../src/provider/service/index.ts";
import { OpenSsh } from "../../src/transport/openssh.ts";
import { Pool } from "../../src/transport/pool.ts";
import { inputsOf, madeUp } from "../provider/fixtures.ts";
import { resolved } from "../provider/resolved.ts";

const STACK = "test-vault-services";
const SOC = "soc.example.com";
const quiet = {
  step: <T>(_: string, work: (note: (text: string) => void) => Promise<T>) => work(() => {}),
  say: () => {},
};
const run = promisify(execFile);
const ssh = async (host: "hub" | "tokyo", command: string) =>
  (await run("ssh", ["-F", labPaths(STACK).sshConfig, "-o", "BatchMode=yes", host, command])).stdout.trim();
/** From this machine, which is no member of what stands for the mesh. */
const fromOutside = (...args: string[]) =>
  run("curl", ["-sk", "--max-time", "5", ...args]).then(
    ({ stdout }) => stdout,
    (error: { code: number }) => `curl ${error.code}`,
  );

const values: Record<string, string> = {
  "secret KUMA_PASSWORD": madeUp(),
  "token kuma-tokyo": madeUp().replaceAll("-", ""),
};
const address = { hub: "", tokyo: "" };
let pool: Pool;
let resource: ReturnType<typeof serviceResource>;
const states = new Map<string, Properties>();

beforeAll(async () => {
  await labDown(STACK, { forget: true });
  await labUp(
    {
      stack: STACK,
      packages: { 13: ["nginx", "systemd-timesyncd"] },
      adoptedServers: [],
      zones: [],
      accountId: "0".repeat(32),
      staticHosts: [
        { name: "hub", authorizedKeys: [] },
        { name: "tokyo", authorizedKeys: [], system: "nixos" },
      ],
    },
    { progress: quiet },
  );
  for (const { name, address: found } of (await labStatus(STACK)).hosts) address[name as "hub"] = found;
  pool = new Pool(new OpenSsh({ include: labPaths(STACK).sshConfig }));
  resource = serviceResource(pool, { confirmSeconds: 8 });
});
afterAll(async () => {
  await pool?.close();
  await labDown(STACK, { forget: true });
});

const ntfyServer = () => ({ server: `http://${address.hub}:2586`, topic: "alerts" });
const hub = (): Service[] => [
  secretsDir({}),
  timeSync({}),
  firewall({}),
  certificate({ name: SOC, from: { selfSigned: 30 } }),
  ntfy({ port: 2586 }),
  uptimeKuma({ username: "admin", password: secret("KUMA_PASSWORD"), notification: { name: "ntfy", ...ntfyServer() } }),
  nginx({ sites: [kumaSite({ name: SOC, mesh: `${address.tokyo}/32` })] }),
  kumaMonitor({ node: "tokyo", silence: 20, notification: "ntfy" }),
];
const vault = () =>
  vault1984({
    domains: ["tokyo.example.com"],
    daysLeft: 14,
    binary: { url: "https://releases.example.com/vault1984", sha256: "0".repeat(64) },
    statusPort: 8084,
    variables: STAND_IN_VARIABLES,
    heartbeat: "off",
    backup: { when: { onCalendar: "*-*-* 03:10:00" }, keep: 2 },
  });
const beating = () =>
  heartbeat({
    every: 5,
    to: { name: SOC, address: address.hub },
    trust: "mesh",
    domains: ["tokyo.example.com"],
    statusPort: 8084,
    ram: "used",
    integrityMinutes: 1,
  });
const spoke = (): Service[] => [
  secretsDir({}),
  sshMesh({}),
  firewall({}),
  timeSync({}),
  nixGc({ when: "weekly" }),
  vault(),
  beating(),
  certificateWatchdog({
    domains: ["tokyo.example.com"],
    days: 14,
    when: { onCalendar: "*-*-* 06:00:00" },
    ntfy: ntfyServer(),
  }),
];

const valueOf = ({ ref, name }: Ref): string => values[`${ref} ${name}`]!;
/** What the provider is given for a service: the bundle with its values in place. */
const inputs = (host: "hub" | "tokyo", service: Service): Properties => {
  const publicPorts = [tcp(22), tcp(80), tcp(443), ...(host === "hub" ? [tcp(2586)] : [])];
  const os = host === "hub" ? "debian" : "nixos";
  const bundle = service.render({
    name: host,
    os,
    arch: "amd64",
    timeZone: "UTC",
    standIns: true,
    publicPorts,
    addresses: { mesh: address[host] },
  });
  return {
    ...inputsOf({ ...(os === "nixos" && { os }), ...(resolved(bundle, valueOf) as object) }),
    host,
    service: service.name,
    connection: {},
  };
};
const bring = async (host: "hub" | "tokyo", service: Service): Promise<void> => {
  const news = inputs(host, service);
  const olds = states.get(`${host}/${service.name}`);
  const request = { urn: "", id: "", preview: false, timeoutSeconds: 0 };
  const { state } = olds
    ? await resource.update({ ...request, olds, oldInputs: olds, news, ignoreChanges: [] })
    : await resource.create({ ...request, inputs: news });
  states.set(`${host}/${service.name}`, state);
};
const drift = async (host: "hub" | "tokyo", service: Service): Promise<string[]> => {
  const news = inputs(host, service);
  const found = (await resource.read({ urn: "", id: "", inputs: news, state: states.get(`${host}/${service.name}`)! }))!
    .state;
  states.set(`${host}/${service.name}`, found);
  return Object.keys(
    (await resource.diff({ urn: "", id: "", olds: found, oldInputs: found, news, ignoreChanges: [] })).detailed,
  );
};

interface Beat {
  status: number;
  msg: string;
  at: number;
}
const beats = async (): Promise<Beat[]> =>
  Object.values(
    (JSON.parse(await ssh("hub", "cat /opt/uptime-kuma/data/kuma-stand-in.json")) as { beats: Record<string, Beat[]> })
      .beats,
  )[0] ?? [];
const fieldsOf = (beat: Beat) => JSON.parse(beat.msg) as Record<string, unknown>;
const nextBeats = async (count: number): Promise<Beat[]> => {
  const since = (await beats()).at(-1)?.at ?? 0;
  await expect
    .poll(async () => (await beats()).filter(({ at }) => at > since).length, { timeout: 40_000, interval: 500 })
    .toBeGreaterThanOrEqual(count);
  return (await beats()).filter(({ at }) => at > since);
};
const alerts = async (): Promise<string[]> =>
  (await ssh("hub", `curl -s http://${address.hub}:2586/alerts/json?poll=1`))
    .split("\n")
    .filter(Boolean)
    .map((line) =>
      (({ title, message }) => `${title}: ${message}`)(JSON.parse(line) as { title: string; message: string }),
    );
const keeper = (verb: string, records: object) =>
  ssh("hub", `echo '${JSON.stringify(records)}' | /usr/local/lib/fleet/uptime-kuma ${verb}`);

test("hub and spoke come up, Kuma with what it had as another account; a second look finds nothing to do", async () => {
  const mine = { id: 7, name: "mine", config: '{"type":"slack"}', active: true, userId: 1, isDefault: false };
  const had = { user: null, next: 8, monitors: {}, notifications: { 7: mine }, beats: {}, since: {} };
  await ssh(
    "hub",
    `mkdir -p /opt/uptime-kuma; umask 077; mkdir /opt/uptime-kuma/data; echo '${JSON.stringify(had)}' >/opt/uptime-kuma/data/kuma-stand-in.json`,
  );
  const inOrder = async (services: Service[]) => {
    for (const service of services) await bring("hub", service);
  };
  await Promise.all([inOrder(hub()), ...spoke().map((service) => bring("tokyo", service))]);
  expect(await Promise.all([...hub().map((s) => drift("hub", s)), ...spoke().map((s) => drift("tokyo", s))])).toEqual(
    [...hub(), ...spoke()].map(() => []),
  );
  expect(JSON.parse(await keeper("read", { "notification mine": { type: "" } }))).toEqual({
    "notification mine": { type: "slack" },
  });
});

test("the vault answers on 80 and 443, and its status only on the loopback", async () => {
  expect(await fromOutside("-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", `http://${address.tokyo}/`)).toBe(
    "301 https://tokyo.example.com/",
  );
  expect(JSON.parse(await fromOutside(`https://${address.tokyo}/`))).toMatchObject({ standIn: "vault1984" });
  expect(await fromOutside(`http://${address.tokyo}:8084/status`)).toMatch(/^curl (7|28)$/);
  expect(
    await ssh("tokyo", "ps -o user= -C vault1984; sqlite3 /var/lib/vault1984/vault1984.db 'pragma journal_mode'"),
  ).toBe("vault1984\nwal");
});

test("heartbeats come in time by the front, with the twelve fields, and their numbers are real", async () => {
  await ssh("tokyo", "for path in login login nothing; do curl -sk -o /dev/null https://127.0.0.1/$path; done");
  const [, second, third] = await nextBeats(3);
  expect(Math.abs(third!.at - second!.at - 5)).toBeLessThan(2);
  expect(third!.status).toBe(1);
  const fields = fieldsOf(third!);
  expect(Object.keys(fields)).toEqual([
    "node",
    "ram_mb",
    "disk_pct",
    "cpu_pct",
    "db_size_mb",
    "db_integrity",
    "active_sessions",
    "req_1h",
    "err_1h",
    "cert_days_remaining",
    "nix_gen",
    "uptime_s",
  ]);
  expect(fields).toMatchObject({
    node: "tokyo",
    db_integrity: true,
    active_sessions: 2,
    req_1h: 4,
    err_1h: 1,
    nix_gen: Number(await ssh("tokyo", "readlink /nix/var/nix/profiles/system | tr -cd 0-9")),
  });
  expect([89, 90]).toContain(fields.cert_days_remaining);
  const [memory, disk, uptime] = (
    await ssh(
      "tokyo",
      "awk '/MemTotal/ { all = $2 } /MemAvailable/ { print (all - $2) / 1024 }' /proc/meminfo; df -Pk /var/lib/vault1984 | " +
        "awk 'NR == 2 { print 100 * $3 / ($3 + $4) }'; cut -d. -f1 /proc/uptime",
    )
  )
    .split("\n")
    .map(Number) as [number, number, number];
  expect(Math.abs((fields.ram_mb as number) - memory)).toBeLessThan(memory / 3);
  expect(Math.abs((fields.disk_pct as number) - disk)).toBeLessThan(2);
  expect(Math.abs((fields.uptime_s as number) - uptime)).toBeLessThan(60);
});

test("a vault that is stopped shows in the heartbeat and as an alert, and so does its return", async () => {
  await ssh("tokyo", "systemctl stop vault1984");
  const down = (await nextBeats(2)).at(-1)!;
  expect([down.status, fieldsOf(down)]).toMatchObject([
    0,
    { cert_days_remaining: null, active_sessions: null, db_integrity: true },
  ]);
  expect(await drift("tokyo", vault())).toEqual(['units["vault1984.service"].active']);
  await bring("tokyo", vault());
  expect((await nextBeats(2)).at(-1)!.status).toBe(1);
  expect((await alerts()).map((text) => text.split(":")[0])).toEqual([
    "tokyo Down [Uptime-Kuma]",
    "tokyo Up [Uptime-Kuma]",
  ]);
});

test("a node that falls silent is down", async () => {
  await ssh("tokyo", "systemctl stop heartbeat.timer");
  await expect
    .poll(async () => (await beats()).at(-1)!.msg, { timeout: 40_000, interval: 1000 })
    .toBe("No heartbeat in the time window");
  expect(await drift("tokyo", beating())).toEqual(['units["heartbeat.timer"].active']);
  await bring("tokyo", beating());
  expect((await nextBeats(1)).at(-1)!.status).toBe(1);
});

test("soc answers the mesh, and refuses everybody else: its pages and its push URL", async () => {
  const ask = (path: string) => [
    "--resolve",
    `${SOC}:443:${address.hub}`,
    "-o",
    "/dev/null",
    "-w",
    "%{http_code}",
    `https://${SOC}${path}`,
  ];
  const push = `/api/push/${values["token kuma-tokyo"]}`;
  expect(await Promise.all(["/", "/socket.io/", push].map((path) => fromOutside(...ask(path))))).toEqual([
    "403",
    "403",
    "403",
  ]);
  expect(await ssh("tokyo", `curl -sk ${ask("/").join(" ")}`)).toBe("200");
  expect(await fromOutside(`http://${address.hub}:3001/`)).toMatch(/^curl (7|28)$/);
});

test("the token is in no log and no list of processes", async () => {
  const inFile = {
    hub: "cat /root/.secrets/kuma-tokyo.token",
    tokyo: "sed 's|.*/push/\\(.*\\)\"|\\1|' /root/.secrets/heartbeat.push",
  };
  for (const host of ["hub", "tokyo"] as const) {
    const look =
      `${inFile[host]} >/run/token; end=$(($(date +%s) + 7)); { journalctl -q --no-pager; ` +
      `cat /var/log/nginx/* 2>/dev/null; while [ "$(date +%s)" -lt $end ]; ` +
      "do cat /proc/[0-9]*/cmdline 2>/dev/null; done; } | grep -acFf /run/token || true; cat /run/token";
    expect(await ssh(host, look)).toBe(`0\n${values["token kuma-tokyo"]}`);
  }
  expect(await ssh("tokyo", "stat -c '%a %U' /root/.secrets/heartbeat.push; stat -c '%a' /root/.secrets")).toBe(
    "600 root\n700",
  );
});

test("a monitor changed by hand is drift of its own service alone, and is put back", async () => {
  const [kuma, monitor] = [hub()[5]!, hub()[7]!];
  await keeper("write", { "monitor tokyo": { interval: 600, active: false, notifications: [] } });
  const path = 'records["/usr/local/lib/fleet/uptime-kuma"]["monitor tokyo"]';
  expect(await Promise.all([drift("hub", kuma), drift("hub", monitor)])).toEqual([
    [],
    [`${path}.active`, `${path}.interval`, `${path}.notifications`],
  ]);
  await bring("hub", monitor);
  expect(await drift("hub", monitor)).toEqual([]);
  await ssh("hub", "systemctl stop uptime-kuma");
  await expect(drift("hub", monitor)).rejects.toThrow(
    /unknown: hub: \S+ could not read its records: Uptime Kuma does not answer/,
  );
  await bring("hub", kuma);
  expect(await drift("hub", monitor)).toEqual([]);
});

test("the database is copied on demand as by night, and old copies go", async () => {
  for (let i = 0; i < 3; i++) await ssh("tokyo", "systemctl start vault1984-backup && sleep 1");
  const copies = (await ssh("tokyo", "ls /var/lib/vault1984/backups")).split("\n");
  expect(copies).toEqual([
    expect.stringMatching(/^vault1984-\d{8}T\d{6}Z\.db$/),
    expect.stringMatching(/^vault1984-\d{8}T\d{6}Z\.db$/),
  ]);
  expect(
    await ssh(
      "tokyo",
      `sqlite3 /var/lib/vault1984/backups/${copies[1]} 'select count(*) from sessions'; ` +
        `stat -c '%a %U' /var/lib/vault1984/backups/${copies[1]}`,
    ),
  ).toBe("2\n600 vault1984");
});

test("the watchdog warns of a certificate that is about to end, and is quiet about others", async () => {
  // A heartbeat that comes just when the vault starts anew is told too, by Kuma.
  const warnings = async () => (await alerts()).filter((alert) => alert.startsWith("tokyo: certificate: "));
  await ssh("tokyo", "systemctl start certificate-watchdog");
  expect(await warnings()).toEqual([]);
  await ssh(
    "tokyo",
    "cd /var/lib/vault1984/autocert && " +
      "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 5 -subj /CN=tokyo.example.com " +
      "-keyout stand-in.pem -out cert 2>/dev/null && cat cert >>stand-in.pem && rm cert && " +
      "systemctl restart vault1984 && until curl -sk -o /dev/null https://127.0.0.1/; do sleep 0.5; " +
      "done && systemctl start certificate-watchdog",
  );
  expect(await warnings()).toEqual([
    expect.stringMatching(/^tokyo: certificate: the certificate of tokyo\.example\.com on tokyo ends in [45] days$/),
  ]);
});

test("sshd answers on the address in the mesh and on no other, and the firewall lets nothing else in", async () => {
  expect(await ssh("tokyo", "ss -Hltn 'sport = 22' | awk '{ print $4 }'")).toBe(`${address.tokyo}:22`);
  await ssh(
    "tokyo",
    "systemd-run --quiet --unit=open python3 -m http.server 9000; for i in 1 2 3 4 5 6 7 8 9; " +
      "do curl -s -o /dev/null localhost:9000 && break; sleep 0.5; done",
  );
  expect(await fromOutside(`http://${address.tokyo}:9000/`)).toBe("curl 28");
  await ssh("tokyo", "nft flush ruleset");
  expect(await fromOutside("-o", "/dev/null", "-w", "%{http_code}", `http://${address.tokyo}:9000/`)).toBe("200");
});

test("what is deleted goes: the monitor from Kuma, the units from the hosts; the vault's data stays", async () => {
  await resource.delete({ urn: "", id: "", state: states.get("hub/kuma-monitor-tokyo")!, timeoutSeconds: 0 });
  expect(JSON.parse(await keeper("read", { "monitor tokyo": {}, "notification ntfy": {} }))).toEqual({
    "notification ntfy": {},
  });
  for (const name of ["certificate-watchdog", "heartbeat", "vault1984"])
    await resource.delete({ urn: "", id: "", state: states.get(`tokyo/${name}`)!, timeoutSeconds: 0 });
  expect(
    await ssh(
      "tokyo",
      "systemctl is-active vault1984 heartbeat.timer vault1984-backup.timer || true; ls /etc/fleet /root/.secrets; " +
        "ls /var/lib/vault1984/vault1984.db",
    ),
  ).toBe("inactive\ninactive\ninactive\n/etc/fleet:\nservices\n\n/root/.secrets:\n/var/lib/vault1984/vault1984.db");
});
