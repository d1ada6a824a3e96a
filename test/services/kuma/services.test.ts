import { expect, test } from "vitest";
import { kumaMonitor } from "../../../services/kuma-monitor/index.ts";
import { nginx } from "../../../services/nginx/index.ts";
import { ntfy } from "../../../services/ntfy/index.ts";
import { uptimeKuma } from "../../../services/uptime-kuma/index.ts";
import { kumaSite } from "../../../services/uptime-kuma/site.ts";
import { secret } from "../../../src/model/text.ts";
import { fileText, host, secretFiles, unitText } from "../render.ts";

const KEEPER = "/usr/local/lib/fleet/uptime-kuma";
const hub = (changes = {}) => host({ name: "zurich", addresses: { ipv4: "192.0.2.1", mesh: "10.84.0.1" }, ...changes });
const kuma = uptimeKuma({
  username: "admin",
  password: secret("KUMA_PASSWORD"),
  notification: { name: "ntfy", server: "http://10.84.0.1:2586", topic: "alerts" },
});

test("Uptime Kuma listens on the loopback, and its keeper knows the password from a file of root's", () => {
  const unit = unitText(kuma, "uptime-kuma.service", hub());
  for (const line of [
    "ExecStart=/usr/bin/node /opt/uptime-kuma/server/server.js",
    "Environment=UPTIME_KUMA_HOST=127.0.0.1",
    "Environment=DATA_DIR=/opt/uptime-kuma/data/",
  ])
    expect(unit).toContain(`${line}\n`);
  expect(secretFiles(kuma, hub())).toEqual(["0600 /etc/fleet/uptime-kuma.json"]);
  expect(fileText(kuma, "/etc/fleet/uptime-kuma.json", hub())).toBe(
    '{"url": "http://127.0.0.1:3001", "username": "admin", "password": "<secret KUMA_PASSWORD>"}\n',
  );
  const bundle = kuma.render(hub());
  expect(bundle.files[KEEPER]).toMatchObject({ mode: "0755", owner: "root" });
  expect(bundle.records).toEqual({
    [KEEPER]: {
      "notification ntfy": {
        type: "ntfy",
        ntfyserverurl: "http://10.84.0.1:2586",
        ntfytopic: "alerts",
        ntfyPriority: 4,
      },
    },
  });
  expect(kuma.ports.map((p) => p.exposure)).toEqual(["loopback"]);
});

test("Kuma's own program is never written to a real host; a lab machine gets a stand-in that says so", () => {
  expect(Object.keys(kuma.render(hub()).files).filter((path) => path.startsWith("/opt/"))).toEqual([]);
  expect(kuma.render(hub()).validations[0]!.command).toContain("/opt/uptime-kuma/server/server.js is not there");
  const lab = hub({ standIns: true });
  for (const file of ["server.js", "kuma.py", "engine_io.py"])
    expect(fileText(kuma, `/opt/uptime-kuma/server/${file}`, lab)).toContain("STAND-IN");
  expect(unitText(kuma, "uptime-kuma.service", lab)).toContain("ExecStart=/opt/uptime-kuma/server/server.js\n");
});

test("a monitor is one service of the hub: a record of plain data, and the node's token in a file", () => {
  const monitor = kumaMonitor({ node: "tokyo", silence: 120, notification: "ntfy" });
  expect(monitor.name).toBe("kuma-monitor-tokyo");
  expect(monitor.dependsOn).toEqual(["uptime-kuma", "secrets-dir"]);
  expect(monitor.render(hub()).records).toEqual({
    [KEEPER]: {
      "monitor tokyo": {
        type: "push",
        active: true,
        interval: 120,
        maxretries: 0,
        notifications: ["ntfy"],
        tokenFile: "/root/.secrets/kuma-tokyo.token",
      },
    },
  });
  expect(secretFiles(monitor)).toEqual(["0600 /root/.secrets/kuma-tokyo.token"]);
  expect(fileText(monitor, "/root/.secrets/kuma-tokyo.token")).toBe("<token kuma-tokyo>\n");
});

test("ntfy listens on the address in the mesh alone", () => {
  const service = ntfy({ port: 2586 });
  expect(fileText(service, "/etc/ntfy/server.yml", hub())).toContain('listen-http: "10.84.0.1:2586"\n');
  expect(service.ports.map((p) => p.exposure)).toEqual(["mesh"]);
  expect(service.render(hub({ standIns: true })).files["/usr/bin/ntfy"]).toBeDefined();
  expect(service.render(hub()).files["/usr/bin/ntfy"]).toBeUndefined();
  expect(() => service.render(host())).toThrow("host here has no address in the mesh");
});

test("Kuma's site is for the mesh alone, and its push URLs are written into no log", () => {
  const conf = fileText(
    nginx({ sites: [kumaSite({ name: "soc.example.com", mesh: "10.84.0.0/24" })] }),
    "/etc/nginx/conf.d/soc.example.com-443.conf",
  );
  expect(
    conf
      .split("    location ")
      .slice(1)
      .map((text) =>
        text
          .split("\n")
          .map((line) => line.trim())
          .slice(0, 6),
      ),
  ).toEqual([
    expect.arrayContaining(["^~ /.well-known/acme-challenge/ {"]),
    [
      "/api/push/ {",
      "access_log off;",
      "error_log /dev/null;",
      "allow 10.84.0.0/24;",
      "deny all;",
      "proxy_pass http://127.0.0.1:3001;",
    ],
    [
      "/ {",
      "allow 10.84.0.0/24;",
      "deny all;",
      "proxy_pass http://127.0.0.1:3001/;",
      "proxy_http_version 1.1;",
      "proxy_set_header Upgrade $http_upgrade;",
    ],
  ]);
  const probes = nginx({ sites: [kumaSite({ name: "soc.example.com", mesh: "10.84.0.0/24" })] }).probes(hub());
  expect(probes.map((p) => "status" in p && [p.path, p.status])).toEqual([
    ["/", 301],
    ["/api/push/nobody", 403],
    ["/", 403],
  ]);
});

test.each([
  [
    "a password in the open",
    () =>
      uptimeKuma({
        username: "admin",
        password: "x" as never,
        notification: { name: "ntfy", server: "http://10.84.0.1:2586", topic: "alerts" },
      }),
    "uptime-kuma.password",
  ],
  [
    "a monitor that Kuma would refuse",
    () => kumaMonitor({ node: "tokyo", silence: 5, notification: "ntfy" }),
    "kuma-monitor.silence",
  ],
  [
    "a network that is none",
    () => nginx({ sites: [kumaSite({ name: "soc.example.com", mesh: "10.84.0.0" })] }),
    'nginx.sites[0].proxies[0].only[0]: must be a network such as "10.84.0.0/24"',
  ],
])("%s is refused", (_, make, message) => expect(make).toThrow(message));
