import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { heartbeat } from "../../../services/heartbeat/index.ts";
import { fileText, host, secretFiles, unitText } from "../render.ts";
import { Folder } from "./shell.ts";

const args = {
  every: 30,
  to: { name: "soc.example.com", address: "10.84.0.1" },
  trust: "mesh" as const,
  domains: ["tokyo.example.com"],
  statusPort: 8084,
  ram: "used" as const,
  integrityMinutes: 60,
};
const tokyo = (changes = {}) => host({ name: "tokyo", ...changes });

test.each([
  ["debian", ["curl", "openssl", "sqlite3"]],
  ["nixos", ["curl", "openssl", "sqlite"]],
] as const)(
  "on %s: a script on a timer, as the vault's account, with its push URL in a file of root's",
  (os, packages) => {
    const service = heartbeat(args);
    expect(service.render(tokyo({ os })).packages).toEqual(packages);
    expect(secretFiles(service, tokyo({ os }))).toEqual(["0600 /root/.secrets/heartbeat.push"]);
    expect(fileText(service, "/root/.secrets/heartbeat.push", tokyo({ os }))).toBe(
      'url = "https://soc.example.com/api/push/<token kuma-tokyo>"\n',
    );
    expect(unitText(service, "heartbeat.timer")).toContain("OnUnitActiveSec=30\nAccuracySec=1s\n");
    const unit = unitText(service, "heartbeat.service", tokyo({ os }));
    for (const line of [
      "ExecStart=/bin/sh /etc/fleet/heartbeat.sh",
      "User=vault1984",
      "LoadCredential=push:/root/.secrets/heartbeat.push",
    ])
      expect(unit).toContain(`${line}\n`);
    expect(service.dependsOn).toEqual(["vault1984", "wireguard", "secrets-dir"]);
  },
);

test.each([
  [
    "a name that would be an option",
    { ...args, domains: ["-servername x"] },
    "heartbeat.domains[0]: must be a host name",
  ],
  ["a name for an address", { ...args, to: { name: "soc.example.com", address: "hub" } }, "heartbeat.to.address"],
  ["a heartbeat every second", { ...args, every: 1 }, "heartbeat.every"],
])("%s is refused", (_, wrong, message) => expect(() => heartbeat(wrong as never)).toThrow(message));

