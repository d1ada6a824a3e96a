/** Changes that are cut off, and that meet each other, with the real scripts on files of a throw-away folder. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serviceResource } from "../../../src/provider/service/index.ts";
import type { Properties } from "../../../src/plugin/types.ts";
import type { ScriptResult } from "../../../src/transport/types.ts";
import { Engine } from "../engine.ts";
import { inputsOf } from "../fixtures.ts";

const isRoot = process.getuid?.() === 0 && process.platform === "linux";
const urn = "urn:pulumi:t::fleet::fleet:host:Service::web";
const isApply = (script: string) => script.includes('mkdir -m 0700 "$work"');

describe.runIf(isRoot)("on this machine", () => {
  let root: string;
  let running: ChildProcess | undefined;
  let scripts: string[];
  let resource: ReturnType<typeof serviceResource>;

  /** A script in a group of its own, as the far side's runner has them; waiting for locks does not take minutes. */
  async function run(script: string): Promise<ScriptResult> {
    scripts.push(script);
    const quick = script.replaceAll(/flock( -s)? -w \d+ 9/g, "flock$1 -w 1 9");
    const child = spawn("sh", ["-s"], { detached: true, stdio: "pipe" });
    if (isApply(script)) running = child;
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    child.stdin.end(`{ ${quick}\n}; exit`);
    const [code] = (await once(child, "close")) as [number | null];
    return { exitCode: code ?? 137, stdout, stderr };
  }
  /** Ends the change that runs, and all that it has started, once there is a file. */
  async function endAt(path: string, signal: NodeJS.Signals): Promise<void> {
    for (let n = 0; n < 200 && !existsSync(path); n += 1) await sleep(25);
    process.kill(-running!.pid!, signal);
  }

  beforeEach(() => {
    root = mkdtempSync("/var/lib/fleet-test-");
    scripts = [];
    resource = serviceResource(
      { ready: async () => {}, reconnect: async () => {}, run: (_host, _connection, script) => run(script) },
      { folder: `${root}/journal` },
    );
    writeFileSync(`${root}/keeper`, `#!/bin/sh\n[ "$1" = read ] && { cat; exit; }\necho "$1" >>${root}/calls\n`);
    chmodSync(`${root}/keeper`, 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const engine = new Engine(() => resource);
  const create = (inputs: Properties) => engine.create(inputs);
  const update = (olds: Properties, news: Properties) => engine.update(olds, news);
  const read = (inputs: Properties, state: Properties) => resource.read({ urn, id: "ghost-01/web", inputs, state });
  const caught = (promise: Promise<unknown>) =>
    promise.then(
      () => "no error",
      (error: unknown) => (error as Error).message,
    );
  const conf = (content: string, command = "true") =>
    inputsOf({
      files: { [`${root}/conf`]: { content } },
      records: { [`${root}/keeper`]: { a: { interval: 1 } } },
      validations: [{ command }],
    });
  const slow = () => `[ ! -e ${root}/slow ] || { touch ${root}/reached; sleep 20; }`;
  const unfinished = () => `${root}/journal/services/web/unfinished`;

  test("one that is told to end takes back what it has done, and leaves nothing that it needed", async () => {
    const state = await create(conf("one", slow()));
    writeFileSync(`${root}/slow`, "");
    const [message] = await Promise.all([
      caught(update(state, conf("two", slow()))),
      endAt(`${root}/reached`, "SIGTERM"),
    ]);
    expect(message).toMatch(/it was stopped before its end|refused by its validation/);
    expect(readFileSync(`${root}/conf`, "utf8")).toBe("one");
    expect(readdirSync(`${root}/journal`).filter((name) => name.startsWith("apply."))).toEqual([]);
    expect(existsSync(unfinished())).toBe(false);
  });

  test("what a change that was killed had lying ready goes with the next one", async () => {
    const state = await create(conf("one", slow()));
    const dead = `${root}/journal/apply.dead`;
    mkdirSync(dead);
    writeFileSync(`${dead}/0.staged`, `beside 0815 0600 root:root\n${root}/secret\n`);
    writeFileSync(`${root}/.fleet-0815`, "ready");
    await update(state, conf("two", slow()));
    expect([existsSync(dead), existsSync(`${root}/.fleet-0815`)]).toEqual([false, false]);
  });

  test("one that is killed between files and what reads them is named, and the next one finishes it", async () => {
    const state = await create(conf("one", slow()));
    writeFileSync(`${root}/slow`, "");
    rmSync(`${root}/calls`, { force: true });
    const inputs = conf("two", slow());
    await Promise.all([caught(update(state, inputs)), endAt(`${root}/reached`, "SIGKILL")]);
    expect([readFileSync(`${root}/conf`, "utf8"), readFileSync(unfinished(), "utf8")]).toEqual([
      "two",
      "write records\n",
    ]);
    rmSync(`${root}/slow`);
    const { found: seen, paths } = await engine.drift(inputs, state);
    expect(paths).toEqual(["unfinished"]);
    const after = await update(seen, inputs);
    expect(readFileSync(`${root}/calls`, "utf8")).toBe("write\n");
    expect([existsSync(unfinished()), after.unfinished]).toEqual([false, undefined]);
    expect(readdirSync(`${root}/journal`).filter((name) => name.startsWith("apply."))).toEqual([]);
  });

  test("one that does not get its turn touches nothing and says since when, and so does a look", async () => {
    const state = await create(conf("one"));
    writeFileSync(`${root}/journal/holder`, "1795968000 other-1\n");
    const holder = spawn("flock", [`${root}/journal/lock`, "sh", "-c", `touch ${root}/held; exec sleep 30`], {
      detached: true,
    });
    try {
      for (let n = 0; n < 200 && !existsSync(`${root}/held`); n += 1) await sleep(25);
      const since = "another change is under way there since 2026-11-29 16:00:00 UTC";
      expect(await caught(read(conf("one"), state))).toBe(`unknown: ghost-01: ${since}`);
      expect(await caught(update(state, conf("two")))).toContain(since);
      // The change itself, after a look that was in time.
      const apply = scripts.filter(isApply).at(-1)!;
      const { stdout } = await run(apply.replaceAll("'one'", "'three'"));
      expect(stdout).toMatch(/^#fleet:busy 1795968000 other-1\n#fleet:end\n$/);
      expect(readFileSync(`${root}/conf`, "utf8")).toBe("one");
    } finally {
      process.kill(-holder.pid!, "SIGKILL");
    }
    await update(state, conf("two"));
    expect(readFileSync(`${root}/conf`, "utf8")).toBe("two");
  });

  test("what was there before a service comes back with content, mode and owner, and its journal goes", async () => {
    writeFileSync(`${root}/conf`, "mine");
    chmodSync(`${root}/conf`, 0o640);
    mkdirSync(`${root}/data`, { mode: 0o711 });
    const bundle = inputsOf({
      directories: { [`${root}/data`]: { mode: "0700", owner: "daemon" } },
      files: { [`${root}/conf`]: { content: "fleet", owner: "daemon" }, [`${root}/new`]: { content: "x" } },
    });
    const state = await create(bundle);
    const again = await update(state, inputsOf({ ...bundle, files: { [`${root}/conf`]: { content: "fleet 2" } } }));
    expect([existsSync(`${root}/new`), readFileSync(`${root}/conf`, "utf8")]).toEqual([false, "fleet 2"]);
    expect(readdirSync(`${root}/journal/services`)).toEqual(["web"]);
    await resource.delete({ urn, id: "x", state: again, timeoutSeconds: 0 });
    const facts = (path: string) => [(statSync(path).mode & 0o7777).toString(8), statSync(path).uid];
    expect([readFileSync(`${root}/conf`, "utf8"), ...facts(`${root}/conf`), ...facts(`${root}/data`)]).toEqual([
      "mine",
      "640",
      0,
      "711",
      0,
    ]);
    expect(readdirSync(`${root}/journal/services`)).toEqual([]);
  });
});
