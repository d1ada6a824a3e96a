import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shortText } from "../../src/notify/message.ts";
import { notify } from "../../src/notify/notify.ts";
import { hasTargets, targetsIn, type Target } from "../../src/notify/targets.ts";
import type { DriftReport, ReportedRow } from "../../src/report/drift.ts";
import { Receiver } from "./receiver.ts";
import { root } from "../../src/setup/paths.ts";

const at = new Date("2026-11-21T10:00:00Z");
const drifted = (name: string, path = "mode"): ReportedRow => ({
  urn: `urn:pulumi:s::fleet::fleet:host:Service::${name}`,
  host: "a",
  name,
  status: "drifted",
  changes: [{ path, declared: 1, found: 2 }],
});
const report = (...resources: ReportedRow[]): DriftReport => ({
  version: 1,
  stack: "s",
  summary: { same: 0, drifted: 0, unknown: 0 },
  resources,
});
const clean = report({ ...drifted("a/x"), status: "same", changes: [] });

let receiver: Receiver;
let url: string;
let folder: string;
let file: string;
let waits: number[];
beforeEach(async () => {
  receiver = new Receiver();
  url = await receiver.start();
  folder = await mkdtemp(join(tmpdir(), "fleet-notify-"));
  file = join(folder, "below", "notified.json");
  waits = [];
});
afterEach(async () => {
  await receiver.stop();
  await rm(folder, { recursive: true });
});
const webhook = (): Target => ({ kind: "webhook", url: `${url}/hook/s3cret` });
const ntfy = (): Target => ({ kind: "ntfy", url: `${url}/topic`, token: "tk_s3cret" });
const tell = (report: DriftReport | undefined, targets: Target[] = [webhook()]) =>
  notify({ stack: "s", report, at }, targets, file, async (seconds) => void waits.push(seconds));
const texts = () =>
  receiver.received.map(({ body }) =>
    body.startsWith("{") ? (JSON.parse(body) as { text: string }).text.split("\n")[0] : body,
  );

test("nothing to tell sends nothing", async () => {
  expect(await tell(clean)).toEqual([]);
  expect(receiver.received).toEqual([]);
});

test("a webhook gets JSON, once, and once when it is over", async () => {
  expect([
    await tell(report(drifted("a/x"))),
    await tell(report(drifted("a/x"))),
    await tell(clean),
    await tell(clean),
  ]).toEqual([[], [], [], []]);
  expect(
    receiver.received.map(({ path, headers, body }) => [path, headers["content-type"], JSON.parse(body) as object]),
  ).toEqual([
    [
      "/hook/s3cret",
      "application/json",
      {
        version: 1,
        stack: "s",
        at: "2026-11-21T10:00:00.000Z",
        text: "s: 1 new finding\ndrifted a/x mode",
        new: [{ kind: "drifted", host: "a", name: "a/x", path: "mode", urn: drifted("a/x").urn }],
        resolved: [],
      },
    ],
    [
      "/hook/s3cret",
      "application/json",
      expect.objectContaining({
        text: "s: 1 resolved\nresolved a/x mode: it is as declared again",
        new: [],
        resolved: [expect.objectContaining({ because: "it is as declared again" })],
      }),
    ],
  ]);
});

test("an ntfy topic gets text with title, priority and tags, and the token as one", async () => {
  await tell(report(drifted("a/x"), drifted("a/ü\u001b[31m")), [ntfy()]);
  await tell(clean, [ntfy()]);
  expect(
    receiver.received.map(({ path, headers, body }) => [
      path,
      headers.title,
      headers.priority,
      headers.tags,
      headers.authorization,
      body,
    ]),
  ).toEqual([
    [
      "/topic",
      "s: 2 new findings",
      "high",
      "warning",
      "Bearer tk_s3cret",
      "drifted a/x mode\ndrifted a/ü⟨U+001B⟩[31m mode",
    ],
    [
      "/topic",
      "s: 2 resolved",
      "default",
      "white_check_mark",
      "Bearer tk_s3cret",
      expect.stringContaining("resolved a/x mode: it is as declared again\nresolved a/ü"),
    ],
  ]);
});

