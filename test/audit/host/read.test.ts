import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { createSocket } from "node:dgram";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { isLoopback, readAddress } from "../../../src/audit/host/address.ts";
import { readCrontab, shownCommand } from "../../../src/audit/host/cron.ts";
import { readKeys } from "../../../src/audit/host/keys.ts";
import { fingerprintsIn } from "../../../src/clouds/fingerprint.ts";
import { readHost } from "../../../src/audit/host/read.ts";
import { auditScript, FILE_LIMIT } from "../../../src/audit/host/script.ts";
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
    expect(readCrontab(path, `# a remark\nMAILTO=root\n\n${text}\n`)).toEqual({
      things: [{ path, ...entry }],
      unread: [],
    }),
  );
  test("an empty one has no jobs", () =>
    expect(readCrontab("/etc/crontab", "SHELL=/bin/sh\n# m h dom mon dow user command\n")).toEqual({
      things: [],
      unread: [],
    }));
  test("a line that is no job and says something is told by its number", () =>
    expect(readCrontab("/etc/crontab", '# x\nevery day, please\n\n"A B" = 1\n')).toMatchObject({ unread: [2, 4] }));
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
    const { things: found, unread } = readKeys(
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
    expect(unread).toEqual([]);
  });
  test("an empty file has none", () => expect(readKeys("/x", "")).toEqual({ things: [], unread: [] }));
  test("a key of a kind that nobody knows is told by its line", () =>
    expect(readKeys("/x", "\nlattice-9 AAAAB3Nz me\n# AAAA\n").unread).toEqual([2]));
});

