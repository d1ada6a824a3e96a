import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { sendSignal } from "../../../src/lab/machines/processes.ts";
import type { Changes } from "../../../src/engine/changes.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";
import { descendantsOf, processesIn } from "./engines.ts";

/** What can go wrong with a fleet, on real machines. Each test leaves the fleet as it is declared. */

const ZONE = "7".repeat(32);
let tiny: Checkout;

beforeAll(async () => {
  tiny = await scratchCheckout();
  expect(await tiny.fleet(["lab", "up", "tiny"])).toMatchObject({ exitCode: 0 });
});
afterAll(async () => tiny?.[Symbol.asyncDispose]());

const names = async () =>
  (await tiny.cloud<{ servers: { name: string }[] }>("hcloud", "GET", "/servers")).servers.map((s) => s.name).sort();
const records = async () =>
  (
    await tiny.cloud<{ result: { name: string; type: string }[] }>("cloudflare", "GET", `/zones/${ZONE}/dns_records`)
  ).result
    .map((r) => `${r.name} ${r.type}`)
    .sort();
const address = async (host: string) => (await tiny.status()).hosts.find((h) => h.name === host)!.address;
const log = async () =>
  JSON.parse((await tiny.fleet(["lab", "log", "tiny", "--json"])).stdout) as {
    method: string;
    path: string;
    status: number;
  }[];
const writes = async () => (await log()).filter((r) => r.method !== "GET");
const lab = async (...args: string[]) =>
  expect(await tiny.fleet(["lab", ...args])).toEqual({ exitCode: 0, stdout: "", stderr: expect.any(String) });
/** Changes a file until the test is over, or until what is returned is called. */
const edit = async (path: string, from: string, to: string) => {
  const text = await tiny.read(path);
  expect(text).toContain(from);
  await tiny.write(path, text.replace(from, to));
  const restore = () => tiny.write(path, text);
  onTestFinished(restore);
  return restore;
};
/** Switches faults on until the test is over. */
const faults = async (...rules: string[][]) => {
  onTestFinished(() => lab("fault", "tiny", "off"));
  for (const rule of rules) await lab("fault", "tiny", ...rule);
};

/** As declared, to the last thing, and with nothing there twice. */
async function expectDeclared() {
  expect(await tiny.up()).toMatchObject({ exitCode: 0, stderr: expect.any(String) });
  const { exitCode, drift } = await tiny.drift();
  expect([exitCode, drift.resources.filter((r) => r.status !== "same")]).toEqual([0, []]);
  expect(await names()).toEqual(["new", "old"]);
  expect(await records()).toEqual(["new.tiny.example A", "old.tiny.example A", "tiny.example TXT"]);
  expect((await tiny.status()).hosts.map((h) => h.name).sort()).toEqual(["new", "old", "pi"]);
}

test("a missing secret is named before anything is touched", async () => {
  const { env } = await tiny.target();
  const before = await writes();
  // Not as `--lab`, which makes up what is missing, but as for real clouds, which happen to be the lab's.
  const { FLEET_SECRET_APP_TOKEN: _, ...without } = env;
  const { exitCode, stdout, stderr } = await tiny.fleet(["up", "tiny", "--yes", "--json"], {
    ...without,
    FLEET_SECRET_APP_TOKEN: undefined,
  });
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/APP_TOKEN is missing.*openssl rand -hex 24/s)]);
  expect(stdout === "" || (JSON.parse(stdout) as Changes).summary.create === 0).toBe(true);
  expect(await writes()).toEqual(before);
  expect(await tiny.ssh("old", "ls /opt/tiny /root/.secrets 2>/dev/null | wc -l")).toBe("0");
});

