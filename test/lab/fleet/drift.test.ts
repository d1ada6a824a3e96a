import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { sendSignal } from "../../../src/lab/machines/processes.ts";
import type { DriftReport } from "../../../src/report/drift.ts";
import { Receiver } from "../../notify/receiver.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";
import { enginesOf } from "./engines.ts";

/**
 * `fleet drift` on real machines: what --fix heals and leaves alone, who is told what, and what is reported when things
 * go wrong.
 */

const ZONE = "7".repeat(32);
let tiny: Checkout;

beforeAll(async () => {
  tiny = await scratchCheckout();
  await tiny.broughtUp();
});
afterAll(async () => tiny?.[Symbol.asyncDispose]());

const fix = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await tiny.fleet([
    "drift",
    "tiny",
    "--lab",
    "--fix",
    "--format",
    "json",
    ...args,
  ]);
  const { resources } = JSON.parse(stdout) as DriftReport;
  return {
    exitCode,
    stderr,
    fixes: Object.fromEntries(resources.flatMap(({ name, fix }) => (fix ? [[name, fix]] : []))),
    resources,
  };
};
const healed = { result: "healed" };
const edit = async (path: string, from: string, to: string) => {
  const text = await tiny.read(path);
  expect(text).toContain(from);
  await tiny.write(path, text.replace(from, to));
  onTestFinished(() => tiny.write(path, text));
};
const records = async () =>
  (
    await tiny.cloud<{ result: { id: string; name: string; type: string; content: string }[] }>(
      "cloudflare",
      "GET",
      `/zones/${ZONE}/dns_records`,
    )
  ).result;
const servers = async () =>
  (await tiny.cloud<{ servers: { id: number; name: string }[] }>("hcloud", "GET", "/servers")).servers;
const lab = async (...args: string[]) => expect(await tiny.fleet(["lab", ...args])).toMatchObject({ exitCode: 0 });

test("where nothing drifted nothing is done", async () =>
  expect(await fix()).toMatchObject({ exitCode: 0, fixes: {} }));

test("without --yes and a terminal nothing is done on real clouds", async () => {
  const { env } = await tiny.target();
  await tiny.ssh("pi", "echo x >/etc/motd");
  expect(await tiny.fleet(["drift", "tiny", "--fix"], env)).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: expect.stringContaining("there is no terminal to ask on: add --yes"),
  });
  expect(await tiny.ssh("pi", "cat /etc/motd")).toBe("x");
});

test("heals just what drifted: not what the files changed meanwhile, nor what a rule lets pass, nor what is unknown", async () => {
  await tiny.write(
    "stacks/tiny/ignore.ts",
    `import { ignoreDrift } from "../../src/model/ignore.ts";\n` +
      `export default [ignoreDrift({ resource: "old/worker", path: "sysctl", reason: "measuring", ` +
      `until: "2999-01-01" }), ` +
      `ignoreDrift({ resource: "old/credentials", reason: "measuring", until: "2999-01-01" })];\n`,
  );
  onTestFinished(() => tiny.remove("stacks/tiny/ignore.ts"));
  await edit("stacks/tiny/web.ts", "'first'", "'second'");
  await edit("hosts/tiny/old.ts", 'description: "Answers"', 'description: "Answers all"');
  await tiny.ssh(
    "old",
    "systemctl stop nginx; rm /etc/cron.d/sync-night; sysctl -qw net.ipv4.ip_forward=0; " +
      "sed -i s/interval=1/interval=2/ /etc/worker.conf; chmod 0644 /opt/tiny/credentials; systemctl stop api",
  );
  const record = (await records()).find(({ type }) => type === "TXT")!;
  await tiny.cloud("cloudflare", "PATCH", `/zones/${ZONE}/dns_records/${record.id}`, { content: '"by hand"' });
  await lab("machine", "tiny", "pi", "pause");

  const { exitCode, fixes, resources } = await fix();
  expect([exitCode, fixes]).toEqual([
    3,
    {
      "old/sync": healed,
      "tiny.example TXT made by fleet": healed,
      "old/web": { result: "left", reason: expect.stringContaining("the files declare something else") },
      "old/api": { result: "left", reason: expect.stringContaining("the files declare something else") },
      "old/worker": { result: "left", reason: expect.stringContaining("a rule lets pass another difference") },
    },
  ]);
  expect(resources.filter(({ status }) => status === "unknown").map(({ name }) => name)).toEqual([
    "pi/base",
    "pi/motd",
  ]);
  expect(
    await tiny.ssh(
      "old",
      "systemctl is-active nginx api; cat /etc/worker.conf; stat -c %a /opt/tiny/credentials; " +
        "sysctl -n net.ipv4.ip_forward; ls /etc/cron.d/sync-night; systemctl show -P Description api || true",
    ),
  ).toBe("inactive\ninactive\ninterval=2\nlevel=info\n644\n0\n/etc/cron.d/sync-night\nAnswers");
  expect((await records()).find(({ type }) => type === "TXT")!.content).toContain("made by fleet");

  await lab("machine", "tiny", "pi", "resume");
  expect(await fix("--only", "pi")).toMatchObject({ exitCode: 0, fixes: { "pi/motd": healed } });
  expect(await tiny.ssh("pi", "cat /etc/motd")).toBe("tiny");
  expect(await fix()).toMatchObject({ exitCode: 2, fixes: { "old/web": { result: "left" } } });
});

