import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuditReport } from "../../../src/report/audit.ts";
import { auditSchema } from "../../../src/report/audit-schema.ts";
import type { ImportFile } from "../../../src/audit/import/pulumi.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";

/** What nobody declared, on real machines and local clouds, and how it is adopted. */

const zone = "7".repeat(32);
const account = "8".repeat(32);

let tiny: Checkout;
beforeAll(async () => void (tiny = await scratchCheckout()));
afterAll(() => tiny[Symbol.asyncDispose]());

async function audit(...args: string[]): Promise<{ exitCode: number | null; report: AuditReport; told: string[] }> {
  const { exitCode, stdout, stderr } = await tiny.fleet(["audit", "tiny", "--lab", "--format", "json", ...args]);
  expect(stdout, stderr).toMatch(/^\{/);
  const report = auditSchema.parse(JSON.parse(stdout));
  return { exitCode, report, told: report.findings.map(({ place, kind, name }) => `${place} ${kind} ${name}`) };
}
const pulumi = async (...args: string[]) => {
  const { cwd, env } = await tiny.target();
  return tiny.run("pulumi", args, env, cwd);
};

test("before the first `up`: what the program declares and has not adopted yet is no finding", async () => {
  expect((await tiny.fleet(["lab", "up", "tiny"])).exitCode).toBe(0);
  expect(await audit()).toMatchObject({ exitCode: 0, told: [], report: { unknown: [] } });
});

test("a fleet that was just brought up has nothing that nobody declared", async () => {
  expect((await tiny.up()).exitCode).toBe(0);
  const { exitCode, report } = await audit();
  expect(report).toMatchObject({
    findings: [],
    unknown: [],
    places: ["Hetzner Cloud", "Cloudflare", "new", "old", "pi"].map((place) => ({ place, status: "clean" })),
  });
  expect(exitCode).toBe(0);
});

describe("what somebody makes by hand", () => {
  const expected = [
    "Hetzner Cloud server scratch",
    "Hetzner Cloud volume data",
    expect.stringMatching(/^Hetzner Cloud primary-ip /),
    "Hetzner Cloud ssh-key eve",
    "Cloudflare dns-record by-hand.tiny.example A",
    "Cloudflare worker-route tiny.example/x/*",
    "Cloudflare bucket forgotten",
    "Cloudflare kv-namespace leftovers",
    "old port 9999/tcp",
    "old unit extra.service",
    "old cron /etc/cron.d/sync",
    "old cron /var/spool/cron/crontabs/bob",
    expect.stringMatching(/^old authorized-key SHA256:/),
    "old user bob",
  ];

  let scratch: number;
  beforeAll(async () => {
    const made = await tiny.cloud<{ server: { id: number } }>("hcloud", "POST", "/servers", {
      name: "scratch",
      server_type: "cx23",
      image: "debian-12",
      location: "hel1",
    });
    scratch = made.server.id;
    await tiny.cloud("hcloud", "POST", "/volumes", { name: "data", size: 40, location: "hel1" });
    await tiny.cloud("cloudflare", "POST", `/zones/${zone}/dns_records`, {
      type: "A",
      name: "by-hand.tiny.example",
      content: "203.0.113.10",
      ttl: 300,
    });
    await tiny.cloud("cloudflare", "POST", `/zones/${zone}/workers/routes`, { pattern: "tiny.example/x/*" });
    await tiny.cloud("cloudflare", "POST", `/accounts/${account}/r2/buckets`, { name: "forgotten" });
    await tiny.cloud("cloudflare", "POST", `/accounts/${account}/storage/kv/namespaces`, { title: "leftovers" });
    const key = await tiny.ssh(
      "old",
      [
        "useradd -m -s /bin/bash bob",
        "ssh-keygen -q -t ed25519 -N '' -C eve@laptop -f /tmp/eve && cat /tmp/eve.pub >>/root/.ssh/authorized_keys",
        "printf '* * * * * root TOKEN=hunter2 /usr/bin/true --password hunter2\\n' >/etc/cron.d/sync",
        "printf '0 5 * * * /usr/bin/true\\n' | crontab -u bob -",
        "printf '[Service]\\nExecStart=/usr/bin/python3 -m http.server " +
          "9999\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/extra.service",
        "systemctl --quiet enable --now extra.service",
        "until timeout 1 bash -c 'exec 3<>/dev/tcp/127.0.0.1/9999'; do sleep 0.1; done",
        "cat /tmp/eve.pub",
      ].join(" && "),
    );
    await tiny.cloud("hcloud", "POST", "/ssh_keys", { name: "eve", public_key: key });
  });

  test("is found, each with its cost and nothing secret, and nothing else is", async () => {
    const { exitCode, report, told } = await audit();
    expect(told).toEqual(expected);
    expect(report).toMatchObject({
      unknown: [],
      summary: { found: expected.length, monthlyCost: { eur: [5.75, 5.75] } },
    });
    expect(exitCode).toBe(2);
    const text = await tiny.fleet(["audit", "tiny", "--lab"]);
    expect(text.stdout).toContain(
      "found    Hetzner Cloud volume data: 40 GB in hel1, attached to nothing, €1.76/month\n",
    );
    expect(text.stdout).toContain("found    old port 9999/tcp: python3 in extra.service of package python3");
    expect(text.stdout).toContain("found    old cron /etc/cron.d/sync: * * * * * as root: … /usr/bin/true …\n");
    for (const secret of ["hunter2", "AAAAC3", (await tiny.status()).clouds.hcloud!.token])
      expect(`${JSON.stringify(report)}${text.stdout}${text.stderr}`).not.toContain(secret);
  });

  test("one host alone: only it is told of", async () => {
    expect(await audit("--only", "new")).toMatchObject({
      exitCode: 0,
      told: [],
      report: { places: [{ place: "new", status: "clean" }] },
    });
    expect((await audit("--only", "old")).told).toEqual(expected.slice(-6));
    expect(await tiny.fleet(["audit", "tiny", "--lab", "--only", "nobody"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("it has new, old, pi"),
    });
  });

  test("is left alone by drift", async () => expect((await tiny.drift()).exitCode).toBe(0));

  test("what was taken out of the program and is still in the state is not nobody's", async () => {
    const file = await tiny.read("stacks/tiny/fleet.ts");
    await tiny.write("stacks/tiny/fleet.ts", file.replace('txt("@", "made by fleet")', ""));
    expect((await audit()).told).toEqual(expected);
    await tiny.write("stacks/tiny/fleet.ts", file);
  });

  test("a host that is down, or a provider that refuses, is unknown; the rest is told", async () => {
    await tiny.fleet(["lab", "machine", "tiny", "new", "stop"]);
    await tiny.fleet(["lab", "fault", "tiny", "403", "--cloud", "cloudflare", "--path", `/zones/${zone}/dns_records`]);
    const { exitCode, report, told } = await audit();
    expect(told).toEqual(expected.filter((line) => !String(line).includes("by-hand")));
    expect(report.unknown).toEqual([
      {
        place: "Cloudflare",
        host: null,
        reason: expect.stringMatching(/^records of tiny.example: Cloudflare answered 403/),
      },
      { place: "new", host: "new", reason: expect.stringMatching(/^new is unreachable/) },
    ]);
    expect(exitCode).toBe(3);
    await tiny.fleet(["lab", "fault", "tiny", "off"]);
    await tiny.fleet(["lab", "machine", "tiny", "new", "start"]);
  });

  describe("can be adopted", () => {
    const importFile = async (name: string) =>
      JSON.parse(await readFile(join(tiny.root, "adopt", name), "utf8")) as ImportFile;

    test("with lines for the fleet's files, and files for `pulumi import`", async () => {
      expect((await audit("--import", join(tiny.root, "adopt"))).exitCode).toBe(2);
      const lines = await tiny.read("adopt/lines.md");
      for (const line of [
        'name: "scratch", type: "cx23", location: "hel1", os: "debian"',
        'a("by-hand", addressOf("old"), { ttl: 300 }),',
        'bucket({ name: "forgotten" }),',
        '"extra.service": {},',
        '"bob": { system: false, home: "/home/bob", shell: "/bin/bash" },',
      ])
        expect(lines).toContain(line);
      expect(lines).not.toContain("hunter2");
      expect((await importFile("import-fleet.json")).resources.map(({ name }) => name)).toEqual([
        "machine scratch",
        "part edge",
        "scratch",
        "by-hand.tiny.example A",
        "forgotten",
        "leftovers",
      ]);
      expect((await importFile("import-hetzner-cloud.json")).resources.map(({ type }) => type)).toEqual([
        "hcloud:index/volume:Volume",
        "hcloud:index/primaryIp:PrimaryIp",
        "hcloud:index/sshKey:SshKey",
      ]);
      expect((await importFile("import-cloudflare.json")).resources.map(({ type }) => type)).toEqual([
        "cloudflare:index/workersRoute:WorkersRoute",
      ]);
    });

    test("the real engine takes what the fleet has no words for into a stack of its own", async () => {
      expect((await pulumi("stack", "init", "other")).exitCode).toBe(0);
      for (const name of ["import-hetzner-cloud.json", "import-cloudflare.json"]) {
        const { exitCode, stdout, stderr } = await pulumi(
          "import",
          "--file",
          join(tiny.root, "adopt", name),
          "--stack",
          "other",
          "--yes",
          "--skip-preview",
          "--generate-code=false",
        );
        expect(exitCode, stdout + stderr).toBe(0);
      }
    });

    test("and the rest where the program declares it: with its lines, `up` has no more to do than to label the server", async () => {
      const { exitCode, stdout, stderr } = await pulumi(
        "import",
        "--file",
        join(tiny.root, "adopt/import-fleet.json"),
        "--stack",
        "tiny",
        "--yes",
        "--skip-preview",
        "--generate-code=false",
      );
      expect(exitCode, stdout + stderr).toBe(0);
      const left = (await audit()).told;
      for (const name of ["server scratch", "dns-record by-hand", "bucket forgotten", "kv-namespace leftovers"])
        expect(left.join("\n")).not.toContain(name);

      const host = /```ts\n(import \{ hetzner \}.*?)\n```/s.exec(await tiny.read("adopt/lines.md"))![1]!;
      await tiny.write("hosts/tiny/scratch.ts", host);
      const file = await tiny.read("stacks/tiny/fleet.ts");
      await tiny.write(
        "stacks/tiny/fleet.ts",
        file
          .replace(
            "...ofHosts(hosts)",
            '...ofHosts(hosts.filter((h) => h.name !== "scratch")), a("by-hand", addressOf("old"), { ttl: 300 })',
          )
          .replace(
            'account: "8".repeat(32)',
            'account: "8".repeat(32), buckets: [bucket({ name: "forgotten" })], kv: [kv({ name: "leftovers" })]',
          )
          .replace("import { edge }", "import { bucket, edge, kv }"),
      );
      const { exitCode: upCode, changes, stderr: said } = await tiny.up();
      expect(upCode, said).toBe(0);
      // The fleet's own labels are put on the server, which stays the one that it was.
      expect(
        changes.resources.filter(({ op }) => op !== "same").map(({ op, urn }) => [op, urn.split("::").at(-1)]),
      ).toEqual([["update", "scratch"]]);
      expect(
        (await tiny.cloud<{ servers: { id: number }[] }>("hcloud", "GET", "/servers?name=scratch")).servers,
      ).toEqual([expect.objectContaining({ id: scratch, labels: expect.objectContaining({ host: "scratch" }) })]);
    });
  });
});