describe("kill -9 in the middle of `up`, and `up` again, ends in the declared state", () => {
  test("however early or late it strikes, also when the engine and its plugins die with the command", async () => {
    const moments: [name: string, reached: () => Promise<boolean>, all: boolean][] = [
      ["the engine has begun", async () => processesOfRuns().some(({ args }) => args[0]!.endsWith("pulumi")), true],
      ["a server is being made", async () => (await names()).includes("new"), true],
      [
        "services are being set up",
        async () => (await tiny.ssh("old", "ls -d /var/lib/fleet/apply.* 2>/dev/null | head -1")) !== "",
        false,
      ],
    ];
    for (const [name, reached, all] of moments) {
      const running = tiny.start(["up", "tiny", "--lab", "--json"]);
      let ended = false;
      void running.ended.then(() => (ended = true));
      while (!(await reached()) && (await sleep(5, true)))
        if (ended) throw new Error(`${name}: \`up\` was over before: ${JSON.stringify(await running.ended)}`);
      const begun = descendantsOf(running.pid);
      running.kill();
      if (all) {
        expect(begun, name).not.toEqual([]);
        for (const pid of begun) sendSignal(pid, "SIGKILL");
      }
      await running.ended;
    }
    await expectDeclared();
    expect(await tiny.ssh("new", "systemctl is-active coturn helper")).toBe("active\nactive");
  });

  test("nothing of the killed runs goes on running", async () => {
    await expect.poll(processesOfRuns, { timeout: 20_000 }).toEqual([]);
  });
});

test("a reply that was lost after the change was made is made up for: no second server, no second record", async () => {
  const restore = await tiny.read("hosts/tiny/new.ts");
  await tiny.remove("hosts/tiny/new.ts");
  expect((await tiny.up()).exitCode).toBe(0);
  await tiny.write("hosts/tiny/new.ts", restore);
  const lost = (cloud: string, path: string) => [
    "lost-reply",
    "--cloud",
    cloud,
    "--method",
    "POST",
    "--path",
    path,
    "--times",
    "1",
  ];
  await faults(lost("hcloud", "/servers"), lost("hcloud", "/firewalls"), lost("cloudflare", "*/dns_records"));
  // Each run meets one of the lost replies at least; the last meets none.
  for (let run = 0; run < 3 && (await tiny.up()).exitCode !== 0; run++);
  await expectDeclared();
});

test("clouds that are busy for a while are asked again", async () => {
  await faults(["429", "--times", "3"], ["500", "--cloud", "cloudflare", "--times", "2"]);
  const restore = await edit("stacks/tiny/fleet.ts", "made by fleet", "made by a fleet");
  const { exitCode, changes } = await tiny.up();
  expect([exitCode, changes.summary]).toMatchObject([0, { update: 1 }]);
  expect((await log()).map((r) => r.status)).toEqual(expect.arrayContaining([429, 500]));
  await restore();
  await expectDeclared();
});