test("heals the rest when neither the files nor a rule say anything else, and tells it to people", async () => {
  const { exitCode, stdout } = await tiny.fleet(["drift", "tiny", "--lab", "--fix"]);
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(
      new RegExp(
        "drifted {2}old/web[^]*\nhealed {3}old/api\nhealed {3}old/credentials\nhealed {3}old/web\n" +
          "healed {3}old/worker\ntiny: 4 healed, 0 left, 0 failed, 0 unknown\n$",
      ),
    ),
  ]);
  expect(await tiny.drift()).toMatchObject({ exitCode: 0 });
});

test("a server that was deleted by hand is made again, with what runs on it and what points to it", async () => {
  await tiny.cloud("hcloud", "DELETE", `/servers/${(await servers()).find(({ name }) => name === "new")!.id}`);
  const before = (await servers()).find(({ name }) => name === "old")!.id;
  const { exitCode, fixes, stderr } = await fix();
  expect([exitCode, fixes, stderr]).toMatchObject([
    0,
    { new: healed, "new/helper": healed, "new/coturn": healed },
    expect.any(String),
  ]);
  expect(Object.keys(fixes).filter((name) => !/^new(\/|$)/.test(name))).toEqual([]);
  expect(
    (await servers()).map(({ id, name }) => [name, id === before]).sort((a, b) => (String(a) < String(b) ? -1 : 1)),
  ).toEqual([
    ["new", false],
    ["old", true],
  ]);
  expect(await tiny.ssh("new", "systemctl is-active coturn helper")).toBe("active\nactive");
  expect(await tiny.drift()).toMatchObject({ exitCode: 0 });
});

test("what cannot be healed is told, and the rest is healed", async () => {
  await tiny.ssh(
    "old",
    "rm -r /etc/worker.conf; mkdir -p /etc/worker.conf/in-the-way; systemctl stop second; rm /etc/cron.d/sync-night",
  );
  const { exitCode, fixes } = await fix();
  expect([exitCode, fixes]).toMatchObject([
    1,
    { "old/sync": healed, "old/worker": { result: "failed", reason: expect.any(String) } },
  ]);
  await tiny.ssh("old", "rm -r /etc/worker.conf");
  expect(await fix()).toMatchObject({ exitCode: 0, fixes: { "old/worker": healed } });
});

describe("--notify", () => {
  test("tells a host that is down once, and once that it is back, and never its own address", async () => {
    const receiver = new Receiver();
    const url = await receiver.start();
    onTestFinished(() => receiver.stop());
    const run = async () => {
      const { exitCode, stdout, stderr } = await tiny.fleet(["drift", "tiny", "--lab", "--notify"], {
        FLEET_NOTIFY_WEBHOOK: `${url}/s3cret`,
      });
      expect(stdout + stderr).not.toContain("s3cret");
      return [exitCode, receiver.received.splice(0).map(({ body }) => (JSON.parse(body) as { text: string }).text)];
    };
    expect(await run()).toEqual([0, []]);
    await lab("machine", "tiny", "pi", "pause");
    await tiny.ssh("old", "systemctl stop second");
    expect(await run()).toEqual([
      3,
      [
        expect.stringMatching(
          new RegExp(
            String.raw`^tiny: 2 new findings\ndrifted old/worker units\["second.service"\].active\n` +
              "unknown pi: 2 things of 2 cannot be looked at: pi is unreachable",
          ),
        ),
      ],
    ]);
    expect(await run()).toEqual([3, []]);
    await lab("machine", "tiny", "pi", "resume");
    receiver.faults = [500, 500, 500];
    await tiny.ssh("old", "systemctl start second");
    expect(await run()).toEqual([1, []]);
    expect(await run()).toEqual([
      0,
      [
        expect.stringMatching(
          /^tiny: 2 resolved\nresolved old\/worker .*: it is as declared again\nresolved pi: it can be looked at again$/,
        ),
      ],
    ]);
    expect(await readFile(join(tiny.root, ".fleet/notified/tiny-lab.json"), "utf8")).not.toContain("s3cret");
  });
});

