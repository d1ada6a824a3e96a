/** Records through the real scripts, with a keeper that keeps them in a file of a throw-away folder. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PartialFailure, type Properties } from "../../../src/plugin/types.ts";
import { serviceResource } from "../../../src/provider/service/index.ts";
import { Local } from "../../../src/transport/local.ts";
import { Pool } from "../../../src/transport/pool.ts";
import { Engine } from "../engine.ts";
import { inputsOf } from "../fixtures.ts";

const isRoot = process.getuid?.() === 0 && process.platform === "linux";

/** Keeps its records in store.json, writes down how it was called, and fails while there is a file `down`. */
const keeperOf = (root: string): string => `#!${process.execPath}
const { existsSync, readFileSync, writeFileSync, appendFileSync } = require("fs");
const verb = process.argv[2];
const given = Object.assign({}, ...readFileSync(0, "utf8").trim().split("\\n").map(JSON.parse));
const kept = existsSync("${root}/store.json") ? JSON.parse(readFileSync("${root}/store.json")) : {};
if (existsSync("${root}/down") || (verb === "write" && "bad" in given)) {
  console.log("the store does not answer");
  process.exit(1);
}
appendFileSync("${root}/calls", verb + " " + Object.keys(given) + "\\n");
const asked = (name) => Object.fromEntries(Object.keys(given[name] ?? {}).map((field) => [field, kept[name][field]]));
if (verb === "read")
  console.log(JSON.stringify(Object.fromEntries(Object.keys(kept).map((name) => [name, asked(name)]))));
if (verb === "write") for (const name in given) kept[name] = { ...kept[name], ...given[name] };
if (verb === "remove") for (const name in given) delete kept[name];
if (verb !== "read") writeFileSync("${root}/store.json", JSON.stringify(kept));
`;

describe.runIf(isRoot)("on this machine", () => {
  let root: string;
  let keeper: string;
  let pool: Pool;
  let resource: ReturnType<typeof serviceResource>;
  beforeEach(() => {
    root = mkdtempSync("/var/lib/fleet-test-");
    keeper = `${root}/keeper`;
    writeFileSync(keeper, keeperOf(root));
    chmodSync(keeper, 0o755);
    pool = new Pool(new Local());
    resource = serviceResource(pool, { folder: `${root}/journal` });
  });
  afterEach(async () => {
    await pool.close();
    rmSync(root, { recursive: true });
  });

  const monitor = (name: string, fields: object = { interval: 30, to: ["ntfy"] }, more: object = {}): Properties => ({
    ...inputsOf({ records: { [keeper]: { [name]: fields } }, ...more }),
    service: name,
  });
  const engine = new Engine(() => resource);
  const create = (inputs: Properties) => engine.create(inputs);
  const update = (olds: Properties, news: Properties) => engine.update(olds, news);
  const drift = (inputs: Properties, state: Properties) => engine.drift(inputs, state);
  const store = (): Record<string, object> =>
    existsSync(`${root}/store.json`)
      ? (JSON.parse(readFileSync(`${root}/store.json`, "utf8")) as Record<string, object>)
      : {};
  const calls = () => {
    const lines = readFileSync(`${root}/calls`, "utf8").trim().split("\n");
    rmSync(`${root}/calls`);
    return lines;
  };

  test("services share one look; each record is written once, and a second run writes nothing", async () => {
    const [tokyo, osaka] = [monitor("tokyo"), monitor("osaka")];
    const states = await Promise.all([create(tokyo), create(osaka)]);
    expect(store()).toEqual({ tokyo: { interval: 30, to: ["ntfy"] }, osaka: { interval: 30, to: ["ntfy"] } });
    expect(calls()).toEqual(["read tokyo,osaka", "write tokyo,osaka", "read tokyo,osaka"]);
    await Promise.all([update(states[0], tokyo), update(states[1], osaka)]);
    expect(calls()).toEqual(["read tokyo,osaka"]);
  });

  test("a change by hand is named by its field and put back; other records are left alone", async () => {
    const inputs = monitor("tokyo");
    const state = await create(inputs);
    writeFileSync(
      `${root}/store.json`,
      JSON.stringify({ tokyo: { interval: 60, to: [], note: "mine" }, other: { interval: 1 } }),
    );
    const { found, paths } = await drift(inputs, state);
    expect(paths).toEqual([`records["${keeper}"].tokyo.interval`, `records["${keeper}"].tokyo.to`]);
    await update(found, inputs);
    expect(store()).toEqual({ tokyo: { interval: 30, to: ["ntfy"], note: "mine" }, other: { interval: 1 } });
    writeFileSync(`${root}/store.json`, "{}");
    expect((await drift(inputs, found)).paths).toEqual([`records["${keeper}"].tokyo`]);
  });

  test("what leaves the bundle, and what is deleted, is removed", async () => {
    const state = await create(inputsOf({ records: { [keeper]: { a: {}, b: {} } } }));
    const next = await update(state, inputsOf({ records: { [keeper]: { b: {} } } }));
    expect(Object.keys(store())).toEqual(["b"]);
    await resource.delete({ urn: "", id: "", state: next, timeoutSeconds: 0 });
    expect(store()).toEqual({});
  });

  test("a file of the service that changes has its records written again", async () => {
    const withToken = (content: string) => monitor("tokyo", {}, { files: { [`${root}/token`]: { content } } });
    const state = await create(withToken("one"));
    calls();
    await update(state, withToken("two"));
    expect(calls()).toEqual(["read tokyo", "write tokyo", "read tokyo"]);
  });

  test("a keeper that cannot tell leaves the service unknown, not absent and not right", async () => {
    const inputs = monitor("tokyo");
    const state = await create(inputs);
    writeFileSync(`${root}/down`, "");
    const error = await resource.read({ urn: "", id: "ghost-01/tokyo", inputs, state }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(PartialFailure);
    expect(error).toMatchObject({
      state,
      reasons: [`unknown: ghost-01: ${keeper} could not read its records: the store does not answer`],
    });
    writeFileSync(keeper, "#!/bin/sh\necho no\n");
    await expect(resource.read({ urn: "", id: "ghost-01/tokyo", inputs, state })).rejects.toThrow(
      "could not read its records: it printed no JSON",
    );
  });

  test("a keeper that cannot write fails the service alone, says why, and puts its files back", async () => {
    const good = { ...inputsOf({ files: { [`${root}/good`]: { content: "x" } } }), service: "good" };
    const results = await Promise.allSettled([
      create(monitor("bad", {}, { files: { [`${root}/token`]: { content: "x" } } })),
      create(good),
      create(monitor("tokyo")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(((results[0] as PromiseRejectedResult).reason as Error).message).toMatch(
      /ghost-01\/bad: records could not be written by \S+keeper: bad[^]*the store does not answer/,
    );
    expect([existsSync(`${root}/token`), Object.keys(store())]).toEqual([false, ["tokyo"]]);
  });

  test("a keeper that is not there keeps nothing: to read, and to remove from", async () => {
    const inputs = monitor("tokyo");
    const state = await create(inputs);
    rmSync(keeper);
    expect((await drift(inputs, state)).paths).toEqual([`records["${keeper}"].tokyo`]);
    await resource.delete({ urn: "", id: "", state, timeoutSeconds: 0 });
  });
});