describe("what a host answers", () => {
  test("a listener has its program, unit and package; an instance stands for its template; a masked unit is not enabled", () => {
    const facts = readHost(
      answer(
        {
          system: 'ID=pop\nID_LIKE="ubuntu debian"\nVERSION_ID="24.04"\n32768\t60999\n',
          sockets: "tcp 00000000:0050 11\ntcp6 00000000000000000000000000000000:0050 12\nudp 0100007F:0143 13\n",
          held: "7 11\n7 12\n",
          programs: "/proc/7 /usr/sbin/nginx (deleted)\n",
          names: "/proc/7/comm:nginx\n",
          groups: "/proc/7/cgroup:0::/system.slice/nginx.service\n",
          packages: "nginx-core:amd64, diversion by x from: /other\nnginx-core: /usr/sbin/nginx\n",
          units: [
            "wanted getty@.service",
            "wanted getty@tty1.service",
            "wanted nginx.service",
            "wanted old.service",
            "link1 old.service /dev/null",
            "link1 www.service /lib/systemd/system/nginx.service",
            "link1 own.service /srv/own.service",
            "link2 deep.service /lib/systemd/system/other.service",
          ].join("\n"),
          passwd: "root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000::/home/bob:\n",
          members: "sudo:x:27:bob\ndocker:x:999:eve,bob\n",
          passwords: "bob\n",
          cron: "/etc/cron.daily/logrotate\n/etc/crontab\n",
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
      unknown: [],
    });
  });

  test("nothing on it can pass for an announcement or another path", () => {
    const facts = readHost(
      answer(
        { names: "/proc/7/comm:x\n#fleet:units\n#fleet:end\n", members: "#fleet:units\nwanted evil.service\n" },
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
      containers: [],
      cron: [],
      keys: [],
      unknown: [],
    }));

  test("containers are told with their image and open ports, also those that do not run", () =>
    expect(
      readHost(answer({ containers: "podman\tapi\tghcr.io/a/b:1\t0.0.0.0:80->80/tcp\ndocker\told\tx\t\n" })).containers,
    ).toEqual([
      { engine: "podman", name: "api", image: "ghcr.io/a/b:1", ports: "0.0.0.0:80->80/tcp" },
      { engine: "docker", name: "old", image: "x", ports: "" },
    ]));

  const all = answer({});
  const told = (parts: Parameters<typeof answer>[0], stderr = "", files: Parameters<typeof answer>[1] = {}) =>
    readHost(answer(parts, files), stderr).unknown;
  test.each<[string, string[], string[]]>([
    ["a part without an answer", told({ units: undefined }), ["units: the host gave no answer"]],
    [
      "a part that was cut",
      readHost(all.replace(/(#fleet:units\n).*/, "$1d2Fu")).unknown,
      ["units: the host gave no answer"],
    ],
    [
      "a tool that is missing, with its own words",
      told(
        { units: ["", 127] },
        "#fleet:system\n#fleet:sockets\n#fleet:held\n#fleet:programs\n#fleet:names\n#fleet:groups\n" +
          "#fleet:packages\n#fleet:units\nsh: 31: find: not found\n",
      ),
      ["units: find: not found"],
    ],
    [
      "a tool that was killed without a word",
      told({ held: ["7 11\n", 137] }),
      ["which programs hold ports open: it ended with code 137"],
    ],
    [
      "one reason for several, once",
      told({ units: undefined, passwd: undefined, cron: undefined }),
      ["units, accounts, cron entries: the host gave no answer"],
    ],
    [
      "an account that cannot be read",
      told({ passwd: "root:x:0:0::/root:/bin/sh\nbroken\n+::::::\n" }),
      ["/etc/passwd line 2, /etc/passwd line 3: it cannot be read"],
    ],
    [
      "an engine that does not answer, while the other does",
      told({ containers: ["podman\tapi\tx\t\n", 1] }),
      ["containers of root's: it ended with code 1"],
    ],
    [
      "a container that cannot be read",
      told({ containers: "podman\n" }),
      ['a container: what its engine says cannot be read: "podman"'],
    ],
    ["a port that cannot be read", told({ sockets: "tcp hello 1\n" }), ['a port: its address cannot be read: "hello"']],
    [
      "a program that cannot be seen",
      told({ sockets: "tcp 00000000:0050 11\n", held: "7 11\n" }),
      ["80/tcp: the program that holds it open cannot be seen"],
    ],
    [
      "lines of a file that cannot be read, never their text",
      told({}, "", { crontab: { "/etc/crontab": "hunter2\n* * * * * root x\nhunter2\n" } }),
      ["/etc/crontab line 1, 3: it cannot be read"],
    ],
    [
      "keys that a command gives",
      told({ sshd: "authorizedkeyscommand /usr/bin/keys\n" }),
      ["keys that may log in: sshd also takes those that a command of its own gives"],
    ],
    ["no command that gives keys", told({ sshd: "authorizedkeyscommand none\n" }), []],
  ])("is unknown when it is not whole: %s", (_, unknown, expected) => expect(unknown).toEqual(expected));

  const said = (name: string, complaint: string) =>
    all
      .split("\n")
      .filter((line) => line.startsWith("#fleet:"))
      .map((line) => (line === `#fleet:${name}` ? `${line}\n${complaint}` : line))
      .join("\n");
  test.each<[string, Parameters<typeof answer>[0], string, string[]]>([
    ["cron", { cron: ["", 1] }, "find: '/etc/cron.hourly': No such file or directory", []],
    [
      "cron",
      { cron: ["", 1] },
      "find: '/var/spool/cron': Stale file handle",
      ["cron entries: find: '/var/spool/cron': Stale file handle"],
    ],
    ["held", { held: ["", 1] }, "find: '/proc/7/fd': No such file or directory", []],
    ["packages", { packages: ["", 1] }, "dpkg-query: no path found matching pattern /srv/x", []],
    [
      "packages",
      { packages: ["", 2] },
      "dpkg-query: error: cannot open",
      ["which packages those programs came with: dpkg-query: error: cannot open"],
    ],
    [
      "passwd",
      { passwd: ["", 1] },
      "cat: /etc/passwd: No such file or directory",
      ["accounts: cat: /etc/passwd: No such file or directory"],
    ],
  ])("what is absent is absent only where it may be: %s %j %s", (name, parts, complaint, expected) =>
    expect(told(parts, said(name, complaint))).toEqual(expected),
  );

  test("a password is not denied when nobody could look", () =>
    expect(readHost(answer({ passwd: "bob:x:1000:1000::/home/bob:\n", passwords: undefined })).accounts).toMatchObject([
      { name: "bob", password: undefined },
    ]));

  test("of a file that is longer than what is read, the whole lines in its beginning are told, and that it is cut", () => {
    const line = "* * * * * root xy\n";
    const text = line.repeat(FILE_LIMIT / line.length + 1).slice(0, FILE_LIMIT + 1);
    const { cron, unknown } = readHost(answer({}, { crontab: { "/etc/crontab": text } }));
    expect([cron.length, unknown]).toEqual([
      Math.floor((FILE_LIMIT + 1) / line.length),
      [`/etc/crontab: it is longer than ${FILE_LIMIT} bytes, and only its beginning was looked at`],
    ]);
  });

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
    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", auditScript()], { maxBuffer: 1e8 });
    const facts = readHost(stdout, stderr);
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

/** What the script tells where only these tools are there. */
async function withTools(tools: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "fleet-test-"));
  // Packages are only asked for where a program holds a port.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    for (const tool of tools)
      symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), join(folder, tool));
    const env = { PATH: folder };
    const { stdout, stderr } = await promisify(execFile)("/bin/sh", ["-c", auditScript()], { maxBuffer: 1e8, env });
    return readHost(stdout, stderr).unknown;
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(process.platform !== "linux").each<[string, RegExp]>([
  ["awk", /^ports, .*passwords of accounts, keys that may log in: awk: .*not found$/m],
  ["find", /^which programs hold ports open, units, cron entries, keys .*: find: .*not found$/m],
  ["grep", /^what those programs are called, .*: grep: .*not found$/m],
  ["cat", /^which system it is, accounts, groups of accounts: cat: .*not found$/m],
  ["base64", /^which system it is, ports, .*, keys that may log in.*: base64: .*not found$/m],
  ["sshd", /^where sshd reads keys: sshd: .*not found$/m],
  ["rpm", /^which packages those programs came with: neither dpkg-query nor rpm is there$/m],
])("a host without %s is unknown in all that it is needed for, never empty", async (missing, reason) => {
  const tools = ["awk", "find", "grep", "cat", "head", "base64"].filter((tool) => tool !== missing);
  expect((await withTools(tools)).join("\n")).toMatch(reason);
});
