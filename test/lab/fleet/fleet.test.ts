import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Changes } from "../../../src/engine/changes.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";
import { watchArguments } from "./watch-arguments.ts";

/**
 * The whole way of a fleet on real machines, in the order in which its owner goes it: each test goes on where the one
 * before has ended.
 */

interface Server {
  id: number;
  name: string;
  status: string;
  labels: Record<string, string>;
  server_type: { name: string };
  location: { name: string };
  public_net: { ipv4: { ip: string } };
}
interface DnsRecord {
  id: string;
  name: string;
  type: string;
  content: string;
}

const ZONE = "7".repeat(32);
let tiny: Checkout;
/** Everything that any command of these tests has printed. */
let printed = "";
let oldId: number;

beforeAll(async () => {
  tiny = await scratchCheckout();
  const fleet = tiny.fleet.bind(tiny);
  tiny.fleet = async (...args) => {
    const ended = await fleet(...args);
    printed += ended.stdout + ended.stderr;
    return ended;
  };
  expect(await tiny.fleet(["lab", "up", "tiny"])).toMatchObject({ exitCode: 0, stdout: "" });
});
afterAll(async () => tiny?.[Symbol.asyncDispose]());

const servers = async () => (await tiny.cloud<{ servers: Server[] }>("hcloud", "GET", "/servers")).servers;
const server = async (name: string) => (await servers()).find((s) => s.name === name)!;
const records = async () =>
  (await tiny.cloud<{ result: DnsRecord[] }>("cloudflare", "GET", `/zones/${ZONE}/dns_records`)).result;
const step = (changes: { resources: { urn: string; op: string; paths: string[] }[] }, name: string) =>
  changes.resources.find(
    (r) =>
      (r.urn.endsWith(`::${name}`) && !r.urn.endsWith(`:Server::${name}`)) ||
      r.urn.endsWith(`hcloud:index/server:Server::${name}`),
  );
const hostKey = async (host: string) =>
  (await tiny.run("ssh-keyscan", ["-t", "ed25519", await address(host)])).stdout.split(" ").slice(1).join(" ").trim();
const address = async (host: string) => (await tiny.status()).hosts.find((h) => h.name === host)!.address;
/** Requests that changed something at a cloud. */
const writes = async () =>
  (
    JSON.parse((await tiny.fleet(["lab", "log", "tiny", "--json"])).stdout) as { method: string; path: string }[]
  ).filter((r) => r.method !== "GET");

describe("a server that exists already", () => {
  let before: string;

  test("is shown with its difference from the file before anything is changed", async () => {
    ({ id: oldId } = await server("old"));
    before = await hostKey("old");
    await tiny.cloud("hcloud", "PUT", `/servers/${oldId}`, { labels: { by: "hand" } });
    await tiny.write("hosts/tiny/old.ts", (await tiny.read("hosts/tiny/old.ts")).replace("cx33", "cx43"));
    const done = await writes();

    const { exitCode, stdout } = await tiny.fleet(["preview", "tiny", "--lab", "--json"]);
    expect(exitCode).toBe(0);
    const preview = JSON.parse(stdout) as Changes;
    expect(Object.keys(preview)).toEqual(["stack", "summary", "resources"]);
    expect(step(preview, "old")).toMatchObject({
      op: "update",
      paths: expect.arrayContaining(["labels.by", "labels.fleet", "serverType"]),
    });
    const { stdout: text } = await tiny.fleet(["preview", "tiny", "--lab"]);
    expect(text).toContain("serverType: cx33 → cx43");
    expect(text).toContain("label by: hand goes away");

    expect(await writes()).toEqual(done);
    expect(await tiny.ssh("old", "ls /opt/tiny /root/.secrets /etc/cron.d/sync-night 2>/dev/null | wc -l")).toBe("0");
  });

  test("is adopted by `up` and brought to the file: same id, same host key, protected, no second one", async () => {
    const watched = watchArguments();
    const { exitCode, changes, stdout } = await tiny.up();
    expect(exitCode).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(Object.keys(changes)).toEqual(["stack", "summary", "resources"]);
    expect(changes.summary).toMatchObject({ update: 1, replace: 0, delete: 0 });
    expect((await servers()).map((s) => s.name).sort()).toEqual(["new", "old"]);
    expect(await server("old")).toMatchObject({
      id: oldId,
      status: "running",
      server_type: { name: "cx43" },
      labels: { fleet: "tiny", host: "old", "managed-by": "fleet", role: "primary" },
    });
    expect((await server("old")).labels).not.toHaveProperty("by");
    expect(await hostKey("old")).toBe(before);
    expect((await stateOf("hcloud:index/server:Server")).find((r) => r.inputs.name === "old")).toMatchObject({
      protect: true,
      id: String(oldId),
    });
    expect(await watched.stop(await secretValues())).toEqual([]);
  });

  test("is never deleted, though its file goes", async () => {
    const text = await tiny.read("hosts/tiny/old.ts");
    await tiny.remove("hosts/tiny/old.ts");
    const { exitCode, stderr } = await tiny.fleet(["up", "tiny", "--lab"]);
    await tiny.write("hosts/tiny/old.ts", text);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("protect")]);
    expect((await server("old")).id).toBe(oldId);
    expect(await tiny.ssh("old", "systemctl is-active api nginx worker | sort -u")).toBe("active");
    expect((await tiny.up()).exitCode).toBe(0);
  });
});

