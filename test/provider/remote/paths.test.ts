import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lchownSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TEXT_LIMIT } from "../../../src/provider/remote/ask.ts";
import { askPaths, type AskedPath } from "../../../src/provider/remote/paths.ts";
import { readPaths } from "../../../src/provider/remote/path-answers.ts";
import { sectionsOf } from "../../../src/provider/remote/sh.ts";
import { ACCOUNT, ask, canFreeze, isRoot, madeFolder, removeFolder, sh, SHELLS } from "./far-side.ts";

describe("what a host answers is read", () => {
  const asked: AskedPath[] = [{ path: "/etc/x", as: "text" }];
  const facts = "81a4\troot\t0\troot\t0\t2";
  const hash = "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4"; // of "hi\n"
  const cases: Record<string, { says: string[]; known?: string[]; is: unknown }> = {
    "the text": {
      says: [`found\t${facts}\t/etc/x/`, `hash\t${hash}\t/etc/x/`, `#fleet:text ${hash}`, "aGkK"],
      is: { is: "found", value: expect.objectContaining({ hash, text: Buffer.from("hi\n"), owner: "root" }) },
    },
    "a hash that is known": {
      says: [`found\t${facts}\t/etc/x/`, `hash\t${hash}\t/etc/x/`],
      known: [hash],
      is: { is: "found", value: expect.not.objectContaining({ text: expect.anything() }) },
    },
    "an owner without a name": {
      says: [`found\t41ed\tUNKNOWN\t31337\tUNKNOWN\t7\t0\t/etc/x/`],
      is: { is: "found", value: { type: "directory", mode: "0755", owner: "31337", group: "7", size: 0 } },
    },
    "what else there is to it": {
      says: ["found\t41ed\troot\t0\troot\t0\t0\t/etc/x/", "extra\tACL\t/etc/x/", "extra\timmutable\t/etc/x/"],
      is: { is: "found", value: expect.objectContaining({ extra: "ACL, immutable" }) },
    },
    "that it is not there": { says: ["absent\t/etc/x/"], is: { is: "absent" } },
    "that it can't be told": { says: ["unknown\tInput/output error\t/etc/x/"], is: why("Input/output error") },
    nothing: { says: [], is: why("no answer") },
    "a line that was cut": { says: [`found\t${facts}\t/et`], is: why("no answer") },
    "what can't be understood": { says: ["found\t8zzz\troot\t/etc/x/"], is: why("can't be understood") },
    "two different things": { says: ["absent\t/etc/x/", `found\t${facts}\t/etc/x/`], is: why("two answers") },
    "two kinds of found": {
      says: [`found\t${facts}\t/etc/x/`, "found\t41ed\troot\t0\troot\t0\t0\t/etc/x/"],
      is: why("two answers"),
    },
    "a file without a hash": { says: [`found\t${facts}\t/etc/x/`], is: why("no hash") },
    "a file that can't be read": {
      says: [`found\t${facts}\t/etc/x/`, "unread\tsha256sum: Input/output error\t/etc/x/"],
      is: why("Input/output error"),
    },
    "a hash without its text": {
      says: [`found\t${facts}\t/etc/x/`, `hash\t${hash}\t/etc/x/`],
      is: why("cut short"),
    },
    "a text that was cut": {
      says: [`found\t${facts}\t/etc/x/`, `hash\t${hash}\t/etc/x/`, `#fleet:text ${hash}`, "aGk="],
      is: why("changed while it was read"),
    },
    "two hashes": {
      says: [`found\t${facts}\t/etc/x/`, `hash\t${hash}\t/etc/x/`, `hash\t${"0".repeat(64)}\t/etc/x/`],
      is: why("no hash"),
    },
  };
  function why(text: string) {
    return { is: "unknown", why: expect.stringContaining(text) };
  }

  test.each(Object.entries(cases))("%s", (_, { says, known, is }) => {
    const sections = sectionsOf(["#fleet:paths", ...says].join("\n"));
    expect(readPaths(sections, asked, known && { known }).paths.of("/etc/x")).toEqual(is);
  });

  test.each([
    [["holds\t/d/a.conf/", "absent\t/d/a.conf/", "listed\t1\t/d/"], { is: "found", value: ["/d/a.conf"] }],
    [["listed\t0\t/d/"], { is: "found", value: [] }],
    [["unlisted\t/d/"], { is: "absent" }],
    [["unlistable\tls: Input/output error\t/d/"], why("Input/output error")],
    [["listed\t2\t/d/", "holds\t/d/a.conf/"], why("cut short")],
    [[], why("no answer")],
  ])("a folder of which it says %j", (says, is) => {
    const answers = readPaths(sectionsOf(["#fleet:paths", ...says].join("\n")), [], { folders: ["/d"] });
    expect(answers.folders.of("/d")).toEqual(is);
  });

  test("what is in a folder and got no answer is unknown", () => {
    const says = ["#fleet:paths", "holds\t/d/a.conf/", "listed\t1\t/d/"].join("\n");
    expect(readPaths(sectionsOf(says), [], { folders: ["/d"] }).discovered.get("/d/a.conf")).toEqual(why("no answer"));
  });
});

