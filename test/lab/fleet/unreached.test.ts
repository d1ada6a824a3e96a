import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyCheckout } from "../../../src/bench/checkout.ts";
import { sendSignal } from "../../../src/lab/machines/processes.ts";
import type { DriftReport } from "../../../src/report/drift.ts";
import { changed } from "./changed.ts";
import { begin, parse } from "./commands.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";
import { enginesOf } from "./engines.ts";

/**
 * What the last `up` declared and did not reach is drift, also from another clone that shares the backend of the state.
 * Each test begins with a fleet that is as declared.
 */

let tiny: Checkout;
/** Another clone, which has the files of the first whenever it looks. */
let clone: string;
/** Where the state and the clouds are. */
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  tiny = await scratchCheckout();
  await tiny.broughtUp();
  env = (await tiny.target()).env;
  clone = await mkdtemp(join(tmpdir(), "fleet-clone-"));
  await copyCheckout(clone);
});
afterAll(async () => {
  await rm(clone, { recursive: true });
  await tiny?.[Symbol.asyncDispose]();
});

async function driftHere() {
  const { exitCode, drift } = await tiny.drift();
  const { lastUp, resources } = drift as DriftReport;
  return { exitCode, drift, lastUp, rows: Object.fromEntries(resources.map(({ name, ...row }) => [name, row])) };
}

/** The other clone says the same. */
async function driftFromBoth() {
  const here = await driftHere();
  for (const folder of ["hosts/tiny", "stacks/tiny", "services/custom"])
    await cp(join(tiny.root, folder), join(clone, folder), { recursive: true });
  const command = [join(clone, "src/cli/main.ts"), "drift", "tiny", "--format", "json"];
  const there = await begin(process.execPath, command, env, clone).ended;
  expect([there.exitCode, parse(there)]).toEqual([here.exitCode, here.drift]);
  return here;
}

const not = (why: string) => ({ status: "drifted", unreached: expect.stringContaining(why) as string });
const wrongOf = (rows: Record<string, { status: string }>) =>
  Object.entries(rows).flatMap(([name, { status }]) => (status === "same" ? [] : [name]));
const edit = async (path: string, from: string, to: string) => {
  const text = await tiny.read(path);
  expect(text).toContain(from);
  await tiny.write(path, text.replace(from, to));
};
/** @returns what lets the files be what they are now, and brings that up */
const asBefore = async (...paths: string[]) => {
  const texts = await Promise.all(paths.map((path) => tiny.read(path)));
  return async () => {
    for (const [i, path] of paths.entries()) await tiny.write(path, texts[i]!);
    expect(await tiny.up()).toMatchObject({ exitCode: 0 });
  };
};
const lab = async (...args: string[]) => expect(await tiny.fleet(["lab", ...args])).toMatchObject({ exitCode: 0 });
const tags = async () =>
  (
    JSON.parse(await readFile(join(tiny.lab, "state/.pulumi/stacks/fleet/tiny.pulumi-tags"), "utf8")) as {
      tags: Record<string, string>;
    }
  ).tags;
/** As declared, with nothing left to be remembered. */
async function expectReached() {
  expect(await driftHere()).toMatchObject({ exitCode: 0, lastUp: undefined });
  expect(await tags()).not.toHaveProperty("fleet:up");
}

test("after an `up` that ended well nothing is kept, and nothing is told", expectReached);

test("a service that was put back, a record that was refused, and what waits for them", async () => {
  const goBack = await asBefore("stacks/tiny/web.ts", "stacks/tiny/fleet.ts", "hosts/tiny/pi.ts");
  await edit("stacks/tiny/web.ts", "server { listen 8080;", "server { lissten 8080;");
  await edit("stacks/tiny/fleet.ts", `txt("@", "made by fleet")`, `txt("@", "made by fleet"), txt("www", "hello")`);
  await edit("hosts/tiny/pi.ts", `custom({ name: "motd"`, `custom({ name: "notice"`);
  await edit("hosts/tiny/pi.ts", "/etc/motd", "/etc/notice");
  await lab("fault", "tiny", "400", "--cloud", "cloudflare", "--method", "POST", "--path", "*/dns_records");
  expect(await tiny.up()).toMatchObject({ exitCode: 1 });
  await lab("fault", "tiny", "off");

  const { exitCode, rows, lastUp } = await driftFromBoth();
  expect([exitCode, wrongOf(rows).sort()]).toEqual([2, ["old/web", "pi/motd", "www.tiny.example TXT hello"]]);
  expect(rows).toMatchObject({
    "old/web": { host: "old", ...not("refused by its validation: nginx -t") },
    "www.tiny.example TXT hello": { host: null, changes: [], ...not("Cloudflare refused POST") },
    "pi/motd": { host: "pi", ...not("it is to be removed") },
  });
  expect(lastUp).toEqual({ begun: expect.any(String), ended: expect.any(String) });
  expect(Object.values(await tags()).join()).not.toMatch(/unknown directive/);

  // What exists already is tried again as the files say; what does not is left to `up`.
  await edit("stacks/tiny/web.ts", "lissten", "listen");
  const fix = await tiny.fleet(["drift", "tiny", "--lab", "--fix", "--format", "json"]);
  const fixes = Object.fromEntries(
    (JSON.parse(fix.stdout) as DriftReport).resources.flatMap(({ name, fix: made }) => (made ? [[name, made]] : [])),
  );
  expect([fix.exitCode, fixes]).toMatchObject([
    2,
    {
      "old/web": { result: "healed" },
      "www.tiny.example TXT hello": { result: "left", reason: expect.stringContaining("`fleet up` goes on with it") },
      "pi/motd": { result: "left" },
    },
  ]);
  expect(wrongOf((await driftFromBoth()).rows).sort()).toEqual(["pi/motd", "www.tiny.example TXT hello"]);
  await goBack();
  await expectReached();
});

