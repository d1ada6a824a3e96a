import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createCommandPlugin } from "../../src/lab/plugins/command/index.ts";
import { PartialFailure, Secret, type Properties } from "../../src/plugin/types.ts";

const folder = mkdtempSync(join(tmpdir(), "command-"));
afterAll(() => rmSync(folder, { recursive: true }));

const plugin = createCommandPlugin();
const command = plugin.resources["command:local:Command"]!;
const create = (inputs: Properties, preview = false) => command.create({ urn: "", inputs, preview, timeoutSeconds: 0 });
const update = (olds: Properties, oldInputs: Properties, news: Properties) =>
  command.update({ urn: "", id: "1", olds, oldInputs, news, preview: false, timeoutSeconds: 0, ignoreChanges: [] });

describe("a local command", () => {
  test.each<[string, Properties, Properties]>([
    ["nothing to run", {}, { stdout: "", stderr: "" }],
    [
      "output of both kinds, without the last newline",
      { create: "echo out; echo err >&2" },
      { stdout: "out", stderr: "err" },
    ],
    [
      "environment, input and folder",
      { create: 'echo "$A"; cat; pwd', environment: { A: "it's" }, stdin: "in\n", dir: "/" },
      { stdout: "it's\nin\n/" },
    ],
    ["another interpreter", { create: "console.log(6 * 7)", interpreter: ["node", "-e"] }, { stdout: "42" }],
    [
      "secret output of a secret input",
      { create: "cat", stdin: new Secret("hidden") },
      { stdout: new Secret("hidden"), stderr: new Secret("") },
    ],
  ])("%s", async (_, inputs, expected) => {
    expect((await create(inputs)).state).toMatchObject({ ...inputs, ...expected });
  });

  test("runs nothing in a preview", async () => {
    await create({ create: `touch ${folder}/preview` }, true);
    expect(() => readFileSync(`${folder}/preview`)).toThrow("ENOENT");
  });

  test("a failure shows the last lines, and not those of a secret", async () => {
    await expect(create({ create: "echo because >&2; exit 3" })).rejects.toThrow(
      "the local command ended with status 3:\nbecause",
    );
    const failure = await create({ create: "cat >&2; exit 3", stdin: new Secret("hidden") }).catch(
      (error: Error) => error.message,
    );
    expect(failure).toContain("status 3");
    expect(failure).not.toContain("hidden");
  });

  test("the script is no process argument", async () => {
    const { state } = await create({ create: new Secret("tr '\\0' ' ' < /proc/$$/cmdline; : hidden") });
    expect((state.stdout as Secret<string>).value).not.toContain("hidden");
  });

  test("ends after its time", async () => {
    await expect(
      command.create({ urn: "", inputs: { create: "exec sleep 30" }, preview: false, timeoutSeconds: 0.2 }),
    ).rejects.toThrow("was stopped by SIGKILL");
  });

  test("an update sees the output before it, runs only on a change, and keeps the old state when it fails", async () => {
    const inputs: Properties = { create: "echo one", update: 'echo "$PULUMI_COMMAND_STDOUT two"' };
    const { state } = await create(inputs);
    expect((await update(state, inputs, inputs)).state.stdout).toBe("one");
    const changed = { ...inputs, environment: { A: "1" } };
    expect((await update(state, inputs, changed)).state.stdout).toBe("one two");
    await expect(update(state, inputs, { ...inputs, update: "exit 1" })).rejects.toBeInstanceOf(PartialFailure);
  });

  test("a delete runs its script", async () => {
    writeFileSync(`${folder}/file`, "");
    await command.delete({ urn: "", id: "1", state: { delete: `rm ${folder}/file` }, timeoutSeconds: 0 });
    expect(() => readFileSync(`${folder}/file`)).toThrow("ENOENT");
  });

  test("the run function", async () => {
    expect(await plugin.functions!["command:local:run"]!({ command: "echo hi" })).toMatchObject({ stdout: "hi" });
  });
});

describe("checks and diffs", () => {
  const remote = plugin.resources["command:remote:Command"]!;
  const check = async (news: Properties, type = command) =>
    (await type.check!({ urn: "", news })).failures?.map(({ property }) => property);
  const diff = async (olds: Properties, news: Properties, type = command) =>
    (await type.diff({ urn: "", id: "1", olds: {}, oldInputs: olds, news, ignoreChanges: [] })).detailed;

  test.each<[string, Properties, string[]]>([
    ["nothing wrong", { create: "true", triggers: [1], logging: "none" }, []],
    ["an unknown property", { creat: "true" }, ["creat"]],
    ["an unknown kind of logging", { logging: "all" }, ["logging"]],
    ["files to collect", { assetPaths: ["*"] }, ["assetPaths"]],
  ])("%s", async (_, news, expected) => expect(await check(news)).toEqual(expected));

  test("a remote command needs a connection, whose key becomes secret", async () => {
    expect(await check({ create: "true" }, remote)).toEqual(["connection"]);
    const { inputs } = await remote.check!({
      urn: "",
      news: { create: "true", connection: { host: "h", privateKey: "hidden" } },
    });
    expect(inputs.connection).toBeInstanceOf(Secret);
  });

  test.each<[string, Properties, Properties, object]>([
    ["no change", { create: "a", triggers: [1] }, { create: "a", triggers: [1] }, {}],
    ["another script", { create: "a" }, { create: "b" }, { create: { kind: "update" } }],
    ["another trigger", { triggers: [1] }, { triggers: [2] }, { "triggers[0]": { kind: "update-replace" } }],
    [
      "another way to the machine",
      { connection: new Secret({ host: "a" }) },
      { connection: new Secret({ host: "b" }) },
      {},
    ],
  ])("%s", async (_, olds, news, expected) => {
    const detailed = await diff(olds, news, remote);
    expect(Object.keys(detailed)).toEqual(Object.keys(expected));
    expect(detailed).toMatchObject(expected);
  });
});