describe.skipIf(!isRoot).each(SHELLS)("asked for by %s (needs root)", (shell) => {
  let base: string;
  /** Of an account. */
  let home: string;

  beforeEach(() => {
    base = madeFolder();
    home = join(base, "home");
    mkdirSync(home);
    chownSync(home, ACCOUNT, ACCOUNT);
    mkdirSync(join(base, "canary"));
    writeFileSync(join(base, "canary/x"), "canary", { mode: 0o600 });
  });
  afterEach(() => {
    spawnSync("chattr", ["-R", "-f", "-i", base]);
    removeFolder(base);
  });

  const one = (path: string, as: AskedPath["as"] = "text") => ask(shell, [{ path, as }]).paths.of(path);
  const found = (value: object) => ({ is: "found", value: expect.objectContaining(value) });
  const noText = expect.not.objectContaining({ text: expect.anything() });

  describe.each(["root's", "an account's"])("in %s folder", (whose) => {
    const at = (name: string) => join(whose === "root's" ? base : home, name);

    test.each(["plain", "it's", "a  b ", "-rf", "ü€", "back\\slash", '"q"', "$(id)", "*", "a\tb", "a -> b"])(
      "the text of a file called %j",
      (name) => {
        writeFileSync(at(name), "hi\n", { mode: 0o640 });
        chmodSync(at(name), 0o640);
        chownSync(at(name), 0, ACCOUNT);
        expect(one(at(name))).toEqual(
          found({ type: "file", mode: "0640", owner: "root", group: "31337", text: Buffer.from("hi\n") }),
        );
      },
    );

    test("nothing, a folder, a link and special files", () => {
      mkdirSync(at("folder"));
      symlinkSync(join(base, "canary/x"), at("link"));
      symlinkSync("loop", at("loop"));
      spawnSync("mkfifo", [at("fifo")]);
      spawnSync("mknod", [at("device"), "c", "1", "5"]);
      const types = {
        folder: "directory",
        link: "symbolic link",
        loop: "symbolic link",
        fifo: "special file",
        device: "special file",
      };
      for (const [name, type] of Object.entries(types)) expect(one(at(name))).toEqual(found({ type }));
      expect(one(at("nothing"))).toEqual({ is: "absent" });
      expect(one(at("nothing/below"))).toEqual({ is: "absent" });
      expect(one(at("fifo/below"))).toEqual({ is: "absent" });
      expect(one(at("loop/below"), "attributes").is).toBe("absent");
    });

    test("no text of a secret, of what is known, and of what is long", () => {
      writeFileSync(at("secret"), "secret");
      writeFileSync(at("long"), Buffer.alloc(TEXT_LIMIT * 2, "x"));
      expect(one(at("secret"), "hash")).toEqual({ is: "found", value: noText });
      const { hash } = (one(at("secret"), "hash") as unknown as { value: { hash: string } }).value;
      const script = askPaths([{ path: at("secret"), as: "text" }], { known: [hash] });
      expect(sh(shell, script).output).not.toContain("#fleet:text");
      expect(one(at("long"))).toEqual(found({ size: TEXT_LIMIT * 2, text: Buffer.alloc(TEXT_LIMIT + 1, "x") }));
    });

    test("a folder of drop-ins, and paths that another part of the script found", () => {
      mkdirSync(at("x.d"));
      writeFileSync(at("x.d/b b.conf"), "b");
      writeFileSync(at("x.d/.hidden.conf"), "h");
      writeFileSync(at("x.d/other"), "o");
      writeFileSync(at("also"), "also");
      const options = { folders: [at("x.d"), at("none.d")] };
      const answers = ask(shell, [], options, `also='${at("also")}'`);
      expect(answers.folders.of(at("x.d"))).toEqual({ is: "found", value: [at("x.d/b b.conf")] });
      expect(answers.folders.of(at("none.d"))).toEqual({ is: "absent" });
      expect(answers.discovered.get(at("x.d/b b.conf"))).toEqual(found({ text: Buffer.from("b") }));
      expect(answers.discovered.get(at("also"))).toEqual(found({ text: Buffer.from("also") }));
    });

    test.skipIf(!canFreeze)("what mode and owner don't show", () => {
      writeFileSync(at("x"), "x");
      expect(spawnSync("chattr", ["+i", at("x")]).status).toBe(0);
      expect(one(at("x"))).toEqual(found({ extra: "immutable" }));
    });

    test("what can't be looked at is unknown", () => {
      writeFileSync(at("x"), "x");
      mkdirSync(at("tools"));
      writeFileSync(at("tools/stat"), `#!/bin/sh\necho "stat: cannot statx '$5': Input/output error" >&2; exit 1\n`, {
        mode: 0o755,
      });
      const { output } = sh(shell, askPaths([{ path: at("x"), as: "text" }]), `${at("tools")}:${process.env["PATH"]}`);
      expect(readPaths(sectionsOf(output), [{ path: at("x"), as: "text" }]).paths.of(at("x"))).toEqual({
        is: "unknown",
        why: expect.stringContaining("Input/output error"),
      });
    });
  });

  test("behind a link of an account there is nothing; behind one of root there is", () => {
    symlinkSync(join(base, "canary"), join(home, "link"));
    lchownSync(join(home, "link"), ACCOUNT, ACCOUNT);
    symlinkSync("canary", join(base, "link"));
    expect(one(join(home, "link/x"))).toEqual({ is: "absent" });
    expect(one(join(home, "link"), "attributes")).toEqual(found({ type: "symbolic link" }));
    expect(one(join(base, "link/x"))).toEqual(found({ text: Buffer.from("canary") }));
    symlinkSync(join(home, "link"), join(base, "detour"));
    expect(one(join(base, "detour/x"))).toEqual({ is: "absent" });
  });

  test("another name of a file that an account may not read tells no text", () => {
    linkSync(join(base, "canary/x"), join(home, "x"));
    expect(one(join(home, "x"))).toEqual({ is: "found", value: noText });
    expect(one(join(home, "x"))).toEqual(found({ extra: "hard links" }));
  });

  test("a link that takes a file's place while it is looked at is not read", () => {
    writeFileSync(join(home, "x"), "mine");
    mkdirSync(join(base, "tools"));
    const swap = `#!/bin/sh\nmv ${home}/x ${home}/y; ln -s ${base}/canary/x ${home}/x\n/usr/bin/dd "$@"; code=$?\nmv -T ${home}/y ${home}/x; exit $code\n`;
    writeFileSync(join(base, "tools/dd"), swap, { mode: 0o755 });
    const { output } = sh(
      shell,
      askPaths([{ path: join(home, "x"), as: "text" }]),
      `${base}/tools:${process.env["PATH"]}`,
    );
    expect(output).not.toContain(Buffer.from("canary").toString("base64"));
    expect(output).not.toContain("\nhash");
  });
});