test("an `up` that was killed: what it would have reached, and whether the files are still its own", async () => {
  const goBack = await asBefore("hosts/tiny/old.ts", "hosts/tiny/new.ts");
  await edit("hosts/tiny/old.ts", "level=info", "level=debug");
  await edit("hosts/tiny/new.ts", 'description: "Helps"', 'description: "Helps on"');
  const running = tiny.start(["up", "tiny", "--lab", "--json"]);
  let ended = false;
  void running.ended.then(() => (ended = true));
  const isAtWork = async () => "fleet:up" in (await tags()) && enginesOf(tiny).length > 0;
  while (!(await isAtWork()) && (await sleep(5, true))) expect(ended).toBe(false);
  running.kill();
  for (const pid of enginesOf(tiny)) sendSignal(pid, "SIGKILL");
  await running.ended;

  const { exitCode, rows, lastUp } = await driftFromBoth();
  expect([exitCode, wrongOf(rows).sort(), lastUp]).toEqual([
    2,
    ["new/helper", "old/worker"],
    { begun: expect.any(String) },
  ]);
  expect(rows).toMatchObject({ "new/helper": not("has not ended"), "old/worker": not("has not ended") });

  await edit("hosts/tiny/old.ts", "level=debug", "level=warn");
  expect((await driftHere()).lastUp).toEqual({ begun: lastUp!.begun, edited: true });
  await tiny.write("hosts/tiny/new.ts", "export default 1;\n");
  const broken = await driftHere();
  expect([broken.exitCode, wrongOf(broken.rows)]).toEqual([3, ["fleet-tiny"]]);
  expect(broken.rows["fleet-tiny"]).toMatchObject({ status: "unknown", reason: expect.stringContaining("new.ts") });
  await goBack();
  await expectReached();
});

test("a rollout that waits for a go", async () => {
  await edit("stacks/tiny/fleet.ts", "secrets: [", 'rollout: { pilot: ["old"], go: false, batches: 1 },\n  secrets: [');
  await edit("hosts/tiny/old.ts", "level=info", "level=debug");
  await edit("hosts/tiny/new.ts", 'description: "Helps"', 'description: "Helps on"');
  expect(await tiny.up()).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("waits for a go") });

  const { exitCode, rows } = await driftFromBoth();
  expect([exitCode, wrongOf(rows)]).toEqual([2, ["new/helper"]]);
  expect(rows["new/helper"]).toMatchObject(not("batch 1 of 1 waits for a go"));
  expect(await tiny.fleet(["drift", "tiny", "--lab", "--fix"])).toMatchObject({
    exitCode: 2,
    stdout: expect.stringContaining("left     new/helper"),
  });

  // The pilot is not in order: what `up` itself finds to mend there, and what only a look at it finds.
  const [go] = /go: \{.*\}/.exec((await tiny.up()).stderr)!;
  await edit("stacks/tiny/fleet.ts", "go: false", go);
  const stop = () => tiny.ssh("old", "systemctl stop worker");
  for (const options of [[], ["--no-refresh"]]) {
    await stop();
    const refused = await tiny.up(options);
    expect([refused.exitCode, refused.stderr, changed(refused.changes, "update")]).toEqual([
      1,
      expect.stringMatching(/the go is refused[^]*old\/worker [^]*batch 1 of 1 was not touched/),
      options.length > 0 ? [] : ["old/worker"],
    ]);
  }
  expect(await tiny.up()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("the go is refused") });
  expect(await tiny.up()).toMatchObject({ exitCode: 0 });
  await expectReached();
});
