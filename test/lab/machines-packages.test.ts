import { afterAll, beforeAll, expect, test } from "vitest";
import { labDown, labUp } from "../../src/lab/lifecycle.ts";
import { labPaths } from "../../src/lab/paths.ts";
import { run } from "../../src/setup/run.ts";
import { quiet } from "./quiet.ts";

/** Programs that fleets run, as Debian 13 has them: each is installed and does its work on a lab machine. */
const STACK = `test-packages-${process.pid}`;
const ssh = (command: string): Promise<string> =>
  run("ssh", ["-F", labPaths(STACK).sshConfig, "-o", "BatchMode=yes", "-o", "ConnectTimeout=4", "box", command]);

const packages = (
  "postgresql-17 postgresql-17-timescaledb pgbackrest restic caddy podman crun " +
  "docker.io docker-cli docker-registry pebble nginx coturn"
).split(" ");
const sql = (...lines: string[]) => `runuser -u postgres -- psql -qAt ${lines.map((line) => `-c "${line}"`).join(" ")}`;

beforeAll(async () => {
  await labUp(
    {
      stack: STACK,
      packages: { 13: packages },
      adoptedServers: [],
      zones: [],
      accountId: "0".repeat(32),
      staticHosts: [{ name: "box", authorizedKeys: [] }],
    },
    { progress: quiet },
  );
  // Both want port 80.
  await ssh(
    `systemctl mask -q nginx; DEBIAN_FRONTEND=noninteractive apt-get install -qqy ${packages.join(" ")} >/dev/null 2>&1`,
  );
});
afterAll(() => labDown(STACK, { forget: true }));

test.each([
  ["PostgreSQL 17", sql("show server_version"), /^17\./],
  [
    "TimescaleDB",
    [
      sql("alter system set shared_preload_libraries = 'timescaledb'"),
      "systemctl restart postgresql@17-main",
      sql(
        "create extension timescaledb",
        "create table reading (at timestamptz not null, value int)",
        "select create_hypertable('reading', 'at')",
        "insert into reading select now() - n * interval '1 day', n from generate_series(1, 30) n",
        "select count(*) > 1 from show_chunks('reading')",
      ),
    ].join(" && "),
    /^t$/m,
  ],
  ["pgBackRest", "pgbackrest version", /^pgBackRest 2\.55/],
  [
    "restic 0.18",
    "export RESTIC_PASSWORD=x RESTIC_REPOSITORY=/root/kept; restic version; restic init -q && restic backup -q /etc/ssh && restic check -q && restic snapshots",
    /^restic 0\.18\.[^]*\/etc\/ssh[^]*1 snapshots/,
  ],
  [
    "Caddy",
    "systemctl is-active caddy; curl -sI http://127.0.0.1/",
    /^active\nHTTP\/1.1 200 OK\r\nAccept-Ranges: bytes/,
  ],
  ["Podman 5", "podman info --format '{{.Version.Version}} {{.Store.GraphDriverName}}'", /^5\.\d+\.\d+ overlay$/m],
  ["Docker 26", "docker info --format '{{.ServerVersion}} {{.Driver}}'", /^26\.\S+ overlay2$/m],
  // As Debian sets it up, it asks who calls.
  [
    "docker-registry",
    "systemctl is-active docker-registry; curl -si http://127.0.0.1:5000/v2/",
    /^active\nHTTP\/1.1 401 [^]*registry\/2.0/,
  ],
  [
    "pebble",
    [
      "cd /root; openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=localhost 2>/dev/null",
      `echo '{"pebble": {"listenAddress": "127.0.0.1:14000", "certificate": "cert.pem", "privateKey": "key.pem"}}' >pebble.json`,
      "systemd-run -q --unit=pebble --working-directory=/root pebble -config pebble.json",
      "curl -sk --retry 20 --retry-connrefused --retry-delay 1 https://127.0.0.1:14000/dir",
    ].join(" && "),
    /"newOrder": "https:/,
  ],
  ["nginx", "nginx -v 2>&1", /nginx\/1\.26\./],
  ["coturn", "turnserver --version", /^4\.6\./m],
])("%s", async (_, command, answer) => expect(await ssh(command)).toMatch(answer));
