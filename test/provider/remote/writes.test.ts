/** What each of root's functions does, in folders of root's and of an account's. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { quote } from "../../../src/provider/remote/sh.ts";
import { canFreeze, isRoot, leftovers, madeHome, ok, removeFolder, seen, SHELLS, snapshot, write } from "./far-side.ts";

describe.skipIf(!isRoot).each(SHELLS)("written by %s (needs root)", (shell) => {
  let base: string;
  let home: string;
  let canary: string;
  const mounts: string[] = [];

  beforeEach(() => {
    ({ base, home, canary } = madeHome());
  });
  afterEach(() => {
    for (const mount of mounts.splice(0).toReversed()) spawnSync("umount", [mount]);
    spawnSync("chattr", ["-R", "-f", "-i", base]);
    removeFolder(base);
  });

  const run = (...lines: string[]) => write(shell, base, lines);
  const mount = (...args: string[]): void => {
    expect(spawnSync("mount", args).status).toBe(0);
    mounts.push(args.at(-1)!);
  };

  describe.each(["root's", "an account's", "an account's setgid"])("in %s folder", (whose) => {
    let at: (name: string) => string;
    beforeEach(() => {
      if (whose.endsWith("setgid")) fs.chmodSync(home, 0o2775);
      at = (name) => join(whose === "root's" ? base : home, name);
    });
    afterEach(() => expect(leftovers(home)).toEqual([]));

    test.each(["0644", "0600", "0640", "0755", "4755", "2711", "0000", "1777"])("a new file of mode %s", (mode) => {
      expect(run(`stage ${at("x")} ${mode} 31337 12 'a%s\\n'`, "place")).toEqual(ok);
      expect(seen(at("x"))).toBe(`${mode} 31337:12 a%s\\n`);
    });

    test.each(["plain", "it's", "a  b ", "-rf", "ü€", "back\\slash", '"q"', "$(id)", "*", "new/deep/x"])(
      "a file called %j",
      (name) => {
        expect(run(`stage ${quote(at(name))} 0644 root root x`, "place")).toEqual(ok);
        expect(seen(at(name))).toBe("0644 0:0 x");
        expect(run(`attributes ${quote(at(name))} 0600 31337 root`)).toEqual(ok);
        expect(seen(at(name))).toBe("0600 31337:0 x");
        expect(run(`keep 1 ${quote(at(name))}`, `drop ${quote(at(name))}`, `restore 1 ${quote(at(name))}`)).toEqual(ok);
        expect(seen(at(name))).toBe("0600 31337:0 x");
      },
    );

    test("a link, a pipe or a device in a file's place is replaced, and a folder is refused", () => {
      fs.symlinkSync(join(canary, "x"), at("link"));
      fs.symlinkSync(canary, at("link-to-folder"));
      spawnSync("mkfifo", [at("fifo")]);
      fs.mkdirSync(at("folder"));
      for (const name of ["link", "link-to-folder", "fifo"]) {
        expect(run(`stage ${at(name)} 0640 root root new`, "place")).toEqual(ok);
        expect(seen(at(name))).toBe("0640 0:0 new");
      }
      const refused = run(`stage ${at("folder")} 0640 root root new`, "place || { unstage; false; }");
      expect(refused).toEqual({
        code: 1,
        output: expect.stringContaining(`${at("folder")} is a directory: move it away`),
      });
      expect(fs.readFileSync(join(canary, "x"), "utf8")).toBe("canary");
      expect(leftovers(base)).toEqual([]);
    });

    test("unstage leaves nothing, whenever it comes", () => {
      expect(run("unstage")).toEqual(ok);
      const { code } = run(`stage ${at("x")} 0600 root root secret`, "false");
      expect(code).toBe(1);
      expect(leftovers(base)).not.toEqual([]);
      expect(run("unstage", "unstage")).toEqual(ok);
      expect(leftovers(base)).toEqual([]);
      expect(fs.existsSync(at("x"))).toBe(false);
    });

    test("nothing staged, nothing placed", () => {
      const before = snapshot(home);
      expect(run("place", "place")).toEqual(ok);
      expect(snapshot(home)).toEqual(before);
    });

    test("attributes of what is no file are not touched", () => {
      fs.symlinkSync(join(canary, "x"), at("link"));
      fs.mkdirSync(at("folder"));
      for (const name of ["link", "folder", "nothing"])
        expect(run(`attributes ${at(name)} 0644 31337 31337`).code).toBe(1);
      expect(seen(join(canary, "x"))).toBe("0600 0:0 canary");
      expect(seen(at("folder"))).not.toContain("0644");
    });

    test.each(["0755", "0700", "2750", "1777", "3770"])("a folder of mode %s, made and corrected", (mode) => {
      expect(run(`folder ${at("d")} ${mode} 31337 12`)).toEqual(ok);
      expect(seen(at("d"))).toBe(`${mode} 31337:12 /`);
      fs.chmodSync(at("d"), 0o7777);
      fs.writeFileSync(at("d/inside"), "");
      expect(run(`folder ${at("d")} ${mode} root root`)).toEqual(ok);
      expect(seen(at("d"))).toBe(`${mode} 0:0 /`);
      expect(fs.existsSync(at("d/inside"))).toBe(true);
    });

    test("in a folder's place root's own link and a file are refused, another link is replaced, a mount is corrected", () => {
      fs.symlinkSync(canary, at("link"));
      fs.writeFileSync(at("file"), "mine");
      fs.mkdirSync(at("mounted"));
      mount("-t", "tmpfs", "none", at("mounted"));
      const linked = run(`folder ${at("link")} 0750 31337 31337`);
      if (whose === "root's") {
        expect(linked).toEqual({ code: 1, output: expect.stringContaining(`is a link of root's to ${canary}`) });
        expect(fs.readlinkSync(at("link"))).toBe(canary);
      } else {
        expect(linked).toEqual(ok);
        expect(seen(at("link"))).toBe("0750 31337:31337 /");
      }
      expect(seen(canary)).toBe("0755 0:0 /");
      const refused = run(`folder ${at("file")} 0750 root root`);
      expect(refused).toEqual({ code: 1, output: expect.stringContaining(`move it away (mv '${at("file")}'`) });
      expect(seen(at("file"))).toContain("mine");
      expect(run(`folder ${at("mounted")} 0711 31337 31337`)).toEqual(ok);
      expect(seen(at("mounted"))).toBe("0711 31337:31337 /");
    });

    test("a folder in a folder that was just given away", () => {
      expect(
        run(
          `folder ${at("a")} 0755 31337 31337`,
          `folder ${at("a/b")} 0750 31337 31337`,
          `stage ${at("a/b/x")} 0600 root root x`,
          "place",
        ),
      ).toEqual(ok);
      expect(seen(at("a/b/x"))).toBe("0600 0:0 x");
    });

    test("what was kept comes back byte for byte", () => {
      fs.writeFileSync(at("file"), Buffer.from([0, 1, 255]));
      fs.chmodSync(at("file"), 0o4751);
      fs.utimesSync(at("file"), 1000, 1000);
      fs.symlinkSync("nowhere", at("link"));
      fs.symlinkSync(canary, at("replaced"));
      fs.mkdirSync(at("folder"));
      fs.chmodSync(at("folder"), 0o2700);
      const names = ["file", "link", "replaced", "folder", "absent", "absent-folder"].map(at);
      const before = names.slice(0, 4).flatMap(snapshot);
      const all = names.join(" ");
      expect(run(`keep 1 ${all}`, `keep 2 ${at("other")}`)).toEqual(ok);
      expect(
        run(
          ...["file", "link", "absent"].map((name) => `stage ${at(name)} 0644 root root changed`),
          "place",
          // as whoever removes it by hand
          `rm ${at("replaced")}`,
          ...["replaced", "folder", "absent-folder"].map((name) => `folder ${at(name)} 0755 31337 31337`),
          // the first copy stays
          `keep 1 ${all}`,
        ),
      ).toEqual(ok);
      expect(names.slice(0, 3).flatMap(snapshot)).not.toEqual(before.slice(0, 3));
      expect(run(`restore 1 ${all}`, `restore 3 ${all}`)).toEqual(ok);
      expect(names.slice(0, 4).flatMap(snapshot).map(withoutFolderTime)).toEqual(before.map(withoutFolderTime));
      expect(names.slice(4).filter((name) => fs.existsSync(name))).toEqual([]);
      expect(leftovers(base)).toEqual([]);
    });

    test("files and links are dropped, folders only when they are empty", () => {
      fs.writeFileSync(at("x"), "");
      fs.symlinkSync(join(canary, "x"), at("link"));
      fs.mkdirSync(at("empty"));
      fs.mkdirSync(at("full/inner"), { recursive: true });
      fs.mkdirSync(at("mounted"));
      mount("-t", "tmpfs", "none", at("mounted"));
      fs.symlinkSync(canary, at("link-to-folder"));
      expect(run(`drop ${at("x")} ${at("link")} ${at("nothing")} ${at("none/x")}`)).toEqual(ok);
      expect(run(`drop ${at("full")}`).code).toBe(1);
      const { code, output } = run(
        `drop_folder ${["empty", "full", "mounted", "link-to-folder", "nothing", "none/d"].map(at).join(" ")}`,
      );
      expect([code, output]).toEqual([0, expect.stringMatching(/^\S+mounted is a mount point, and stays\n$/)]);
      const left = ["x", "link", "empty", "full", "mounted", "link-to-folder"].filter((name) =>
        fs.lstatSync(at(name), { throwIfNoEntry: false }),
      );
      expect(left).toEqual(["full", "mounted", "link-to-folder"]);
    });

    describe("what helps is said, and nothing is left", () => {
      const refused = (line: string) => run(line, "place").output + run("unstage").output;
      afterEach(() => expect(leftovers(base)).toEqual([]));

      test.skipIf(!canFreeze)("of a file or folder that can't be changed", () => {
        fs.writeFileSync(at("x"), "old");
        fs.mkdirSync(at("d"));
        expect(spawnSync("chattr", ["+i", at("x"), at("d")]).status).toBe(0);
        expect(refused(`stage ${at("x")} 0600 root root secret`)).toContain(`chattr -i '${at("x")}'`);
        expect(refused(`stage ${at("d/x")} 0600 root root secret`)).toContain(`chattr -i '${at("d")}'`);
        expect(refused(`folder ${at("d")} 0711 root root`)).toContain(`chattr -i '${at("d")}'`);
        expect(refused(`attributes ${at("x")} 0600 31337 root`)).toContain(`chattr -i '${at("x")}'`);
        expect(refused(`drop ${at("x")}`)).toContain(`chattr -i '${at("x")}'`);
        expect(fs.readFileSync(at("x"), "utf8")).toBe("old");
      });

      test("of a mounted file", () => {
        fs.writeFileSync(at("x"), "old");
        fs.writeFileSync(join(base, "source"), "source");
        mount("--bind", join(base, "source"), at("x"));
        expect(refused(`stage ${at("x")} 0600 root root secret`)).toContain(`umount '${at("x")}'`);
        expect(fs.readFileSync(at("x"), "utf8")).toBe("source");
      });

      test("of a full disk and of one that is read-only", () => {
        fs.mkdirSync(at("disk"));
        mount("-t", "tmpfs", "-o", `size=64k,uid=${fs.lstatSync(at(".")).uid},mode=755`, "none", at("disk"));
        expect(refused(`stage ${at("disk/x")} 0600 root root '${"x".repeat(100_000)}'`)).toContain(
          "the disk is full: make room",
        );
        expect(leftovers(at("disk"))).toEqual([]);
        spawnSync("mount", ["-o", "remount,ro", at("disk")]);
        expect(refused(`stage ${at("disk/x")} 0600 root root x`)).toContain("read-only file system");
        expect(refused(`folder ${at("disk/d")} 0755 root root`)).toContain("read-only file system");
      });

      test("of an owner that is not there", () => {
        expect(refused(`stage ${at("x")} 0600 nobody-of-that-name root secret`)).toContain("nobody-of-that-name");
      });
    });
  });
});

/** A folder's own time changes with what is in it. */
const withoutFolderTime = (line: string): string => line.replace(/^(\S+ 4\d+ \d+ \d+) .*/, "$1");