describe("a machine that does not answer, and one that answers with another host key", () => {
  test("are unknown to drift, with the reason; the others are still compared", async () => {
    await lab("machine", "tiny", "pi", "pause");
    await lab("machine", "tiny", "old", "swap-host-key");
    const { exitCode, drift } = await tiny.drift();
    const byHost = (host: string) =>
      drift.resources.filter((r) => r.host === host && r.urn.includes("fleet:host:Service"));
    expect([exitCode, drift.summary.drifted, drift.summary.unknown]).toEqual([
      3,
      0,
      byHost("pi").length + byHost("old").length,
    ]);
    expect(new Set(byHost("pi").map((r) => r.status))).toEqual(new Set(["unknown"]));
    expect(new Set(byHost("old").map((r) => r.status))).toEqual(new Set(["unknown"]));
    for (const row of byHost("old"))
      expect([row.changes, row.reason]).toEqual([[], expect.stringContaining("another SSH host key")]);
    expect(new Set(byHost("new").map((r) => r.status))).toEqual(new Set(["same"]));
  });

  test("fail alone: the others are brought up, and what was refused was not trusted with anything", async () => {
    const config = () =>
      tiny
        .ssh("new", "true")
        .then(() => tiny.run("cat", [join(tiny.lab, "machines/old/root/etc/worker.conf")]))
        .then((r) => r.stdout);
    const before = await config();
    const restores = [
      await edit("hosts/tiny/new.ts", 'description: "Helps"', 'description: "Helps on"'),
      await edit("hosts/tiny/old.ts", "level=info", "level=debug"),
      await edit("hosts/tiny/pi.ts", "tiny\\n", "changed\\n"),
    ];
    const { exitCode, stderr, changes } = await tiny.up();
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/error pi\/\w+: pi is unreachable/)]);
    expect(stderr).toMatch(/error old\/[a-z-]+: old is unreachable: it answers with another SSH host key/);
    expect(changes.resources.find((r) => r.urn.endsWith("::new/helper"))!.op).toBe("update");
    expect(await tiny.ssh("new", "systemctl show -p Description --value helper")).toBe("Helps on");
    expect(await config()).toBe(before);

    await lab("machine", "tiny", "pi", "resume");
    await lab("machine", "tiny", "old", "swap-host-key");
    expect(await tiny.up()).toMatchObject({ exitCode: 0, stderr: expect.any(String) });
    expect(await tiny.ssh("pi", "cat /etc/motd")).toBe("changed");
    for (const restore of restores) await restore();
    await expectDeclared();
  });

  test("a machine that is off is unknown, and comes back by itself", async () => {
    await lab("machine", "tiny", "pi", "stop");
    const { exitCode, drift } = await tiny.drift();
    expect([exitCode, drift.resources.filter((r) => r.status === "unknown").map((r) => r.name)]).toEqual([
      3,
      ["pi/base", "pi/motd"],
    ]);
    await lab("machine", "tiny", "pi", "start");
    expect((await tiny.drift()).exitCode).toBe(0);
  });
});

describe("a change that does not work", () => {
  test("a broken nginx configuration is refused, and the old one keeps serving", async () => {
    const restore = await edit("stacks/tiny/web.ts", "server { listen 8080;", "server { lissten 8080;");
    const serving = await askAllTheTime(`http://${await address("old")}:8080/`);
    const { exitCode, stderr } = await tiny.up();
    expect(await serving.stop()).toEqual(new Set(["first"]));
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/error old\/web: [^]*nginx -t[^]*unknown directive \\?"lissten/),
    ]);
    await restore();
    await expectDeclared();
  });

  test("a health check that fails rolls its service back, with the journal's last lines", async () => {
    const restores = [
      await edit(
        "hosts/tiny/old.ts",
        'ExecStart=/bin/sleep infinity\\n" +',
        "ExecStart=/bin/sh -c 'echo no database to be found; sleep infinity'\\n\" +",
      ),
      await edit("hosts/tiny/old.ts", "sysctl: {", 'checks: [{ kind: "tcp", port: 8999, within: 2 }], sysctl: {'),
    ];
    const { exitCode, stderr } = await tiny.up();
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/old\/worker: .*8999[^]*put back[^]*journal:[^]*no database to be found/),
    ]);
    expect(await tiny.ssh("old", "systemctl is-active worker; pgrep -u worker -a")).toMatch(
      /^active\n\d+ \/bin\/sleep infinity$/,
    );
    for (const restore of restores.reverse()) await restore();
    await expectDeclared();
  });
});

/** Processes of the checkout that are neither its lab's daemon nor its machines: commands, engines, plugins. */
const processesOfRuns = (): { pid: number; args: string[] }[] =>
  processesIn(tiny).filter(
    ({ args }) => !args.some((arg) => arg.endsWith("/src/lab/daemon.ts") || arg === "systemd-nspawn"),
  );

/** Asks a URL again and again. @returns every different answer, errors among them */
async function askAllTheTime(url: string): Promise<{ stop(): Promise<Set<string>> }> {
  const answers = new Set<string>();
  const ask = () =>
    fetch(url)
      .then(
        (r) => r.text(),
        (error: Error) => (error.cause instanceof Error ? error.cause : error).message,
      )
      .then((answer) => answers.add(answer));
  await ask();
  let running = true;
  const asking = (async () => {
    while (running) await ask();
  })();
  return {
    stop: async () => {
      running = false;
      await asking;
      return answers;
    },
  };
}