describe("a target that", () => {
  test("is busy for a while is tried again", async () => {
    receiver.faults = [503, 429];
    expect([await tell(report(drifted("a/x"))), receiver.received.length, waits]).toEqual([[], 1, [1, 2]]);
  });

  test("stays broken is told the next time; the other is not told twice", async () => {
    receiver.faults = [500, 500, 500];
    expect(await tell(report(drifted("a/x")), [webhook(), ntfy()])).toEqual([
      "FLEET_NOTIFY_WEBHOOK was not told: it answered 500",
    ]);
    expect(texts()).toEqual(["drifted a/x mode"]);
    expect(await tell(report(drifted("a/x"), drifted("a/y")), [webhook(), ntfy()])).toEqual([]);
    expect(texts()).toEqual(["drifted a/x mode", "s: 2 new findings", "drifted a/y mode"]);
  });

  test("was never told of something is not told that it is over", async () => {
    receiver.faults = [500, 500, 500];
    await tell(report(drifted("a/x")));
    expect([await tell(clean), receiver.received]).toEqual([[], []]);
  });

  test("takes a message and says nothing may get it twice, never not at all", async () => {
    receiver.faults = ["lost"];
    expect([await tell(report(drifted("a/x"))), receiver.received.length]).toEqual([[], 2]);
  });

  test.each([[401], [404], [302]])(
    "refuses (%i) is not asked again, and its address and token stay secret",
    async (status) => {
      receiver.faults = [status];
      const [problem, ...others] = await tell(report(drifted("a/x")), [ntfy()]);
      expect([problem, others]).toEqual([expect.stringMatching(/^FLEET_NTFY_URL was not told: it answered \d+$/), []]);
    },
  );

  test("is not there is named by its variable", async () => {
    expect(await tell(report(drifted("a/x")), [{ kind: "webhook", url: "http://127.0.0.1:9/s3cret" }])).toEqual([
      expect.stringMatching(/^FLEET_NOTIFY_WEBHOOK was not told: it could not be reached \(\w+( \w+)*\)$/),
    ]);
  });
});

describe("the file of what was told", () => {
  test("holds neither address nor token, and nothing is left beside it", async () => {
    await tell(report(drifted("a/x")), [webhook(), ntfy()]);
    expect(await readFile(file, "utf8")).not.toMatch(/s3cret|127\.0\.0\.1/);
    expect(await readdir(join(folder, "below"))).toEqual(["notified.json"]);
  });
  test.each([["{"], ["{}"], ['{"version":2,"stack":"s","told":{}}']])("is refused with %s in it", async (text) => {
    await tell(clean);
    await writeFile(file, text);
    await expect(tell(clean)).rejects.toThrow("is not what `fleet drift --notify` writes: remove it");
  });
  test("is refused when it is another stack's", async () => {
    await tell(clean);
    await expect(notify({ stack: "t", report: clean, at }, [webhook()], file)).rejects.toThrow(
      'is about the stack "s"',
    );
  });
  test("is not lost by two looks at once: each finding is told once", async () => {
    await Promise.all([1, 2, 3].map(() => tell(report(drifted("a/x")))));
    expect(receiver.received).toHaveLength(1);
  });
});

describe("who is told", () => {
  test("is in the environment", () => {
    expect(
      targetsIn({
        FLEET_NOTIFY_WEBHOOK: "https://a.example/x",
        FLEET_NTFY_URL: "https://ntfy.example/t",
        FLEET_NTFY_TOKEN: "tk",
      }),
    ).toEqual([
      { kind: "webhook", url: "https://a.example/x" },
      { kind: "ntfy", url: "https://ntfy.example/t", token: "tk" },
    ]);
    expect([hasTargets({}), hasTargets({ FLEET_NTFY_URL: "" }), hasTargets({ FLEET_NTFY_URL: "x" })]).toEqual([
      false,
      false,
      true,
    ]);
  });
  test.each([
    [{}, "nobody is to be told. Set FLEET_NOTIFY_WEBHOOK"],
    [{ FLEET_NTFY_TOKEN: "s3cret" }, "nobody is to be told"],
    [{ FLEET_NOTIFY_WEBHOOK: "s3cret" }, "FLEET_NOTIFY_WEBHOOK is no http or https URL"],
    [{ FLEET_NTFY_URL: "file:///s3cret" }, "FLEET_NTFY_URL is no http or https URL"],
    [{ FLEET_NTFY_URL: "https://me:s3cret@ntfy.example/t" }, "FLEET_NTFY_URL has a user or password in it"],
  ])("%j is refused without showing it", (env, message) => {
    expect(() => targetsIn(env)).toThrow(message);
    expect(() => targetsIn(env)).not.toThrow("s3cret");
  });
});

test("a long message is cut to what ntfy shows as one, and says how much", () => {
  const lines = Array.from({ length: 500 }, (_, i) => `drifted ü/${i}`);
  const text = shortText({ title: "s", lines, urgent: true });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
  expect(text).toMatch(/^drifted ü\/0\n[^]*\n… and \d+ more: `fleet drift` shows all$/);
});

test("the lab's stand-in for ntfy understands it", async () => {
  const port = await freePort();
  const config = join(folder, "server.yml");
  await writeFile(config, `listen-http: "127.0.0.1:${port}"\n`);
  const server = spawn("python3", [join(root, "services/ntfy/stand-in.py"), "--config", config], { stdio: "ignore" });
  try {
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/v1/health`).then(
            ({ ok }) => ok,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    expect(await tell(report(drifted("a/x")), [{ kind: "ntfy", url: `http://127.0.0.1:${port}/alerts` }])).toEqual([]);
    const message = JSON.parse(await (await fetch(`http://127.0.0.1:${port}/alerts/json?poll=1`)).text()) as object;
    expect(message).toMatchObject({
      topic: "alerts",
      title: "s: 1 new finding",
      message: "drifted a/x mode",
      priority: 4,
      tags: ["warning"],
    });
  } finally {
    server.kill();
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}