describe("a server that the fleet makes", () => {
  test("boots with the host key that was made for it; what runs on it came up in the same run", async () => {
    const made = await server("new");
    expect(made).toMatchObject({ status: "running", server_type: { name: "cx23" }, location: { name: "nbg1" } });
    const [key] = await stateOf("fleet:ssh:HostKey");
    expect(key!.outputs.publicKey).toBe(`${await hostKey("new")} new`);
    expect(await tiny.ssh("new", "systemctl is-active coturn helper; curl -s localhost:8300/health")).toMatch(
      /^active\nactive\n.*"standIn": "helper"/,
    );
    expect((await records()).find((r) => r.name === "new.tiny.example")).toMatchObject({
      type: "A",
      content: made.public_net.ipv4.ip,
    });
  });

  test("is not made anew for other keys in its user data", async () => {
    const { id } = await server("new");
    const { env } = await tiny.target();
    // Without --lab, which gives the lab's own key: as for real clouds, which happen to be the lab's.
    const { exitCode, stdout } = await tiny.fleet(["up", "tiny", "--yes", "--json"], {
      ...env,
      FLEET_OPERATOR_KEYS:
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBhx2Lq0eZ3n7rXlqQWQ9k0VQ2bU3b9cJY0m5s1mT2pX other@desk",
    });
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as Changes).summary).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    expect((await server("new")).id).toBe(id);
  });
});

describe("a second time", () => {
  const nothing = { create: 0, update: 0, replace: 0, delete: 0 };

  test.each([["up"], ["preview"]])("`%s --json` tells of no change, in one JSON document", async (command) => {
    const { exitCode, stdout } = await tiny.fleet([command, "tiny", "--lab", "--json"]);
    const changes = JSON.parse(stdout) as Changes & { stack: string };
    expect([exitCode, changes.stack, changes.summary]).toEqual([
      0,
      "tiny",
      { ...nothing, same: changes.resources.length },
    ]);
    for (const resource of changes.resources)
      expect(resource).toEqual({ urn: expect.stringMatching(/^urn:pulumi:tiny::fleet::/), op: "same", paths: [] });
  });

  test("`pulumi up` by hand does the same as `fleet up`", async () => {
    const { exitCode, stdout } = await byHand([
      "up",
      "--stack",
      "tiny",
      "--yes",
      "--skip-preview",
      "--non-interactive",
      "--color",
      "never",
    ]);
    expect([exitCode, /Resources:\n\s+(.*)\n/.exec(stdout)?.[1]]).toEqual([
      0,
      expect.stringMatching(/^\d+ unchanged$/),
    ]);
  });

  test("drift finds none", async () => {
    const { exitCode, drift } = await tiny.drift();
    expect([exitCode, drift.summary.drifted, drift.summary.unknown]).toEqual([0, 0, 0]);
    expect(drift.resources).toHaveLength(drift.summary.same);
  });
});

