import { execFile } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { createSocket } from "node:dgram";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { isLoopback, readAddress } from "../../../src/audit/host/address.ts";
import { readCrontab, shownCommand } from "../../../src/audit/host/cron.ts";
import { fingerprintsIn, readKeys } from "../../../src/audit/host/keys.ts";
import { readHost } from "../../../src/audit/host/read.ts";
import { auditScript } from "../../../src/audit/host/script.ts";
import { publicKey } from "../../clouds/hetzner-client.ts";
import { answer } from "./answer.ts";

test.each([
  ["00000000:0016", "0.0.0.0", 22, false],
  ["0100007F:1F90", "127.0.0.1", 8080, true],
  ["00000000000000000000000000000000:0050", "::", 80, false],
  ["00000000000000000000000001000000:0143", "::1", 323, true],
  ["B80D0120000000000000000001000000:01BB", "2001:db8::1", 443, false],
  ["B80D0120010002000300040005000600:01BB", "2001:db8:2:1:4:3:6:5", 443, false],
  ["0000000000000000FFFF00000100007F:0019", "127.0.0.1", 25, true],
])("%s is %s port %i", (hex, address, port, loopback) => {
  expect(readAddress(hex)).toEqual({ address, port });
  expect(isLoopback(address)).toBe(loopback);
});
test("what is no address is none", () => expect(readAddress("hello")).toBeUndefined());

describe("crontabs", () => {
  test.each([
    [
      "/etc/crontab",
      "17 *\t* * * root cd / && run-parts /etc/cron.hourly",
      { schedule: "17 * * * *", user: "root", command: "cd / && run-parts /etc/cron.hourly" },
    ],
    ["/etc/cron.d/x", "@reboot bob /srv/start", { schedule: "@reboot", user: "bob", command: "/srv/start" }],
    [
      "/var/spool/cron/crontabs/bob",
      "0 5 * * 1 /srv/weekly --all",
      { schedule: "0 5 * * 1", user: "bob", command: "/srv/weekly --all" },
    ],
    ["/var/spool/cron/bob", "@daily /srv/daily", { schedule: "@daily", user: "bob", command: "/srv/daily" }],
    [
      "/etc/anacrontab",
      "7 25 cron.weekly nice run-parts /etc/cron.weekly",
      { schedule: "7", user: "root", command: "nice run-parts /etc/cron.weekly" },
    ],
  ])("%s: %s", (path, text, entry) =>
    expect(readCrontab(path, `# a remark\nMAILTO=root\n\n${text}\n`)).toEqual([{ path, ...entry }]),
  );
  test("an empty one has no jobs", () =>
    expect(readCrontab("/etc/crontab", "SHELL=/bin/sh\n# m h dom mon dow user command\n")).toEqual([]));
});

test.each([
  ["/srv/backup.sh", "/srv/backup.sh"],
  ["rsync -a /srv/data/ ~/copy", "rsync … /srv/data/ ~/copy"],
  [
    "TOKEN=hunter2 /usr/bin/curl -H 'Authorization: Bearer hunter2' https://example.com/hook?key=1",
    "… /usr/bin/curl …",
  ],
  ["mysql -phunter2 -u root", "mysql …"],
  ["/usr/bin/notify --token=hunter2 --to /var/spool/out", "/usr/bin/notify … /var/spool/out"],
  ["curl /T00AB12CDEF3/b9XyZ01234abcdQ", "curl …"],
  ["sh -c 'cd /srv; hunter2'", "sh …"],
  ["hunter2hunter2hunter2hunter2hunter2hunter2hunter2", "…"],
])("of a command nothing is shown that may be secret: %s", (command, shown) => {
  expect(shownCommand(command)).toBe(shown);
  expect(shown).not.toContain("hunter2");
});

