import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { DriftReport } from "../../../src/report/drift.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";

/** `fleet drift --fix` on real machines: what is healed, what is left alone, and how it ends. */

const ZONE = "7".repeat(32);
let tiny: Checkout;

beforeAll(async () => {
  tiny = await scratchCheckout();
  expect(await tiny.up()).toMatchObject({ exitCode: 0 });
});
afterAll(async () => tiny?.[Symbol.asyncDispose]());

const fix = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await tiny.fleet(["drift", "tiny", "--lab", "--fix", "--format", "json", ...args]);
  const { resources } = JSON.parse(stdout) as DriftReport;
  return { exitCode, stderr, fixes: Object.fromEntries(resources.flatMap(({ name, fix }) => (fix ? [[name, fix]] : []))), resources };
};
const healed = { result: "healed" };
const edit = async (path: string, from: string, to: string) => {
  const text = await tiny.read(path);
  expect(text).toContain(from);
  await tiny.write(path, text.replace(from, to));
  onTestFinished(() => tiny.write(path, text));
};
const records = async () => (await tiny.cloud<{ result: { id: string; name: string; type: string; content: string }[] }>("cloudflare", "GET", `/zones/${ZONE}/dns_records`)).result;
const servers = async () => (await tiny.cloud<{ servers: { id: number; name: string }[] }>("hcloud", "GET", "/servers")).servers;
const lab = async (...args: string[]) => expect(await tiny.fleet(["lab", ...args])).toMatchObject({ exitCode: 0 });

test("where nothing drifted nothing is done", async () => expect(await fix()).toMatchObject({ exitCode: 0, fixes: {} }));

test("without --yes and a terminal nothing is done on real clouds", async () => {
  const { env } = await tiny.target();
  await tiny.ssh("pi", "echo x >/etc/motd");
  expect(await tiny.fleet(["drift", "tiny", "--fix"], env)).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("there is no terminal to ask on: add --yes") });
  expect(await tiny.ssh("pi", "cat /etc/motd")).toBe("x");
});

test("heals just what drifted: not what the files changed meanwhile, nor what a rule lets pass, nor what is unknown", async () => {
  await tiny.write("stacks/tiny/ignore.ts", `import { ignoreDrift } from "../../src/model/ignore.ts";\nexport default [ignoreDrift({ resource: "old/worker", path: "sysctl", reason: "measuring", until: "2999-01-01" }), ignoreDrift({ resource: "old/credentials", reason: "measuring", until: "2999-01-01" })];\n`);
  onTestFinished(() => tiny.remove("stacks/tiny/ignore.ts"));
  await edit("stacks/tiny/web.ts", "'first'", "'second'");
  await edit("hosts/tiny/old.ts", 'description: "Answers"', 'description: "Answers all"');
  await tiny.ssh("old", "systemctl stop nginx; rm /etc/cron.d/sync-night; sysctl -qw net.ipv4.ip_forward=0; sed -i s/interval=1/interval=2/ /etc/worker.conf; chmod 0644 /opt/tiny/credentials; systemctl stop api");
  const record = (await records()).find(({ type }) => type === "TXT")!;
  await tiny.cloud("cloudflare", "PATCH", `/zones/${ZONE}/dns_records/${record.id}`, { content: '"by hand"' });
  await lab("machine", "tiny", "pi", "pause");

  const { exitCode, fixes, resources } = await fix();
  expect([exitCode, fixes]).toEqual([3, {
    "old/sync": healed, "tiny.example TXT": healed,
    "old/web": { result: "left", reason: expect.stringContaining("the files declare something else") },
    "old/api": { result: "left", reason: expect.stringContaining("the files declare something else") },
    "old/worker": { result: "left", reason: expect.stringContaining("a rule lets pass another difference") },
  }]);
  expect(resources.filter(({ status }) => status === "unknown").map(({ name }) => name)).toEqual(["pi/base", "pi/motd"]);
  expect(await tiny.ssh("old", "systemctl is-active nginx api; cat /etc/worker.conf; stat -c %a /opt/tiny/credentials; sysctl -n net.ipv4.ip_forward; ls /etc/cron.d/sync-night; systemctl show -P Description api || true")).toBe("inactive\ninactive\ninterval=2\nlevel=info\n644\n0\n/etc/cron.d/sync-night\nAnswers");
  expect((await records()).find(({ type }) => type === "TXT")!.content).toContain("made by fleet");

  await lab("machine", "tiny", "pi", "resume");
  expect(await fix("--only", "pi")).toMatchObject({ exitCode: 0, fixes: { "pi/motd": healed } });
  expect(await tiny.ssh("pi", "cat /etc/motd")).toBe("tiny");
  expect(await fix()).toMatchObject({ exitCode: 2, fixes: { "old/web": { result: "left" } } });
});

test("heals the rest when neither the files nor a rule say anything else, and tells it to people", async () => {
  const { exitCode, stdout } = await tiny.fleet(["drift", "tiny", "--lab", "--fix"]);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/drifted {2}old\/web[^]*\nhealed {3}old\/api\nhealed {3}old\/credentials\nhealed {3}old\/web\nhealed {3}old\/worker\ntiny: 4 healed, 0 left, 0 failed, 0 unknown\n$/)]);
  expect(await tiny.drift()).toMatchObject({ exitCode: 0 });
});

test("a server that was deleted by hand is made again, with what runs on it and what points to it", async () => {
  await tiny.cloud("hcloud", "DELETE", `/servers/${(await servers()).find(({ name }) => name === "new")!.id}`);
  const before = (await servers()).find(({ name }) => name === "old")!.id;
  const { exitCode, fixes, stderr } = await fix();
  expect([exitCode, fixes, stderr]).toMatchObject([0, { new: healed, "new/helper": healed, "new/coturn": healed }, expect.any(String)]);
  expect(Object.keys(fixes).filter((name) => !/^new(\/|$)/.test(name))).toEqual([]);
  expect((await servers()).map(({ id, name }) => [name, id === before]).sort()).toEqual([["new", false], ["old", true]]);
  expect(await tiny.ssh("new", "systemctl is-active coturn helper")).toBe("active\nactive");
  expect(await tiny.drift()).toMatchObject({ exitCode: 0 });
});

test("what cannot be healed is told, and the rest is healed", async () => {
  await tiny.ssh("old", "rm -r /etc/worker.conf; mkdir -p /etc/worker.conf/in-the-way; systemctl stop second; rm /etc/cron.d/sync-night");
  const { exitCode, fixes } = await fix();
  expect([exitCode, fixes]).toMatchObject([1, { "old/sync": healed, "old/worker": { result: "failed", reason: expect.any(String) } }]);
  await tiny.ssh("old", "rm -r /etc/worker.conf");
  expect(await fix()).toMatchObject({ exitCode: 0, fixes: { "old/worker": healed } });
});