describe("other clients", () => {
  test("reach the clouds and machines by what `lab status --json` says", async () => {
    const status = await tiny.status();
    expect(status).toEqual({
      clouds: {
        hcloud: { url: expect.stringMatching(/^http:\/\//), token: expect.any(String) },
        cloudflare: { url: expect.stringMatching(/^http:\/\//), token: expect.any(String) },
      },
      hosts: expect.arrayContaining(
        ["old", "new", "pi"].map((name) => ({
          name,
          address: expect.stringMatching(/^10\./),
          port: 22,
          user: "root",
          running: true,
        })),
      ),
      sshConfig: expect.stringMatching(/^\//),
    });
    const client = new Cloudflare({
      apiToken: status.clouds.cloudflare!.token,
      baseURL: status.clouds.cloudflare!.url,
    });
    const found = await client.dns.records.list({ zone_id: ZONE });
    expect(found.result.map((r) => r.name).sort()).toEqual(["new.tiny.example", "old.tiny.example", "tiny.example"]);
    expect(await Promise.all(["old", "new", "pi"].map((host) => tiny.ssh(host, "hostname")))).toEqual([
      "old",
      "new",
      "pi",
    ]);
  });
});

describe("changes by hand", () => {
  const DRIFT = [
    { name: "new", changes: [{ path: "labels.role", declared: "relay", found: "loose" }] },
    { name: "old.tiny.example A old", changes: [{ path: "content", declared: "203.0.113.10", found: "203.0.113.99" }] },
    {
      name: "old/api",
      changes: [{ path: 'files["/root/.secrets/api.env"].content', declared: "[secret]", found: "[secret]" }],
    },
    {
      name: "old/credentials",
      changes: [{ path: 'files["/opt/tiny/credentials"].mode', declared: "0600", found: "0644" }],
    },
    {
      name: "old/sync",
      changes: [
        { path: 'cron["sync-night"]', declared: expect.objectContaining({ schedule: "30 3 * * *" }), found: "absent" },
      ],
    },
    { name: "old/web", changes: [{ path: 'units["nginx.service"].active', declared: true, found: false }] },
    {
      name: "old/worker",
      changes: [
        { path: 'directories["/var/lib/worker"].owner', declared: "worker", found: "root" },
        {
          path: 'files["/etc/worker.conf"].content',
          declared: "interval=1\nlevel=info\n",
          found: "interval=2\nlevel=info\n",
        },
        { path: 'sysctl["net.ipv4.ip_forward"]', declared: "1", found: "0" },
        { path: 'units["second.service"].enabled', declared: true, found: false },
        { path: 'units["worker.service"].dropIns.nice', declared: "[Service]\nNice=5\n", found: "[Service]\nNice=9\n" },
        { path: 'units["worker.service"].needsReload', declared: "absent", found: true },
        { path: 'users.worker.groups["tinyops"]', declared: "present", found: "absent" },
      ],
    },
    {
      name: "pi/motd",
      changes: [
        { path: 'files["/etc/motd"]', declared: expect.objectContaining({ content: "tiny\n" }), found: "absent" },
      ],
    },
  ];

  test("are named exactly, each with its path and both values, and nothing else is", async () => {
    await tiny.ssh(
      "old",
      `echo APP_TOKEN=other >/root/.secrets/api.env; chmod 0644 /opt/tiny/credentials; rm /etc/cron.d/sync-night
      systemctl stop nginx
      chown root /var/lib/worker; sed -i s/interval=1/interval=2/ /etc/worker.conf; sysctl -qw net.ipv4.ip_forward=0
      systemctl disable -q second; echo '[Service]\nNice=9' >/etc/systemd/system/worker.service.d/nice.conf
      gpasswd -d worker tinyops >/dev/null`,
    );
    await tiny.ssh("pi", "rm /etc/motd");
    const record = (await records()).find((r) => r.name === "old.tiny.example")!;
    await tiny.cloud("cloudflare", "PATCH", `/zones/${ZONE}/dns_records/${record.id}`, { content: "203.0.113.99" });
    const made = await server("new");
    await tiny.cloud("hcloud", "PUT", `/servers/${made.id}`, { labels: { ...made.labels, role: "loose" } });

    const { exitCode, drift, stdout } = await tiny.drift();
    const drifted = drift.resources.filter((r) => r.status !== "same").sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(drifted.map(({ name, changes }) => ({ name, changes }))).toEqual(DRIFT);
    expect([exitCode, Object.keys(drift), drift.summary]).toEqual([
      2,
      ["version", "stack", "summary", "resources"],
      { same: drift.resources.length - DRIFT.length, drifted: DRIFT.length, unknown: 0 },
    ]);
    expect(stdout).not.toContain("APP_TOKEN=other");
    expect(drift.resources.find((r) => r.name === "old/web")).toMatchObject({
      urn: expect.stringMatching(/::old\/web$/),
      host: "old",
      status: "drifted",
    });
  });

  test("show their lines to people", async () => {
    const { exitCode, stdout } = await tiny.fleet(["drift", "tiny", "--lab"]);
    expect([exitCode, stdout]).toEqual([2, expect.stringMatching(/-interval=1\s+\+interval=2/)]);
  });

  test("are put back by `up`, and nothing else is touched", async () => {
    const { exitCode, changes } = await tiny.up();
    const healed = changes.resources
      .filter((r) => r.op !== "same")
      .map((r) => [r.op, r.urn.slice(r.urn.lastIndexOf("::") + 2)]);
    expect([exitCode, healed.sort((a, b) => (String(a) < String(b) ? -1 : 1))]).toEqual([
      0,
      DRIFT.map(({ name }) => ["update", name]),
    ]);
    expect((await tiny.drift()).exitCode).toBe(0);
    expect(
      await tiny.ssh(
        "old",
        "curl -s localhost:8080; systemctl is-enabled second; systemctl show -p Nice --value worker; " +
          "id -nG worker; stat -c %a /opt/tiny/credentials",
      ),
    ).toBe("first\nenabled\n5\nworker tinyops\n600".replace("first\n", "first"));
  });

  test("a user that was deleted is missed, and made again", async () => {
    await tiny.ssh("old", "systemctl stop worker; userdel worker; systemctl start worker || true");
    const { exitCode, drift } = await tiny.drift();
    const [row, ...others] = drift.resources.filter((r) => r.status !== "same");
    expect([exitCode, row!.name, others]).toEqual([2, "old/worker", []]);
    expect(row!.changes).toContainEqual({
      path: "users.worker",
      declared: expect.objectContaining({ groups: ["tinyops"] }),
      found: "absent",
    });
    expect((await tiny.up()).exitCode).toBe(0);
    expect((await tiny.drift()).exitCode).toBe(0);
    expect(await tiny.ssh("old", "systemctl is-active worker")).toBe("active");
  });
});

test("no secret value is in the state, a log or anything that was printed", async () => {
  const values = await secretValues();
  // And the private half of the host key that the fleet made: any line of it would do harm.
  values.push((await tiny.ssh("new", "sed -n 3p /etc/ssh/ssh_host_ed25519_key")).trim());
  expect(values.filter((v) => v.length < 16)).toEqual([]);
  const files = await filesUnder(join(tiny.lab, "state"), join(tiny.root, ".fleet", "engine"));
  files.push(join(tiny.lab, "daemon.log"));
  expect(files.length).toBeGreaterThan(3);
  const found = [];
  for (const file of files) {
    const text = await readFile(file, "latin1");
    if (values.some((value) => text.includes(value))) found.push(file);
  }
  expect([found, values.filter((value) => printed.includes(value))]).toEqual([[], []]);
  // The values are really in use: what is looked for is what the machines have.
  expect(values).toContain((await tiny.ssh("old", "sed s/^key=// /opt/tiny/credentials")).trim());
});

describe("a host whose file is removed", () => {
  test("goes with its server, its record and its services", async () => {
    const text = await tiny.read("hosts/tiny/new.ts");
    await tiny.remove("hosts/tiny/new.ts");
    const { exitCode, changes } = await tiny.up();
    expect([exitCode, changes.summary]).toMatchObject([0, { create: 0, update: 0, replace: 0 }]);
    expect((await servers()).map((s) => s.name)).toEqual(["old"]);
    expect((await tiny.status()).hosts.map((h) => h.name)).not.toContain("new");
    expect((await records()).map((r) => r.name).sort()).toEqual(["old.tiny.example", "tiny.example"]);
    expect((await tiny.drift()).drift.resources.filter((r) => r.host === "new")).toEqual([]);
    await tiny.write("hosts/tiny/new.ts", text);
  });

  test("goes also when its server was deleted by hand before", async () => {
    expect((await tiny.up()).exitCode).toBe(0);
    const text = await tiny.read("hosts/tiny/new.ts");
    await tiny.cloud("hcloud", "DELETE", `/servers/${(await server("new")).id}`);
    await expect.poll(async () => (await servers()).length, { timeout: 20_000 }).toBe(1);
    await tiny.remove("hosts/tiny/new.ts");
    expect(await tiny.up()).toMatchObject({ exitCode: 0, changes: { summary: { create: 0, update: 0, replace: 0 } } });
    expect((await tiny.drift()).drift.resources.filter((r) => r.host === "new")).toEqual([]);
    await tiny.write("hosts/tiny/new.ts", text);
  });
});

interface StateResource {
  type: string;
  id: string;
  protect?: boolean;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

async function stateOf(type: string): Promise<StateResource[]> {
  const { stdout } = await byHand(["stack", "export", "--stack", "tiny"]);
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: StateResource[] } };
  return deployment.resources.filter((r) => r.type === type);
}

async function byHand(args: string[]) {
  const { cwd, env } = await tiny.target();
  return tiny.run("pulumi", args, env, cwd);
}

const secretValues = async (): Promise<string[]> =>
  Object.values(JSON.parse(await readFile(join(tiny.lab, "secrets.json"), "utf8")) as Record<string, string>);

async function filesUnder(...folders: string[]): Promise<string[]> {
  const lists = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((e) => e.isFile())
        .map((e) => join(e.parentPath, e.name)),
    ),
  );
  return lists.flat();
}
