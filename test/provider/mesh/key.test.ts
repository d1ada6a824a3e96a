import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PartialFailure, type Properties } from "../../../src/plugin/types.ts";
import { meshKeyResource } from "../../../src/provider/mesh/key.ts";
import { makeKeyScript, parseKeys, readKeysScript } from "../../../src/provider/mesh/key-script.ts";
import { Fake, type FakeAnswer } from "../../../src/transport/fake.ts";
import { Pool } from "../../../src/transport/pool.ts";

const urn = "urn:pulumi:s::p::fleet:mesh:Key::tokyo-mesh-key";
const timeoutSeconds = 0;
const [one, two] = ["A".repeat(43) + "=", "B".repeat(43) + "="];
const inputs: Properties = {
  host: "tokyo",
  connection: { address: "192.0.2.22", bootSeconds: 180, machine: "aws:x/i-1" },
};
const state: Properties = { host: "tokyo", publicKey: one, nextPublicKey: "" };

function setUp(
  answer: FakeAnswer = () => `private ${one}\n`,
  isGone?: (machine: string | undefined) => Promise<boolean>,
) {
  const fake = new Fake(answer);
  return { fake, key: meshKeyResource(new Pool(fake), { isGone }) };
}
const update = (key: ReturnType<typeof setUp>["key"]) =>
  key.update({
    urn,
    id: "tokyo",
    olds: state,
    oldInputs: inputs,
    news: inputs,
    preview: false,
    timeoutSeconds,
    ignoreChanges: [],
  });

test("a key is made on the machine, and only its public half comes back", async () => {
  const { fake, key } = setUp();
  expect(await key.create({ urn, inputs, preview: false, timeoutSeconds })).toEqual({ id: "tokyo", state });
  expect(fake.runs.map((r) => r.script)).toEqual([makeKeyScript("private")]);
  expect(fake.handshakes[0]!.connection.bootSeconds).toBe(180);
});

test("a preview says that a key is to be made, and touches nothing", async () => {
  const { fake, key } = setUp();
  expect((await key.create({ urn, inputs, preview: true, timeoutSeconds })).state).toEqual({
    host: "tokyo",
    publicKey: "(made by up)",
    nextPublicKey: "",
  });
  expect(fake.handshakes).toEqual([]);
});

test.each<[string, string, Properties | undefined]>([
  ["the same key", `private ${one}\n`, state],
  ["another key", `private ${two}\n`, { ...state, publicKey: two }],
  ["a next key", `private ${one}\nnext ${two}\n`, { ...state, nextPublicKey: two }],
  ["none: the machine was made anew", "", undefined],
])("a read finds %s", async (_, output, found) => {
  const { fake, key } = setUp(() => output);
  expect(await key.read({ urn, id: "tokyo", inputs, state })).toEqual(found && { id: "tokyo", inputs, state: found });
  expect(fake.runs.map((r) => r.script)).toEqual([readKeysScript()]);
  expect(fake.handshakes[0]!.connection.bootSeconds).toBe(0);
});

test.each<[string, FakeAnswer, string | undefined, string]>([
  ["a machine that is down", () => "", "no route", "unknown: tokyo is unreachable: no route"],
  [
    "a machine without the tools",
    () => ({ exitCode: 127, stderr: "sh: 1: wg: not found\n" }),
    undefined,
    "unknown: tokyo: its WireGuard key could not be handled: sh: 1: wg: not found",
  ],
  ["an answer that is no key", () => "private hello\n", undefined, "unknown: the host's answer is no WireGuard key"],
])("%s keeps what is known of it, and so does the update that follows", async (_, answer, unreachable, reason) => {
  const { fake, key } = setUp(answer);
  if (unreachable) fake.unreachable.set("tokyo", unreachable);
  const error = (await key.read({ urn, id: "tokyo", inputs, state }).catch((e: unknown) => e)) as PartialFailure;
  expect(error).toBeInstanceOf(PartialFailure);
  expect([error.state, error.inputs, error.reasons]).toEqual([state, inputs, [reason]]);
  expect(await update(key)).toEqual({ state });
});

test("a machine that was made anew and could not be read at first gets its new key in the update", async () => {
  const { key } = setUp(() => `private ${two}\n`);
  expect(await update(key)).toEqual({ state: { ...state, publicKey: two } });
});

