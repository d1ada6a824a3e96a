import { expect, test } from "vitest";
import { PartialFailure, Secret, UNKNOWN, type Properties } from "../../../src/plugin/types.ts";
import { sshResources } from "../../../src/provider/ssh/index.ts";
import { Fake } from "../../../src/transport/fake.ts";
import { Pool } from "../../../src/transport/pool.ts";

const urn = "urn:pulumi:s::p::fleet:ssh:HostKey::tokyo";
const key = "ssh-ed25519 AAAAtokyo";
const timeoutSeconds = 0;

function setUp() {
  const fake = new Fake();
  fake.hostKeys.set("tokyo", key);
  const resources = sshResources(new Pool(fake));
  return { fake, hostKey: resources["fleet:ssh:HostKey"]!, keyPair: resources["fleet:ssh:KeyPair"]! };
}

test("a host key is made without asking the machine, and kept as it is by refreshes and updates", async () => {
  const { fake, hostKey } = setUp();
  const inputs = { host: "tokyo", adopt: false, connection: {} };
  const { id, state } = await hostKey.create({ urn, inputs, preview: false, timeoutSeconds });
  expect([id, state["host"], state["publicKey"]]).toEqual([
    "tokyo",
    "tokyo",
    expect.stringMatching(/^ssh-ed25519 AAAA\S+ tokyo$/),
  ]);
  expect(state["privateKey"]).toBeInstanceOf(Secret);
  expect(await hostKey.read({ urn, id, inputs, state })).toEqual({ id, inputs, state });
  expect(
    await hostKey.update({
      urn,
      id,
      olds: state,
      oldInputs: inputs,
      news: inputs,
      preview: false,
      timeoutSeconds,
      ignoreChanges: [],
    }),
  ).toEqual({ state });
  expect(fake.handshakes).toEqual([]);
});

test("an adopted key comes from the machine and has no private half", async () => {
  const { fake, hostKey } = setUp();
  const inputs = { host: "tokyo", adopt: true, connection: { address: "10.0.0.1" } };
  const created = await hostKey.create({ urn, inputs, preview: false, timeoutSeconds });
  expect(created).toEqual({ id: "tokyo", state: { host: "tokyo", adopt: true, publicKey: key } });
  expect(fake.handshakes).toEqual([{ host: "tokyo", connection: { address: "10.0.0.1" } }]);
});

test("an adopted machine that cannot be reached is unknown and keeps its state", async () => {
  const { fake, hostKey } = setUp();
  fake.unreachable.set("tokyo", "Connection refused");
  const inputs = { host: "tokyo", adopt: true, connection: { bootSeconds: 120 } };
  const state = { host: "tokyo", adopt: true, publicKey: key };
  const error = await hostKey.read({ urn, id: "tokyo", inputs, state }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(PartialFailure);
  expect(error).toMatchObject({
    id: "tokyo",
    state,
    inputs,
    reasons: ["unknown: tokyo is unreachable: Connection refused"],
  });
  expect(fake.handshakes).toEqual([{ host: "tokyo", connection: { bootSeconds: 0 } }]);
});

test("a machine without such a key says how to make one", async () => {
  const { fake, hostKey } = setUp();
  fake.hostKeys.clear();
  const creating = hostKey.create({
    urn,
    inputs: { host: "tokyo", adopt: true, connection: {} },
    preview: false,
    timeoutSeconds,
  });
  await expect(creating).rejects.toThrow("make one there with ssh-keygen -A");
});

const previews: [string, Properties, boolean, unknown][] = [
  ["a new key", { host: "tokyo", adopt: false, connection: {} }, true, UNKNOWN],
  ["an adopted one that can be read", { host: "tokyo", adopt: true, connection: {} }, true, key],
  ["an adopted one that cannot", { host: "tokyo", adopt: true, connection: {} }, false, UNKNOWN],
  [
    "an adopted one whose address is not known yet",
    { host: "tokyo", adopt: true, connection: { address: UNKNOWN } },
    true,
    UNKNOWN,
  ],
];
test.each(previews)("preview of %s", async (_, inputs, reachable, expected) => {
  const { fake, hostKey } = setUp();
  if (!reachable) fake.unreachable.set("tokyo", "off");
  expect((await hostKey.create({ urn, inputs, preview: true, timeoutSeconds })).state["publicKey"]).toBe(expected);
});

const base = { host: "tokyo", adopt: false, connection: { address: "10.0.0.1" } };
const diffs: [string, Properties, string[]][] = [
  ["nothing", base, []],
  ["the connection", { ...base, connection: { address: "10.0.0.2" } }, []],
  ["the host", { ...base, host: "osaka" }, ["host"]],
  ["adoption", { ...base, adopt: true }, ["adopt"]],
];
test.each(diffs)("diff of a host key: %s", async (_, news, paths) => {
  const { hostKey } = setUp();
  const { detailed } = await hostKey.diff({ urn, id: "tokyo", olds: {}, oldInputs: base, news, ignoreChanges: [] });
  expect(detailed).toEqual(Object.fromEntries(paths.map((path) => [path, { kind: "update-replace" }])));
});

const checks: [string, Properties, Properties, string[]][] = [
  ["defaults", { host: "tokyo" }, { host: "tokyo", adopt: false, connection: {} }, []],
  ["complete inputs stay", base, base, []],
  ["no host", {}, { host: undefined, adopt: false, connection: {} }, ["host"]],
  ["a word for adopt", { host: "tokyo", adopt: "yes" }, { host: "tokyo", adopt: "yes", connection: {} }, ["adopt"]],
];
test.each(checks)("check of a host key: %s", async (_, news, inputs, failures) => {
  const result = await setUp().hostKey.check!({ urn, news });
  expect(result.inputs).toEqual(inputs);
  expect(result.failures!.map((f) => f.property)).toEqual(failures);
});

test("a key pair is made once and replaced when its name changes", async () => {
  const { keyPair } = setUp();
  const { id, state } = await keyPair.create({ urn, inputs: { name: "backup" }, preview: false, timeoutSeconds });
  expect([id, state["publicKey"]]).toEqual(["backup", expect.stringMatching(/^ssh-ed25519 \S+ backup$/)]);
  const diff = (name: string) =>
    keyPair.diff({ urn, id, olds: state, oldInputs: { name: "backup" }, news: { name }, ignoreChanges: [] });
  expect((await diff("backup")).detailed).toEqual({});
  expect((await diff("other")).detailed).toEqual({ name: { kind: "update-replace" } });
  await expect(keyPair.read({ urn, id })).rejects.toThrow("the key pair backup cannot be imported");
});