describe("when things go wrong", () => {
  const report = async (args: string[], env?: NodeJS.ProcessEnv) => {
    const { exitCode, stdout, stderr } = await tiny.fleet(["drift", ...args, "--format", "json"], env);
    return { exitCode, report: JSON.parse(stdout) as DriftReport, stderr };
  };

  test("a stack that does not exist", async () => {
    expect(await report(["nowhere", "--lab"])).toMatchObject({
      exitCode: 1,
      report: { resources: [], problems: [expect.stringContaining('there is no fleet "nowhere"')] },
    });
    expect(await tiny.fleet(["drift", "nowhere", "--lab"])).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringContaining("there is no fleet"),
    });
  });

  test("no network to the state", async () => {
    const { env } = await tiny.target();
    const away = {
      ...env,
      PULUMI_BACKEND_URL: "s3://state?endpoint=http%3A%2F%2F127.0.0.1%3A9&region=auto&use_path_style=true",
      AWS_ACCESS_KEY_ID: "x",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_MAX_ATTEMPTS: "1",
    };
    expect(await report(["tiny"], away)).toMatchObject({
      exitCode: 1,
      report: { resources: [], problems: [expect.stringContaining("connection refused")] },
    });
  });

  test("a locked state, which `fleet unlock` frees", async () => {
    const folder = join(tiny.lab, "state/.pulumi/locks/organization/fleet/tiny");
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, "1.json"),
      JSON.stringify({ pid: 4711, username: "anna", hostname: "laptop", timestamp: "2026-11-21T10:00:00Z" }),
    );
    const message =
      /tiny is locked by anna on laptop \(process 4711\), since 2026-11-21 10:00:00 UTC: .*`npx fleet unlock tiny --lab`/;
    expect(await report(["tiny", "--lab"])).toMatchObject({
      exitCode: 1,
      report: { problems: [expect.stringMatching(message)] },
    });
    expect(await tiny.fleet(["up", "tiny", "--lab"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(message),
    });
    const preview = await tiny.fleet(["preview", "tiny", "--lab", "--format", "json"]);
    expect([preview.exitCode, JSON.parse(preview.stdout)]).toMatchObject([
      1,
      { problems: [expect.stringMatching(message)] },
    ]);
    expect(await tiny.fleet(["unlock", "tiny", "--lab"])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("tiny is locked by anna on laptop (process 4711)"),
      stderr: expect.stringContaining("--yes"),
    });
    expect(await tiny.fleet(["unlock", "tiny", "--lab", "--yes"])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("tiny is free"),
    });
    expect(await report(["tiny", "--lab"])).toMatchObject({ exitCode: 0 });
  });

  test("a provider's API at its rate limit: what stands there is unknown, the machines are compared all the same", async () => {
    await tiny.ssh("old", "systemctl stop second");
    await lab("fault", "tiny", "429", "--cloud", "cloudflare");
    onTestFinished(() => lab("fault", "tiny", "off"));
    const {
      exitCode,
      report: { resources },
    } = await report(["tiny", "--lab"]);
    const unknown = resources.filter(({ status }) => status === "unknown");
    expect([exitCode, unknown.map(({ name }) => name).sort()]).toEqual([
      3,
      ["new.tiny.example A new", "old.tiny.example A old", "tiny.example TXT made by fleet"],
    ]);
    expect(unknown.map(({ reason }) => reason).join()).toMatch(/429/);
    expect(resources.filter(({ status }) => status === "drifted").map(({ name }) => name)).toEqual(["old/worker"]);
    await tiny.ssh("old", "systemctl start second");
  });

  test("an engine that is killed in the middle: what it did not come to is unknown, never the same", async () => {
    const running = tiny.start(["drift", "tiny", "--lab", "--format", "json"]);
    let engines: number[] = [];
    for (; engines.length === 0; await sleep(5)) engines = enginesOf(tiny);
    for (const pid of engines) sendSignal(pid, "SIGKILL");
    const { exitCode, stdout } = await running.ended;
    const { resources, problems } = JSON.parse(stdout) as DriftReport;
    expect([exitCode, resources.filter(({ status }) => status === "same")]).toEqual([problems ? 1 : 3, []]);
    expect(await report(["tiny", "--lab"])).toMatchObject({ exitCode: 0 });
  });
});
