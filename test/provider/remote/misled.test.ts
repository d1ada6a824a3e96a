/** Root's functions where an account has laid something that could lead them elsewhere, or lays it while they run. */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ACCOUNT,
  isRoot,
  leftovers,
  madeHome,
  ok,
  removeFolder,
  seen,
  setUp,
  sh,
  SHELLS,
  snapshot,
  write,
} from "./far-side.ts";

const hasAcls = spawnSync("setfacl", ["--version"]).status === 0;

describe.skipIf(!isRoot).each(SHELLS)("not led astray by %s (needs root)", (shell) => {
  let base: string;
  let home: string;
  let canary: string;

  beforeEach(() => {
    ({ base, home, canary } = madeHome());
  });
  afterEach(() => removeFolder(base));

  const run = (...lines: string[]) => write(shell, base, lines);
  test("a look that tells nothing makes no folder root's alone", () => {
    fs.symlinkSync(canary, `${home}/link`);
    fs.mkdirSync(`${base}/bin`);
    fs.writeFileSync(`${base}/bin/ls`, "#!/bin/sh\nexit 2\n", { mode: 0o755 });
    const steps = [`stage ${home}/link/y 0644 root root declared`, "place"];
    expect(write(shell, base, steps, `${base}/bin:${process.env["PATH"]}`).code).not.toBe(0);
    expect(fs.readdirSync(canary)).toEqual(["x"]);
  });

  test.skipIf(!hasAcls)("what is made inherits no ACL (needs setfacl)", () => {
    expect(spawnSync("setfacl", ["-d", "-m", "u:12:rwx,o::rwx", home]).status).toBe(0);
    expect(run(`stage ${home}/x 0640 root root secret`, "place")).toEqual(ok);
    expect(run(`folder ${home}/d 0750 root root`)).toEqual(ok);
    expect(spawnSync("getfacl", ["-cp", `${home}/x`, `${home}/d`]).stdout.toString()).not.toContain("user:12");
  });

  test.each(["stage PATH 0600 root root x; place", "folder PATH 0700 31337 31337", "attributes PATH 0644 31337 31337"])(
    "%s does not go through an account's link, and goes through root's",
    (line) => {
      fs.symlinkSync(canary, join(home, "link"));
      fs.lchownSync(join(home, "link"), ACCOUNT, ACCOUNT);
      const before = snapshot(canary);
      const name = line.startsWith("folder") ? "d" : "x";
      const refused = run(...line.replace("PATH", `${home}/link/${name}`).split("; "));
      run("unstage");
      expect(refused.output).toContain(`${home}/link is a symbolic link of 31337`);
      expect([refused.code, refused.output]).toEqual([1, expect.stringContaining(`rm '${home}/link'`)]);
      expect(snapshot(canary)).toEqual(before);
      fs.symlinkSync("canary", join(base, "link"));
      expect(run(...line.replace("PATH", `${base}/link/${name}`).split("; "))).toEqual(ok);
      expect(snapshot(canary)).not.toEqual(before);
      expect(leftovers(base)).toEqual([]);
    },
  );

  test("through an account's link there is nothing to keep, to put back or to drop", () => {
    fs.symlinkSync(canary, join(home, "link"));
    const before = snapshot(canary);
    const path = `${home}/link/x`;
    expect(run(`keep 1 ${path}`, `restore 1 ${path}`, `drop ${path}`, `drop_folder ${home}/link ${path}`)).toEqual(ok);
    expect(snapshot(canary)).toEqual(before);
    expect(snapshot(join(base, "work")).join()).not.toContain("canary-text");
  });

  test.each([
    ["an account's folder", () => home, ACCOUNT],
    ["a folder of root's", () => base, 0],
  ])("in %s what was kept as a link is no way for what is kept when it is a folder", (_, folder, owner) => {
    const [at, inside] = [`${folder()}/thing`, `${folder()}/thing/x`];
    fs.symlinkSync(canary, at);
    fs.lchownSync(at, owner, owner);
    const before = snapshot(canary);
    expect(run(`keep 1 ${at}`)).toEqual(ok);
    fs.unlinkSync(at);
    fs.mkdirSync(at);
    fs.writeFileSync(inside, "of the account", { mode: 0o640 });
    expect(run(`keep 1 ${at} ${inside}`)).toEqual(ok);
    fs.writeFileSync(inside, "changed");
    expect(run(`restore 1 ${inside}`)).toEqual(ok);
    expect(seen(inside)).toBe("0640 0:0 of the account");
    expect(snapshot(canary)).toEqual(before);
    fs.unlinkSync(inside);
    expect(run(`restore 1 ${at}`)).toEqual(ok);
    expect(fs.readlinkSync(at)).toBe(canary);
  });

  test("what was kept as a file can be a folder with a file later", () => {
    const [at, inside] = [`${home}/thing`, `${home}/thing/x`];
    fs.writeFileSync(at, "first");
    expect(run(`keep 1 ${at}`)).toEqual(ok);
    fs.unlinkSync(at);
    fs.mkdirSync(at);
    fs.writeFileSync(inside, "second");
    expect(run(`keep 1 ${inside}`, `drop ${inside}`, `restore 1 ${inside}`)).toEqual(ok);
    expect(seen(inside)).toBe("0644 0:0 second");
    expect(run(`drop ${inside}`, `restore 1 ${at}`)).toEqual(ok);
    expect(seen(at)).toBe("0644 0:0 first");
  });

  test("a file with another name is not given away in an account's folder", () => {
    fs.linkSync(join(canary, "x"), join(home, "x"));
    const refused = run(`attributes ${home}/x 0644 31337 31337`);
    expect(refused).toEqual({ code: 1, output: expect.stringContaining("hard links") });
    expect(seen(join(canary, "x"))).toBe("0600 0:0 canary");
    expect(run(`stage ${home}/x 0644 31337 31337 new`, "place")).toEqual(ok);
    expect(seen(join(canary, "x"))).toBe("0600 0:0 canary");
  });

  test("what was laid under a name that could be guessed is left alone", () => {
    fs.symlinkSync(join(canary, "x"), join(home, ".x.fleet-new"));
    expect(run(`stage ${home}/x 0600 root root secret`, "place")).toEqual(ok);
    expect(seen(join(canary, "x"))).toBe("0600 0:0 canary");
  });

  test.each([
    ["mkdir", `mv "$last" "$last.away"; ln -s CANARY "$last"`],
    ["cp", `cd ..; mv .fleet-* away; ln -s CANARY/x x`],
    ["ln", "rm -f ../x; ln -s CANARY/x ../x"],
  ])("somebody who changes the folder at the moment of %s leads nowhere", (tool, swap) => {
    fs.writeFileSync(join(home, "x"), "mine");
    fs.mkdirSync(join(base, "tools"));
    const real = `/usr/bin/${tool} "$@"; code=$?`;
    const body = tool === "ln" ? `SWAP; ${real}` : `${real}; SWAP`;
    const script = `#!/bin/sh\nfor last; do :; done\n${body.replace("SWAP", swap.replaceAll("CANARY", canary).replaceAll("ln -s", "/usr/bin/ln -s"))}\nexit $code\n`;
    fs.writeFileSync(join(base, "tools", tool), script, { mode: 0o755 });
    const before = snapshot(canary);
    const path = `${base}/tools:${process.env["PATH"]}`;
    write(shell, base, [`stage ${home}/x 0644 31337 31337 new`, "place"], path);
    write(shell, base, [`attributes ${home}/x 0644 31337 31337`], path);
    expect(snapshot(canary)).toEqual(before);
  });

  test("somebody who puts a link in a folder's place just after it was looked at leads nowhere", () => {
    fs.mkdirSync(join(home, "sub"));
    fs.mkdirSync(join(base, "tools"));
    const swap = `[ -L ${home}/sub ] || { mv ${home}/sub ${home}/away; ln -s ${canary} ${home}/sub; }`;
    const script = `#!/bin/sh\nfor last; do :; done\n/usr/bin/stat "$@"\n[ "$last" != ./sub ] || { ${swap}; }\n`;
    fs.writeFileSync(join(base, "tools/stat"), script, { mode: 0o755 });
    const before = snapshot(canary);
    const path = `${base}/tools:${process.env["PATH"]}`;
    const refused = write(shell, base, [`stage ${home}/sub/x 0600 root root secret`, "place"], path);
    expect(refused).toEqual({ code: 1, output: expect.stringContaining("was replaced meanwhile") });
    expect(snapshot(canary)).toEqual(before);
  });

  test("a folder that takes the place of root's own gets nothing to hold", () => {
    fs.mkdirSync(join(base, "tools"));
    const own = `/usr/bin/mkdir -m 0777 "$last"; chown ${ACCOUNT} "$last"`;
    const script = `#!/bin/sh\nfor last; do :; done\n/usr/bin/mkdir "$@"; mv "$last" "$last.away"; ${own}\n`;
    fs.writeFileSync(join(base, "tools/mkdir"), script, { mode: 0o755 });
    const path = `${base}/tools:${process.env["PATH"]}`;
    const refused = write(shell, base, [`stage ${home}/x 0600 root root secret`, "place"], path);
    expect(refused).toEqual({ code: 1, output: expect.stringContaining("something keeps changing the folder") });
    expect(snapshot(home).join()).not.toContain("secret");
  });

  test("the text is no argument of a process, and a signal leaves nothing of it", () => {
    const body = `trap 'unstage; exit 143' TERM\nf() { stage ${home}/x 0600 root root secret; stage ${base}/x 0600 root root secret; kill -TERM $$; }\n( set -e; f ) 2>&1\nsleep 5`;
    expect(sh(shell, [...setUp(base), body].join("\n")).code).toBe(143);
    expect(leftovers(base)).toEqual([]);
  });

  describe("fetched", () => {
    let server: Server;
    let url: string;
    beforeEach(async () => {
      server = createServer((_, response) => response.end("artifact"));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
    });
    afterEach(() => void server.close());
    const hash = createHash("sha256").update("artifact").digest("hex");

    test.each(["base", "home"])("in %s, only what has the hash", async (where) => {
      const path = join(where === "base" ? base : home, "artifact");
      const fetchLines = (sum: string) => [`stage_fetch ${path} 0755 root 12 ${url} ${sum}`, "place"];
      expect(await later(fetchLines(hash))).toEqual(ok);
      expect(seen(path)).toBe("0755 0:12 artifact");
      const wrong = await later(fetchLines("0".repeat(64)));
      expect(wrong).toEqual({
        code: 1,
        output: expect.stringContaining(`${hash} instead of the declared ${"0".repeat(64)}`),
      });
      expect(run("unstage")).toEqual(ok);
      expect(leftovers(base)).toEqual([]);
    });

    test("not without curl", () => {
      const lines = [`stage_fetch ${base}/x 0755 root root ${url} ${hash}`];
      expect(write(shell, base, ["PATH=/nowhere", ...lines]).output).toContain("there is no curl on this host");
    });

    /** Beside the server, which runs in this process. */
    const later = async (lines: string[]) => {
      const child = spawn(shell, { stdio: "pipe" });
      let output = "";
      child.stdout.on("data", (data) => (output += String(data)));
      child.stdin.end([...setUp(base), "f() {", ...lines, "}", "( set -e; f ) 2>&1"].join("\n"));
      const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
      return { code, output };
    };
  });
});
