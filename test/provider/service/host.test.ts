/** The scripts for real, through the local transport, on files of a throw-away folder. */
import { execFile } from "node:child_process";
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
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sha256 } from "../../../src/provider/aspects/files/sha256.ts";
import { serviceResource } from "../../../src/provider/service/index.ts";
import { PartialFailure, Secret, type Properties } from "../../../src/plugin/types.ts";
import { Local } from "../../../src/transport/local.ts";
import { Pool } from "../../../src/transport/pool.ts";
import { Engine } from "../engine.ts";
import { inputsOf, madeUp } from "../fixtures.ts";

const isRoot = process.getuid?.() === 0 && process.platform === "linux";
const urn = "urn:pulumi:t::fleet::fleet:host:Service::web";

describe.runIf(isRoot)("on this machine", () => {
  let root: string;
  let pool: Pool;
  let scripts: string[];
  let answers: string;
  let resource: ReturnType<typeof serviceResource>;

  beforeEach(() => {
    root = mkdtempSync("/var/lib/fleet-test-");
    pool = new Pool(new Local());
    scripts = [];
    answers = "";
    resource = serviceResource(
      {
        ready: (...host) => pool.ready(...host),
        reconnect: (...host) => pool.reconnect(...host),
        async run(host, connection, script, options) {
          scripts.push(script);
          const result = await pool.run(host, connection, script, options);
          answers += result.stdout + result.stderr;
          return result;
        },
      },
      { folder: `${root}/journal` },
    );
  });
  afterEach(async () => {
    await pool.close();
    rmSync(root, { recursive: true });
  });

  const engine = new Engine(() => resource);
  const create = (inputs: Properties) => engine.create(inputs);
  const update = (olds: Properties, news: Properties) => engine.update(olds, news);
  const drift = (inputs: Properties, state: Properties) => engine.drift(inputs, state);
  const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8).padStart(4, "0");
  const odd = 'it\'s 100 % "odd" $HOME `id` \\n ü\n\n';

  test("files and directories come as declared, and a second look changes nothing", async () => {
    const value = madeUp();
    const inputs = inputsOf({
      directories: { [`${root}/data`]: { mode: "2750", owner: "daemon", group: "daemon" } },
      files: {
        [`${root}/data/odd 'name' $x\\y`]: { content: odd, mode: "0755", owner: "daemon" },
        [`${root}/new/folder/secret`]: { content: new Secret(value), mode: "0600" },
        [`${root}/empty`]: { content: "", mode: "0640", group: "daemon" },
      },
    });
    const state = await create(inputs);
    expect(scripts).toHaveLength(2);
    expect(readFileSync(`${root}/data/odd 'name' $x\\y`, "utf8")).toBe(odd);
    expect(readFileSync(`${root}/new/folder/secret`, "utf8")).toBe(value);
    expect(
      [`${root}/data`, `${root}/data/odd 'name' $x\\y`, `${root}/new/folder/secret`, `${root}/empty`].map(mode),
    ).toEqual(["2750", "0755", "0600", "0640"]);
    expect(await drift(inputs, state)).toMatchObject({ paths: [] });
    const inode = statSync(`${root}/empty`).ino;
    await update(state, inputs);
    expect(statSync(`${root}/empty`).ino).toBe(inode);
    expect(scripts).toHaveLength(4);
  });

  test("what was changed by hand is named, shown as text unless it is secret, and put back", async () => {
    const value = madeUp();
    const inputs = inputsOf({
      files: Object.fromEntries(
        ["plain", "secret", "gone", "binary", "link", "large"].map((name) => [
          `${root}/${name}`,
          { content: name === "secret" ? new Secret(value) : "right\n" },
        ]),
      ),
    });
    const state = await create(inputs);
    const written = madeUp();
    writeFileSync(`${root}/plain`, "wrong\n");
    writeFileSync(`${root}/secret`, written);
    chmodSync(`${root}/secret`, 0o666);
    rmSync(`${root}/gone`);
    writeFileSync(`${root}/binary`, Buffer.from([0xff, 0xfe, 0]));
    rmSync(`${root}/link`);
    symlinkSync("/etc/passwd", `${root}/link`);
    writeFileSync(`${root}/large`, "x".repeat(300_000));

    const { found, paths: changed } = await drift(inputs, state);
    expect(changed.sort()).toEqual(
      [
        ...["binary", "large", "link"].map((name) => `files["${root}/${name}"].content`),
        `files["${root}/gone"]`,
        `files["${root}/link"].mode`,
        `files["${root}/plain"].content`,
        `files["${root}/secret"].content`,
        `files["${root}/secret"].mode`,
      ].sort(),
    );
    const files = found.files as Record<string, { content: unknown }>;
    expect(files[`${root}/plain`]!.content).toBe("wrong\n");
    expect(files[`${root}/binary`]!.content).toMatch(/^\[binary, 3 bytes, sha256 /);
    expect(files[`${root}/large`]!.content).toMatch(/^\[300000 bytes, sha256 /);
    expect(files[`${root}/link`]!.content).toBe("[symbolic link]");
    expect((files[`${root}/secret`]!.content as Secret).value).toBe("[differs]");
    expect(JSON.stringify(found)).not.toContain(written);
    expect(answers).toContain(Buffer.from("wrong\n").toString("base64"));
    expect(answers).not.toContain(Buffer.from(written).toString("base64"));

    expect(await drift(inputs, await update(found, inputs))).toMatchObject({ paths: [] });
    expect(readFileSync("/etc/passwd", "utf8")).not.toBe("right\n");
  });

  describe("a file that the host fetches", () => {
    const bytes = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 255]);
    let server: Server;
    let url: string;
    beforeEach(async () => {
      server = createServer((request, response) =>
        request.url === "/program" ? response.end(bytes) : response.writeHead(404).end(),
      );
      await once(server.listen(0, "127.0.0.1"), "listening");
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/program`;
    });
    afterEach(() => server.close());
    const fetched = (over: object = {}) =>
      inputsOf({
        artifacts: { [`${root}/bin/program`]: { url, sha256: sha256(bytes), mode: "0750", group: "daemon", ...over } },
      });

    test("comes with its mode and owner; only what differs from the hash is fetched again", async () => {
      const state = await create(fetched());
      expect(readFileSync(`${root}/bin/program`)).toEqual(bytes);
      expect(mode(`${root}/bin/program`)).toBe("0750");
      const inode = statSync(`${root}/bin/program`).ino;
      expect(await drift(fetched({ mode: "0700" }), await update(state, fetched({ mode: "0700" })))).toMatchObject({
        paths: [],
      });
      expect([mode(`${root}/bin/program`), statSync(`${root}/bin/program`).ino]).toEqual(["0700", inode]);

      writeFileSync(`${root}/bin/program`, "x".repeat(10_000));
      const { found, paths: changed } = await drift(fetched({ mode: "0700" }), state);
      expect(changed).toEqual([`artifacts["${root}/bin/program"].sha256`]);
      expect(answers).not.toContain(Buffer.from("x".repeat(30)).toString("base64"));
      await update(found, fetched());
      expect(readFileSync(`${root}/bin/program`)).toEqual(bytes);
    });

    test.each([
      [
        "with other bytes",
        () => ({ sha256: "0".repeat(64) }),
        `the SHA-256 is ${sha256(bytes)} instead of the declared ${"0".repeat(64)}`,
      ],
      ["that is not there", () => ({ url: `${url}s`, sha256: "0".repeat(64) }), "404"],
      [
        "from a server that does not answer",
        () => ({ url: "http://127.0.0.1:9/program", sha256: "0".repeat(64) }),
        "127.0.0.1 port 9",
      ],
    ])("%s: the old one stays, nothing else changes, and the error says why", async (_, over, said) => {
      const state = await create(fetched());
      const news = inputsOf({ ...fetched(over()), files: { [`${root}/conf`]: { content: "new" } } });
      const { message } = (await update(state, news).catch((error: unknown) => error as Error)) as Error;
      expect(message).toContain(`ghost-01/web: could not be fetched: ${root}/bin/program from http://127.0.0.1:`);
      expect(message).toContain(said);
      expect(readFileSync(`${root}/bin/program`)).toEqual(bytes);
      expect([existsSync(`${root}/conf`), readdirSync(`${root}/bin`)]).toEqual([false, ["program"]]);
    });

    test("what is refused after it was fetched is put back; what leaves the bundle goes, and what was there before comes back", async () => {
      mkdirSync(`${root}/bin`);
      writeFileSync(`${root}/bin/program`, "old", { mode: 0o700 });
      await expect(
        create(inputsOf({ ...fetched(), validations: [{ command: `grep old ${root}/bin/program` }] })),
      ).rejects.toThrow("refused by its validation");
      expect([readFileSync(`${root}/bin/program`, "utf8"), mode(`${root}/bin/program`)]).toEqual(["old", "0700"]);
      await update(await create(fetched()), inputsOf({}));
      expect([readFileSync(`${root}/bin/program`, "utf8"), mode(`${root}/bin/program`)]).toEqual(["old", "0700"]);
      const other = (path: string) => ({ artifacts: { [path]: { url, sha256: sha256(bytes) } } });
      await update(await create(inputsOf(other(`${root}/other`))), inputsOf({}));
      expect(existsSync(`${root}/other`)).toBe(false);
    });
  });

  test("a validation that fails puts the old files back, names itself, and the next update tries again", async () => {
    const value = madeUp();
    const file = (content: string) => ({
      files: { [`${root}/conf`]: { content }, [`${root}/new`]: { content: new Secret(value) } },
      validations: [{ command: `! grep bad ${root}/conf || { cat ${root}/new; exit 1; }` }],
    });
    writeFileSync(`${root}/conf`, "old\n", { mode: 0o640 });
    const inputs = inputsOf(file("bad\n"));
    const error = await create(inputs).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(PartialFailure);
    const { message, state, id } = error as PartialFailure;
    expect(id).toBe("ghost-01/web");
    expect(message).toContain("refused by its validation: ! grep bad");
    expect(message).toContain("    [secret]");
    expect(message).not.toContain(value);
    expect(readFileSync(`${root}/conf`, "utf8")).toBe("old\n");
    expect(mode(`${root}/conf`)).toBe("0640");
    expect(existsSync(`${root}/new`)).toBe(false);
    expect(
      (await resource.diff({ urn, id, olds: state, oldInputs: inputs, news: inputs, ignoreChanges: [] })).detailed,
    ).toHaveProperty([`files["${root}/conf"].content`]);
    await update(state, inputsOf(file("good\n")));
    expect(readFileSync(`${root}/conf`, "utf8")).toBe("good\n");
  });

  test("a health check that fails puts the old files back; one that comes late passes", async () => {
    const inputs = (command: string, within: number) =>
      inputsOf({ files: { [`${root}/conf`]: { content: "new" } }, checks: [{ kind: "command", command, within }] });
    await expect(create(inputs("echo no answer; exit 3", 1))).rejects.toThrow(
      /health check failed for 1 s: echo no answer; exit 3[^]*    no answer/,
    );
    expect(existsSync(`${root}/conf`)).toBe(false);
    await create(inputs(`[ -e ${root}/second ] || { touch ${root}/second; false; }`, 20));
    expect(existsSync(`${root}/second`)).toBe(true);
  });

  test("one service that fails does not disturb the others, and all share their round trips", async () => {
    const service = (name: string, owner: string) => ({
      ...inputsOf({ files: { [`${root}/${name}`]: { content: name, owner } } }),
      service: name,
    });
    const results = await Promise.allSettled(
      [service("a", "root"), service("b", "nobody-there"), service("c", "daemon")].map(create),
    );
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(((results[1] as PromiseRejectedResult).reason as Error).message).toContain(
      "ghost-01/b: files could not be written",
    );
    expect(["a", "b", "c"].map((name) => existsSync(`${root}/${name}`))).toEqual([true, false, true]);
    expect(scripts).toHaveLength(2);
  });

  test("a service that fails before its files were written keeps the old ones", async () => {
    writeFileSync(`${root}/conf`, "old");
    const inputs = inputsOf({
      directories: { [`${root}/data`]: { owner: "nobody-there" } },
      files: { [`${root}/conf`]: { content: "new" } },
    });
    await expect(create(inputs)).rejects.toThrow("directories could not be made");
    expect(readFileSync(`${root}/conf`, "utf8")).toBe("old");
  });

  test("a directory in the way is said, not removed", async () => {
    mkdirSync(`${root}/conf/full`, { recursive: true });
    await expect(create(inputsOf({ files: { [`${root}/conf`]: { content: "x" } } }))).rejects.toThrow(
      `${root}/conf is a directory: move it away`,
    );
    expect(existsSync(`${root}/conf/full`)).toBe(true);
  });

  test("what leaves the bundle leaves the host; a directory only when it is empty", async () => {
    const bundle = (names: string[]) =>
      inputsOf({
        directories: Object.fromEntries(names.map((name) => [`${root}/${name}`, {}])),
        files: Object.fromEntries(names.map((name) => [`${root}/${name}/file`, { content: name }])),
      });
    const state = await create(bundle(["a", "b", "c"]));
    writeFileSync(`${root}/b/mine`, "");
    const next = await update(state, bundle(["c"]));
    expect(Object.keys(next.files as object)).toEqual([`${root}/c/file`]);
    expect([existsSync(`${root}/a`), existsSync(`${root}/b/file`), existsSync(`${root}/b/mine`)]).toEqual([
      false,
      false,
      true,
    ]);
    await resource.delete({ urn, id: "ghost-01/web", state: next, timeoutSeconds: 0 });
    expect(existsSync(`${root}/c`)).toBe(false);
  });

  test("scripts are POSIX sh and leave nothing behind", async () => {
    await create(
      inputsOf({ files: { [`${root}/a`]: { content: odd } }, checks: [{ kind: "command", command: "true" }] }),
    );
    const run = promisify(execFile);
    for (const script of scripts) {
      writeFileSync(`${root}/script`, script);
      for (const shell of ["dash", "bash"]) await run(shell, ["-n", `${root}/script`]);
    }
    const { stdout } = await run("sh", [
      "-c",
      `ls -d ${root}/journal/apply.* ${root}/.fleet* 2>/dev/null || echo none`,
    ]);
    expect(stdout).toBe("none\n");
  });
});
