import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { STAND_IN_VARIABLES } from "../../../services/vault1984/stand-in.ts";
import { vault1984 } from "../../../services/vault1984/index.ts";
import { timerAt } from "../../../src/model/schedule.ts";
import { fileText, host, secretFiles, unitText } from "../render.ts";
import { Folder } from "./shell.ts";

const args = {
  domains: ["tokyo.example.com", "example.com"],
  daysLeft: 14,
  binary: { url: "https://releases.example.com/vault1984", sha256: "a".repeat(64) },
  statusPort: 8084,
  variables: { ...STAND_IN_VARIABLES, domains: "VAULT_NAMES" },
  heartbeat: "off",
  backup: { when: timerAt("03:10"), keep: 2 },
};
const systems = [
  ["debian", host()],
  ["nixos", host({ os: "nixos", arch: "arm64" })],
] as const;

test.each(systems)(
  "on %s: the program comes by its hash, runs as an account of its own, and may listen on low ports",
  (os, on) => {
    const bundle = vault1984(args).render(on);
    expect(bundle.artifacts).toEqual({
      "/opt/vault1984/vault1984": { ...args.binary, mode: "0755", owner: "root", group: "root" },
    });
    expect(bundle.packages).toEqual([os === "nixos" ? "sqlite" : "sqlite3"]);
    expect(Object.entries(bundle.directories).map(([path, { mode, owner }]) => `${mode} ${owner} ${path}`)).toEqual(
      ["", "/autocert", "/backups"].map((folder) => `0700 vault1984 /var/lib/vault1984${folder}`),
    );
    expect([bundle.files["/opt/vault1984/vault1984"], bundle.cron, bundle.options]).toEqual([undefined, {}, {}]);
    const unit = unitText(vault1984(args), "vault1984.service", on);
    for (const line of [
      "User=vault1984",
      "AmbientCapabilities=CAP_NET_BIND_SERVICE",
      "Environment=VAULT_NAMES=tokyo.example.com,example.com",
      "Environment=VAULT1984_STATUS=127.0.0.1:8084",
      "Environment=VAULT1984_HEARTBEAT=off",
    ])
      expect(unit).toContain(`${line}\n`);
    // Principle 5: a node goes on without its hub.
    expect(unit).not.toMatch(/wireguard/);
  },
);

test("on a lab machine a stand-in, which says so, lies in the program's place", () => {
  const bundle = vault1984(args).render(host({ standIns: true }));
  expect(bundle.artifacts).toEqual({});
  expect(fileText(vault1984(args), "/opt/vault1984/vault1984", host({ standIns: true }))).toContain(
    "STAND-IN for vault1984",
  );
  // It has its own variables, whatever the program's are called.
  expect(unitText(vault1984(args), "vault1984.service", host({ standIns: true }))).toContain("=VAULT1984_DOMAINS=");
});

test("a program that sends its heartbeats itself is given the push URL as a credential", () => {
  const service = vault1984({ ...args, heartbeat: "soc.example.com" });
  expect([secretFiles(service), secretFiles(vault1984(args))]).toEqual([["0600 /root/.secrets/heartbeat.push"], []]);
  expect(fileText(service, "/root/.secrets/heartbeat.push")).toBe(
    "https://soc.example.com/api/push/<token kuma-here>\n",
  );
  const unit = unitText(service, "vault1984.service");
  expect(unit).toContain("LoadCredential=push:/root/.secrets/heartbeat.push\n");
  expect(unit).toContain("Environment=VAULT1984_HEARTBEAT=/run/credentials/vault1984.service/push\n");
});

test("ports, checks and the nightly copy follow from the arguments", () => {
  const service = vault1984(args);
  const { checks } = service.render(host());
  expect(checks.map((c) => "port" in c && c.port)).toEqual([80, 443, 8084]);
  expect(service.ports.map((p) => `${p.range.from} ${p.exposure}`)).toEqual([
    "80 public",
    "443 public",
    "8084 loopback",
  ]);
  expect(unitText(service, "vault1984-backup.timer")).toContain("OnCalendar=*-*-* 03:10:00");
  expect(unitText(service, "vault1984-backup.service")).toContain("ExecStart=/bin/sh /etc/fleet/vault1984-backup.sh\n");
});

test.each([
  ["the world", host(), "authorities"],
  ["a lab, with its stand-in", host({ standIns: true }), "itself"],
] as const)("from outside, in %s, every name has its certificate", (_, context, trust) => {
  const tls = { kind: "tls", port: 443, daysLeft: 14, trust };
  expect(vault1984(args).probes(context)).toEqual([
    { kind: "tcp", port: 80, open: true },
    { ...tls, name: "tokyo.example.com" },
    { ...tls, name: "example.com" },
  ]);
});

test.each([
  ["no name", { ...args, domains: [] }, "vault1984.domains: must name at least one"],
  [
    "half a hash",
    { ...args, binary: { ...args.binary, sha256: "abc" } },
    "vault1984.binary.sha256: must be 64 hexadecimal digits",
  ],
  ["no copies", { ...args, backup: { ...args.backup, keep: 0 } }, "vault1984.backup.keep"],
])("%s is refused", (_, wrong, message) => expect(() => vault1984(wrong)).toThrow(message));

describe.skipIf(spawnSync("sqlite3", ["--version"]).status !== 0)("the copy of the database", () => {
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());
  const script = fileText(vault1984(args), "/etc/fleet/vault1984-backup.sh");
  const copies = () => readdirSync(join(folder.path, "data/backups")).sort();
  const sqlite = (file: string, sql: string) =>
    spawnSync("sqlite3", [join(folder.path, file), sql], { encoding: "utf8" }).stdout.trim();

  test("nothing is there to copy yet", async () => {
    expect(await folder.run(script)).toMatchObject({ code: 0, stdout: expect.stringContaining("to copy yet") });
    expect([copies(), existsSync(join(folder.path, "data/vault1984.db"))]).toEqual([[], false]);
  });

  test("is made of a database in use, and only the newest ones are kept", async () => {
    sqlite("data/vault1984.db", "pragma journal_mode=wal; create table t (x); insert into t values (1);");
    for (const old of ["20260101T000000Z", "20260102T000000Z"]) folder.write(`data/backups/vault1984-${old}.db`, "");
    expect(await folder.run(script)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(copies()).toEqual(["vault1984-20260102T000000Z.db", expect.stringMatching(/^vault1984-\d{8}T\d{6}Z\.db$/)]);
    expect(sqlite(`data/backups/${copies()[1]}`, "select x from t")).toBe("1");
  });

  test("of a damaged database is told and thrown away; the old ones stay", async () => {
    sqlite("data/vault1984.db", "create table t (x);");
    folder.write("data/backups/vault1984-20260101T000000Z.db", "");
    folder.program(
      "sqlite3",
      `case $* in *quick_check*) echo "row 1 missing" ;; *) touch "$(printf %s "$4" | ` +
        `sed "s/.*'\\(.*\\)'/\\1/")" ;; esac`,
    );
    expect(await folder.run(script)).toMatchObject({ code: 1, stdout: "the copy is damaged: row 1 missing\n" });
    expect(copies()).toEqual(["vault1984-20260101T000000Z.db"]);
  });
});