test("another machine behind the name gets a key of its own, and one that cannot be reached yet is not taken for the old one", async () => {
  const { key } = setUp(() => `private ${two}\n`);
  const news = { ...inputs, connection: { ...(inputs.connection as Properties), machine: "aws:x/i-2" } };
  const change = { urn, id: "tokyo", olds: state, oldInputs: inputs, news, ignoreChanges: [] };
  expect(await key.diff({ ...change, news: inputs })).toEqual({ detailed: {} });
  expect(Object.keys((await key.diff(change)).detailed)).toEqual(["connection.machine"]);
  expect(await key.update({ ...change, preview: false, timeoutSeconds })).toEqual({
    state: { ...state, publicKey: two },
  });
  const other = setUp();
  other.fake.unreachable.set("tokyo", "no route");
  await expect(other.key.update({ ...change, preview: false, timeoutSeconds })).rejects.toThrow(
    "tokyo is unreachable: no route",
  );
});

test("what cannot be made is an error that names the machine", async () => {
  const { key } = setUp(() => ({ exitCode: 1, stderr: "E: no space left\n" }));
  await expect(key.create({ urn, inputs, preview: false, timeoutSeconds })).rejects.toThrow(
    "tokyo: its WireGuard key could not be handled: E: no space left",
  );
});

test("a removal takes the keys away, or nothing when the machine is gone", async () => {
  const { fake, key } = setUp(
    () => "",
    async (machine) => machine === "aws:x/i-1",
  );
  await key.delete({ urn, id: "tokyo", inputs, state, timeoutSeconds });
  expect(fake.runs[0]!.script).toContain("rm -f /var/lib/wireguard/private.key");
  const gone = setUp(
    () => "",
    async (machine) => machine === "aws:x/i-1",
  );
  gone.fake.unreachable.set("tokyo", "no route");
  await gone.key.delete({ urn, id: "tokyo", inputs, state, timeoutSeconds });
  await expect(
    gone.key.delete({ urn, id: "tokyo", inputs: { host: "tokyo", connection: {} }, state, timeoutSeconds }),
  ).rejects.toThrow(`forget the key with: pulumi state delete '${urn}'`);
});

test("another way to the machine is no change; another machine is another key", async () => {
  const { key } = setUp();
  const diff = async (news: Properties) =>
    Object.keys(
      (await key.diff({ urn, id: "tokyo", olds: state, oldInputs: inputs, news, ignoreChanges: [] })).detailed,
    );
  expect(await diff({ ...inputs, connection: { address: "10.84.0.22" } })).toEqual([]);
  expect(await diff({ ...inputs, host: "osaka" })).toEqual(["host"]);
});

test.each<[string, string, ReturnType<typeof parseKeys>]>([
  ["nothing", "", undefined],
  ["a next key without the first one", `next ${two}\n`, undefined],
  ["both", `private ${one}\nnext ${two}\n`, { publicKey: one, nextPublicKey: two }],
])("keys are read from %s", (_, output, keys) => expect(parseKeys(output)).toEqual(keys));

describe.skipIf(process.platform !== "linux")("the script that makes a key", () => {
  const RUNNING = `${"R".repeat(43)}=`;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-key-"));
    writeFileSync(
      join(folder, "wg"),
      `#!/bin/sh
case "$1 \${3-}" in
  "show private-key") cat ${folder}/running 2>/dev/null || exit 1 ;;
  "genkey ") echo MADE ;;
  "pubkey ") read -r key; echo "public of $key" ;;
esac`,
      { mode: 0o755 },
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each<[string, "private" | "next", Record<string, string>, string]>([
    ["none was here", "private", {}, "MADE"],
    ["an interface is up", "private", { running: RUNNING }, RUNNING],
    ["the fleet has made one before", "private", { running: RUNNING, "private.key": "OWN" }, "OWN"],
    ["a next key is a new one, whatever is up", "next", { running: RUNNING }, "MADE"],
  ])("%s: the private half stays there", (_, name, files, key) => {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), `${text}\n`);
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const { stdout } = spawnSync("sh", ["-c", makeKeyScript(name, folder)], { env, encoding: "utf8" });
    expect(readFileSync(join(folder, `${name}.key`), "utf8")).toBe(`${key}\n`);
    expect(stdout).toBe(`${name} public of ${key}\n`);
  });
});