describe.skipIf(process.platform !== "linux")("the script", () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
    folder.write("data/vault1984.db", "x".repeat(3 * 1024 * 1024));
    symlinkSync("system-12-link", join(folder.path, "system"));
    // The vault's numbers for whoever asks for them; a push is written down.
    folder.program(
      "curl",
      `case $* in
*8084/status) echo '{"active_sessions": 3,'; echo '"req_1h":847, "err_1h" : 2}' ;;
*) for word; do echo "$word"; done >${folder.path}/pushed ;;
esac`,
    );
    folder.certificates({ "tokyo.example.com": "62 days 1 hour" });
    folder.program("sqlite3", `echo called >>${folder.path}/checked; echo ok`);
  });
  afterEach(() => folder.remove());
  const beat = async (over: object = {}) => {
    const { code, stderr } = await folder.run(
      fileText(heartbeat({ ...args, ...over }), "/etc/fleet/heartbeat.sh", tokyo()),
    );
    const words = readFileSync(join(folder.path, "pushed"), "utf8").trim().split("\n");
    const value = (name: string) => words.find((word) => word.startsWith(`${name}=`))!.slice(name.length + 1);
    return {
      code,
      stderr,
      words,
      status: value("status"),
      fields: JSON.parse(value("msg")) as Record<string, unknown>,
    };
  };

  test("pushes the twelve fields of the fleet's document, in its order, as numbers of this machine", async () => {
    const { code, stderr, status, fields, words } = await beat();
    expect([code, stderr, status]).toEqual([0, "", "up"]);
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
      db_size_mb: 3,
      db_integrity: true,
      active_sessions: 3,
      req_1h: 847,
      err_1h: 2,
      cert_days_remaining: 62,
      nix_gen: 12,
    });
    expect(
      Math.abs((fields.uptime_s as number) - Number(readFileSync("/proc/uptime", "utf8").split(".")[0])),
    ).toBeLessThan(20);
    for (const percentage of [fields.disk_pct, fields.cpu_pct] as number[])
      expect([typeof percentage, percentage >= 0, percentage <= 100]).toEqual(["number", true, true]);
    expect(words).toEqual(
      expect.arrayContaining(["--insecure", "--resolve", "soc.example.com:443:10.84.0.1", "-K", `${folder.path}/push`]),
    );
  });

  test.each(["used", "available"] as const)("memory is what is %s", async (ram) => {
    const [all, available] = ["MemTotal", "MemAvailable"].map(
      (name) => Number(new RegExp(`${name}: +(\\d+)`).exec(readFileSync("/proc/meminfo", "utf8"))![1]) / 1024,
    ) as [number, number];
    const wanted = ram === "used" ? all - available : available;
    expect(Math.abs(((await beat({ ram })).fields.ram_mb as number) - wanted)).toBeLessThan(all / 10);
  });

  test("of several certificates the one that ends first is told, and one that is missing is", async () => {
    const domains = ["tokyo.example.com", "example.com"];
    const served = { "tokyo.example.com": "62 days 1 hour", "example.com": "5 days 1 hour" };
    folder.certificates(served);
    expect(await beat({ domains })).toMatchObject({ status: "up", fields: { cert_days_remaining: 5 } });
    folder.certificates({ "tokyo.example.com": served["tokyo.example.com"] });
    expect(await beat({ domains })).toMatchObject({ status: "down", fields: { cert_days_remaining: null } });
  });

  test("an authority's certificate is asked for when the mesh alone is not to prove it", async () =>
    expect((await beat({ trust: "authority" })).words).not.toContain("--insecure"));

  test("processor time is that since the last heartbeat", async () => {
    const [user, , , idle] = readFileSync("/proc/stat", "utf8").split("\n")[0]!.split(/\s+/).slice(1).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    // A million idle jiffies since: nothing that this machine does could fill them.
    folder.write("run/cpu", `${user} ${user + idle - 1_000_000_000}\n`);
    expect((await beat()).fields.cpu_pct).toBeLessThan(5);
  });

  test("a sound database is checked once in a while, a damaged one each time", async () => {
    const checks = () => readFileSync(join(folder.path, "checked"), "utf8").trim().split("\n").length;
    await beat();
    await beat();
    expect(checks()).toBe(1);
    folder.program("sqlite3", `echo called >>${folder.path}/checked; echo "*** in database main ***"; exit 1`);
    await folder.run(`rm ${folder.path}/run/sound`);
    expect(await beat()).toMatchObject({
      status: "down",
      fields: { db_integrity: false },
      stderr: expect.stringContaining("in database main"),
    });
    await beat();
    expect(checks()).toBe(3);
  });

  test.each<[string, (folder: Folder) => void, string, object]>([
    [
      "a vault that tells nothing",
      (f) =>
        f.program(
          "curl",
          `case $* in *8084/status) exit 7 ;; *) for word; do echo "$word"; done >${f.path}/pushed ;; esac`,
        ),
      "up",
      { active_sessions: null, req_1h: null, err_1h: null },
    ],
    ["a vault that serves no certificate", (f) => f.certificates({}), "down", { cert_days_remaining: null }],
    [
      "a certificate that has ended",
      (f) => f.certificates({ "tokyo.example.com": "3 days ago" }),
      "up",
      { cert_days_remaining: -3 },
    ],
    ["a database that is not there", (f) => f.program("stat", "exit 1"), "up", { db_size_mb: null }],
    ["a host that is no NixOS", (f) => f.program("readlink", "exit 1"), "up", { nix_gen: null }],
  ])("%s: what is not known is null", async (_, change, status, expected) => {
    change(folder);
    expect(await beat()).toMatchObject({ code: 0, status, fields: expected });
  });

  test("fails when Kuma does not take it", async () => {
    folder.program(
      "curl",
      `case $* in *8084/status) ;; *) for word; do echo "$word"; done >${folder.path}/pushed; exit 22 ;; esac`,
    );
    expect((await beat()).code).toBe(22);
  });
});
