import { describe, expect, test } from "vitest";
import { postgres } from "../../services/postgres/index.ts";
import { redis } from "../../services/redis/index.ts";
import { showPort } from "../../src/model/port.ts";
import { secret } from "../../src/model/text.ts";
import { fileText, host, secretFiles } from "./render.ts";

const pi = host({ release: 13, addresses: { mesh: "100.64.0.3" } });

describe("postgres", () => {
  const args = {
    listen: ["loopback" as const, "mesh" as const],
    clients: ["100.64.0.0/10"],
    databases: [{ name: "blackroad", password: secret("DB_PASSWORD") }],
    settings: { shared_buffers: "1GB", log_statement: "it's", autovacuum: true, work_mem: 64 },
  };
  const service = postgres(args);

  test("it listens where it is told, and never everywhere", () => {
    expect(fileText(service, "/etc/postgresql/17/main/conf.d/fleet.conf", pi)).toBe(
      "# Written by fleet (services/postgres).\nlisten_addresses = '127.0.0.1,100.64.0.3'\nport = 5432\n" +
        "password_encryption = 'scram-sha-256'\nshared_buffers = '1GB'\nlog_statement = 'it''s'\nautovacuum = on\nwork_mem = 64\n",
    );
    expect(service.ports.map((p) => `${showPort(p)} ${p.exposure}`)).toEqual(["5432/tcp loopback", "5432/tcp mesh"]);
    expect(service.render(pi).sysctl).toEqual({ "net.ipv4.ip_nonlocal_bind": "1" });
    expect(postgres({}).render(pi).sysctl).toEqual({});
    expect(() => service.render(host({ release: 13 }))).toThrow("host here has no mesh address");
  });
  test("who may log in how", () => {
    expect(fileText(service, "/etc/postgresql/17/main/pg_hba.conf", pi).split("\n").slice(1)).toEqual([
      "local all postgres peer",
      "local all all peer",
      "host blackroad blackroad 127.0.0.1/32 scram-sha-256",
      "host blackroad blackroad ::1/128 scram-sha-256",
      "host blackroad blackroad 100.64.0.0/10 scram-sha-256",
      "",
    ]);
  });
  test("the password is in one file of root's, and in no record", () => {
    expect(secretFiles(service, pi)).toEqual(["0600 /root/.secrets/postgres-main-blackroad.password"]);
    expect(service.render(pi).records).toEqual({
      "/etc/fleet/postgres-main-keeper": {
        "role blackroad": {
          login: true,
          passwordFile: "/root/.secrets/postgres-main-blackroad.password",
          passwordIsSet: true,
        },
        "database blackroad": { owner: "blackroad" },
      },
    });
  });
  test("a cluster without databases has no keeper", () => {
    expect(postgres({}).render(pi)).toMatchObject({ records: {} });
    expect(Object.keys(postgres({}).render(pi).files)).not.toContain("/etc/fleet/postgres-main-keeper");
  });
  test("its keeper asks at the cluster's own port", () => {
    expect(fileText(postgres({ ...args, port: 5433 }), "/etc/fleet/postgres-main-keeper", pi)).toContain(
      "\nPORT = 5433\n",
    );
  });
  test.each([
    [{ release: 12 as const }, "postgresql-15"],
    [{ release: 13 as const }, "postgresql-17"],
    [{ os: "raspberry-pi-os" as const }, "postgresql-17"],
    [{ os: "ubuntu" as const }, "postgresql-16"],
  ])("the version is the system's: %j", (system, name) => {
    expect(postgres({}).render(host(system)).packages).toContain(name);
  });
  test("a system whose version is not known is refused", () => {
    expect(() => postgres({}).render(host({ os: "fedora" }))).toThrow(
      "host here runs fedora, whose PostgreSQL is not known",
    );
  });
});

describe("redis", () => {
  const service = redis({ listen: ["loopback", "mesh"], password: secret("REDIS"), maxMemory: "512mb" });
  test("it binds what it is told, and forgets what does not fit", () => {
    const text = fileText(service, "/etc/redis/redis.conf", pi);
    expect(text).toContain("\nbind 127.0.0.1 100.64.0.3\nport 6379\n");
    expect(text).toContain("\nmaxmemory 512mb\nmaxmemory-policy allkeys-lru\n");
  });
  test("the password is in a file of its own, and in no argument of a check", () => {
    expect(secretFiles(service, pi)).toEqual(["0640 /etc/redis/fleet-password.conf"]);
    expect(fileText(service, "/etc/redis/fleet-password.conf", pi)).toBe("requirepass <secret REDIS>\n");
    const commands = service.render(pi).checks.map((check) => (check.kind === "command" ? check.command : ""));
    expect(commands).toHaveLength(2);
    for (const command of commands) expect(command).not.toMatch(/ -a |--pass/);
  });
});