describe("authorized keys", () => {
  const key = publicKey("bob@laptop");
  test("are told by fingerprint, comment and the names of their options, never by their text", () => {
    const [fingerprint] = fingerprintsIn(key);
    expect(fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    const found = readKeys(
      "/root/.ssh/authorized_keys",
      `# mine\n${key}\nrestrict,command="echo \\"hunter2, x\\" ssh-ed25519",from="10.0.0.*" ${key}\nno key\n`,
    );
    expect(found).toEqual([
      { path: "/root/.ssh/authorized_keys", type: "ssh-ed25519", fingerprint, comment: "bob@laptop", options: [] },
      {
        path: "/root/.ssh/authorized_keys",
        type: "ssh-ed25519",
        fingerprint,
        comment: "bob@laptop",
        options: ["restrict", "command", "from"],
      },
    ]);
    expect(JSON.stringify(found)).not.toMatch(/AAAA|hunter2/);
  });
  test("an empty file has none", () => expect(readKeys("/x", "")).toEqual([]));
});

describe("what a host answers", () => {
  test("a listener has its program, unit and package; an instance stands for its template; a masked unit is not enabled", () => {
    const facts = readHost(
      answer(
        {
          system: 'ID=pop\nID_LIKE="ubuntu debian"\nVERSION_ID="24.04"\n32768\t60999\n',
          sockets: "tcp 00000000:0050 11\ntcp6 00000000000000000000000000000000:0050 12\nudp 0100007F:0143 13\n",
          held: "7 11\n7 12\n",
          programs: "/proc/7 /usr/sbin/nginx\n",
          names: "/proc/7/comm:nginx\n",
          groups: "/proc/7/cgroup:0::/system.slice/nginx.service\n",
          packages: "nginx-core:amd64, diversion by x from: /other\nnginx-core: /usr/sbin/nginx\n",
          units: "getty@.service\ngetty@tty1.service\nnginx.service\nold.service\nmasked old.service\nnginx.service\n",
          passwd: "root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000::/home/bob:\nbroken\n",
          members: "sudo:x:27:bob\ndocker:x:999:eve,bob\n",
          passwords: "bob\n",
          periodic: "/etc/cron.daily/logrotate\n",
        },
        { crontab: { "/etc/crontab": "17 * * * * root run\n" }, keys: { "/root/.ssh/authorized_keys": publicKey() } },
      ),
    );
    expect(facts).toMatchObject({
      systems: ["pop", "ubuntu", "debian"],
      ephemeral: [32768, 60999],
      listeners: [
        {
          protocol: "tcp",
          address: "0.0.0.0",
          port: 80,
          program: "nginx",
          unit: "nginx.service",
          package: "nginx-core",
        },
        { protocol: "tcp", address: "::", port: 80, program: "nginx" },
        { protocol: "udp", address: "127.0.0.1", port: 323, program: undefined, unit: undefined, package: undefined },
      ],
      units: ["getty@tty1.service", "nginx.service"],
      accounts: [
        { name: "root", uid: 0, password: false },
        { name: "bob", home: "/home/bob", shell: "", groups: ["sudo", "docker"], password: true },
      ],
      cron: [{ path: "/etc/crontab" }, { path: "/etc/cron.daily/logrotate", schedule: "daily" }],
      keys: [{ type: "ssh-ed25519" }],
    });
  });

  test("nothing on it can pass for an announcement or another path", () => {
    const facts = readHost(
      answer(
        { names: "/proc/7/comm:x\n#fleet:units\n#fleet:end\n", passwd: "#fleet:units\nevil.service\n" },
        { crontab: { "/etc/cron.d/a b\n#fleet:end": "* * * * * root x\n" } },
      ),
    );
    expect(facts).toMatchObject({
      units: [],
      accounts: [],
      cron: [{ path: "/etc/cron.d/a b\n#fleet:end", command: "x" }],
    });
  });

  test("an empty one is empty", () =>
    expect(readHost(answer({}))).toEqual({
      systems: [],
      ephemeral: [32768, 60999],
      listeners: [],
      units: [],
      accounts: [],
      cron: [],
      keys: [],
    }));
  test("one that was cut short is refused, with what the host said", () =>
    expect(() => readHost("#fleet:system\n", "sh: out of memory\n")).toThrow(
      "the host's answer was cut short: sh: out of memory",
    ));
});

test.skipIf(process.platform !== "linux")(
  "the script finds this process by the ports that it holds, and root's account",
  async () => {
    const tcp = createServer();
    await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
    const udp = createSocket("udp6");
    await new Promise<void>((resolve) => udp.bind(0, "::1", resolve));
    const { stdout } = await promisify(execFile)("sh", ["-c", auditScript()], { maxBuffer: 1e8 });
    const facts = readHost(stdout);
    expect(facts.listeners).toContainEqual(
      expect.objectContaining({
        protocol: "tcp",
        address: "127.0.0.1",
        port: (tcp.address() as AddressInfo).port,
        program: expect.any(String),
      }),
    );
    expect(facts.listeners).toContainEqual(
      expect.objectContaining({ protocol: "udp", address: "::1", port: udp.address().port }),
    );
    expect(facts.accounts).toContainEqual(expect.objectContaining({ name: "root", uid: 0 }));
    tcp.close();
    udp.close();
  },
);
